"""Files of this machine: by name, by pattern, within a zip file."""

import glob
import stat
from pathlib import Path, PurePath
from typing import BinaryIO

from crypto.adapters.csv.input.system_files import is_system_name
from crypto.adapters.csv.unreadable import Unreadable, setting
from crypto.application.errors import SourceUnavailable

ARCHIVE = ".zip"
"""How the name of a zip file ends; only where none is there to be looked at."""


def is_pattern(path: str) -> bool:
    """Whether a path stands for the files that match it, and is not itself the name of one."""
    return glob.has_magic(path) and not _exists(path)


def found_by(pattern: str) -> list[str]:
    """The files that match, in order, the system's own left out; `**` stands for folders at any depth."""
    return [each for each in _files_of(pattern) if not is_system_name(PurePath(each).name)]


def system_files_of(pattern: str) -> list[str]:
    """The operating system's own files that match a pattern, in order."""
    return [each for each in _files_of(pattern) if is_system_name(PurePath(each).name)]


def members_found_by(pattern: str) -> list[str]:
    """For `prices/*.zip/*.csv` the archives that match, each with what is wanted of it."""
    archive, wanted = split_archive(pattern)
    return [f"{each}/{wanted}" for each in found_by(archive)] if wanted else []


def _files_of(pattern: str) -> list[str]:
    matches = glob.glob(pattern, recursive=True)  # noqa: PTH207 - Path.glob takes no absolute pattern
    return sorted(each for each in matches if not Path(each).is_dir())


def split_archive(path: str) -> tuple[str, str | None]:
    """The archive, and the members of it that a path or a pattern names: told by what is there, else by `.zip`."""
    archive, member = split_member(path)
    if member:
        return archive, member
    parts = path.split("/")
    for place, part in enumerate(parts[:-1], start=1):
        if part.lower().endswith(ARCHIVE):
            return "/".join(parts[:place]), "/".join(parts[place:])
    return path, None


def split_member(path: str) -> tuple[str, str | None]:
    """The file, and the member of it that a path such as `prices.zip/btc.csv` names."""
    if not _exists(path):
        for folder in Path(path).parents:
            if _is_file(folder):
                return str(folder), str(Path(path).relative_to(folder))
    return path, None


def open_file(path: str) -> BinaryIO:
    """The file at a path, open to be read as bytes.

    :raises Unreadable: when there is none, or it may not be read.
    :raises SourceUnavailable: when it cannot be opened just now.
    """
    try:
        path.encode("utf-8")
        if not stat.S_ISREG(Path(path).stat().st_mode):
            raise Unreadable(
                "it is not a regular file; name the files themselves, or a pattern such as folder/*.csv"
            )
        return Path(path).open("rb")
    except (FileNotFoundError, NotADirectoryError) as error:
        raise Unreadable(f"there is no such file; {_meant(path)}") from error
    except PermissionError as error:
        raise Unreadable("it may not be read by this user; change its permissions") from error
    except OSError as error:
        raise SourceUnavailable(f"it cannot be opened: {error.strerror}") from error
    except ValueError as error:
        raise Unreadable("its path is not UTF-8, or holds a NUL") from error


def _meant(path: str) -> str:
    """What to name instead of a file that is not there."""
    archive, mark, member = path.partition("#")
    if mark and _is_file(Path(archive)):
        return f"# is for members at an address only, and here it is {archive}/{member or '*.csv'}"
    return f"name it, as seen from here, with {setting('PATHS', '<file>')}"


def _exists(path: str) -> bool:
    try:
        return Path(path).exists()
    except (OSError, ValueError):  # a name that no file can have
        return False


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False
