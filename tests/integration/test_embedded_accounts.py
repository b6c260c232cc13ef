"""Who runs the embedded server: the user, or for root an account without privileges."""

import os
import pwd
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

import crypto
from crypto.adapters.postgres.connection.url import conninfo
from crypto.adapters.postgres.embedded import EmbeddedServer
from crypto.adapters.postgres.embedded.account import server_account
from crypto.adapters.postgres.embedded.binaries import find_binaries
from crypto.application.errors import StoreUnavailable
from tests.support.database import UNSAFE_BUT_QUICK, ServerUser, short_folder

IS_ROOT = os.geteuid() == 0
as_root = pytest.mark.skipif(not IS_ROOT, reason="only root runs the server as someone else")
as_user = pytest.mark.skipif(IS_ROOT, reason="root may do anything")
WHERE = "from crypto.adapters.postgres.embedded import EmbeddedServer; print(EmbeddedServer().data_dir)"


@pytest.fixture
def parent() -> Iterator[Path]:
    with short_folder() as folder:
        yield folder


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def running_as(server: EmbeddedServer) -> str:
    data = server.data_dir / "data"
    return pwd.getpwuid(data.stat().st_uid).pw_name


@pytest.fixture(scope="session")
def ordinary() -> dict[str, Any]:
    """How to start a process as an ordinary user, with an interpreter that user can run."""
    if not IS_ROOT:
        return {"python": sys.executable}
    nobody = pwd.getpwnam("nobody")
    packages = [str(Path(module.__file__ or "").parents[1]) for module in (crypto, psycopg)]
    options: dict[str, Any] = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": [], "cwd": "/"}
    options["env"] = {"PATH": os.defpath, "PYTHONPATH": ":".join(packages), "HOME": ""}
    for python in (sys.executable, f"/usr/bin/python3.{sys.version_info.minor}"):
        if _runs(python, options):
            return {"python": python, **options}
    pytest.skip("an ordinary user can read no interpreter with our packages here")


def _runs(python: str, options: dict[str, Any]) -> bool:
    try:
        command = [python, "-c", "import crypto.adapters.postgres.embedded"]
        return subprocess.run(command, **options, capture_output=True, check=False).returncode == 0
    except PermissionError:
        return False


def own_folder(parent: Path) -> Path:
    """A folder of the ordinary user."""
    folder = parent / "home"
    folder.mkdir()
    if IS_ROOT:
        shutil.chown(folder, "nobody")
    return folder


def test_an_ordinary_user_runs_it_as_themselves(parent: Path, ordinary: dict[str, Any]) -> None:
    folder = own_folder(parent) / "data"
    user = ServerUser(folder, **ordinary)

    assert str(folder) in user.url().replace("%2F", "/")
    user.leave()

    assert folder.stat().st_uid == (folder / "data").stat().st_uid == folder.parent.stat().st_uid
    assert mode(folder) == 0o700


@pytest.mark.parametrize(
    ("variables", "folder"),
    [
        ({"HOME": "/home/ann", "XDG_DATA_HOME": ""}, "/home/ann/.local/share/crypto"),
        ({"HOME": "/home/ann", "XDG_DATA_HOME": "/data/ann"}, "/data/ann/crypto"),
        ({"HOME": "", "XDG_DATA_HOME": "/data/ann"}, "/data/ann/crypto"),
    ],
)
def test_the_default_folder_is_in_the_users_data_home(
    ordinary: dict[str, Any], variables: dict[str, str], folder: str
) -> None:
    environment = ordinary.get("env", dict(os.environ)) | variables
    options = {name: value for name, value in ordinary.items() if name not in ("python", "env")}

    said = subprocess.check_output([ordinary["python"], "-c", WHERE], **options, env=environment, text=True)

    assert said.strip() == folder


def test_without_a_home_variable_the_accounts_own_home_is_taken(ordinary: dict[str, Any]) -> None:
    environment = ordinary.get("env", dict(os.environ)) | {"HOME": "", "XDG_DATA_HOME": ""}
    options = {name: value for name, value in ordinary.items() if name not in ("python", "env")}

    said = subprocess.check_output([ordinary["python"], "-c", WHERE], **options, env=environment, text=True)

    home = pwd.getpwuid(options.get("user", os.geteuid())).pw_dir
    assert said.strip() == f"{home}/.local/share/crypto"


@as_root
def test_root_uses_the_data_of_a_user_as_that_user(parent: Path, ordinary: dict[str, Any]) -> None:
    folder = own_folder(parent) / "data"
    user = ServerUser(folder, **ordinary)
    user.url()
    with EmbeddedServer(folder) as url, psycopg.connect(conninfo(url)) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
        user.leave()

    assert not EmbeddedServer(folder).status().running
    with EmbeddedServer(folder):
        pass
    again = ServerUser(folder, **ordinary)
    again.url()
    again.leave()


@as_root
@pytest.mark.parametrize("account", ["nobody", None])
def test_root_runs_it_as_an_account_without_privileges(parent: Path, account: str | None) -> None:
    server = EmbeddedServer(parent / "data", user=account, settings=UNSAFE_BUT_QUICK)

    with server as url, psycopg.connect(conninfo(url)) as connection:
        assert connection.execute("SELECT current_user").fetchone() == ("crypto",)
        assert running_as(server) == account or running_as(server) in ("postgres", "nobody")
        assert Path(f"/proc/{server.status().pid}").stat().st_uid != 0


@as_root
def test_binaries_the_account_cannot_read_are_copied_once(parent: Path) -> None:
    private = parent / "private"
    tree = find_binaries(None).folder.parent
    shutil.copytree(tree, private / tree.parent.name / tree.name, ignore=shutil.ignore_patterns("include"))
    libraries = tree.parent.with_name(f"{tree.parent.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, private / libraries.name)
    private.chmod(0o700)
    server = EmbeddedServer(
        parent / "data", private / tree.parent.name / tree.name / "bin", "nobody", settings=UNSAFE_BUT_QUICK
    )

    with server:
        (copy,) = server.data_dir.glob("bin-*")
        made = copy.stat().st_mtime_ns
    with server:
        assert [folder.stat().st_mtime_ns for folder in server.data_dir.glob("bin-*")] == [made]

    assert mode(private) == 0o700
    assert copy.stat().st_uid == 0


@as_root
def test_a_folder_the_account_cannot_enter_is_refused_and_left_as_it_is(parent: Path) -> None:
    private = parent / "private"
    private.mkdir(mode=0o700)

    with pytest.raises(StoreUnavailable, match=r"cannot enter .*CRYPTO_DATA_DIR"):
        EmbeddedServer(private / "data", user="nobody").join()

    assert mode(private) == 0o700


@as_root
def test_without_a_better_account_root_takes_nobody_and_warns(parent: Path) -> None:
    account, warnings = server_account(None, data=parent / "data", preferred="no-such")

    assert account.name == "nobody"
    assert "CRYPTO_EMBEDDED_USER" in "".join(warnings)


@as_root
def test_data_of_another_account_are_refused(parent: Path) -> None:
    with EmbeddedServer(parent / "data", user="nobody", settings=UNSAFE_BUT_QUICK):
        pass

    with pytest.raises(StoreUnavailable, match="does not belong to daemon"):
        EmbeddedServer(parent / "data", user="daemon").join()


@as_root
@pytest.mark.parametrize(
    ("account", "reason"), [("root", "refuses to run as root"), ("no-such", "no account no-such")]
)
def test_an_account_that_cannot_be_is_refused(parent: Path, account: str, reason: str) -> None:
    with pytest.raises(StoreUnavailable, match=f"{reason}.*CRYPTO_EMBEDDED_USER"):
        EmbeddedServer(parent / "data", user=account).join()


@as_user
def test_a_user_cannot_run_it_as_someone_else(parent: Path) -> None:
    with pytest.raises(StoreUnavailable, match="only root"):
        EmbeddedServer(parent / "data", user="daemon").join()


def test_a_folder_that_cannot_be_made_is_refused(parent: Path) -> None:
    (parent / "file").write_text("")

    with pytest.raises(StoreUnavailable, match=r"cannot be used .*CRYPTO_DATA_DIR"):
        EmbeddedServer(parent / "file" / "data").join()
