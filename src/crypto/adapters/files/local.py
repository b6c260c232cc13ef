"""Files of this machine: by name, by pattern, within a zip file."""

import glob
import stat
from pathlib import Path
from typing import BinaryIO

from crypto.adapters.tabular.unreadable import Unreadable, setting
from crypto.application.errors import SourceUnavailable


def is_pattern(path: str) -> bool:
    """Whether it stands for the files that match it, and is not itself the name of one."""
    return glob.has_magic(path) and not _exists(path)


def matching(pattern: str) -> list[str]:
    """The files that match, in order; `**` stands for folders at any depth.

    :raises Unreadable: when there are none.
    """
    matches = glob.glob(pattern, recursive=True)  # noqa: PTH207 - Path.glob takes no absolute pattern
    found = sorted(each for each in matches if not Path(each).is_dir())
    if not found:
        raise Unreadable("no file matches it, as seen from here")
    return found


def split_member(path: str) -> tuple[str, str | None]:
    """The file, and the member of it that a path such as `prices.zip/btc.csv` names."""
    if not _exists(path):
        for folder in Path(path).parents:
            if _is_file(folder):
                return str(folder), str(Path(path).relative_to(folder))
    return path, None


def open_file(path: str) -> BinaryIO:
    """The file, to be read.

    :raises Unreadable: when there is none, or it may not be read.
    :raises SourceUnavailable: when it cannot be opened just now.
    """
    try:
        path.encode("utf-8")
        if not stat.S_ISREG(Path(path).stat().st_mode):
            raise Unreadable("it is no regular file; name the files themselves, or a pattern such as folder/*.csv")
        return Path(path).open("rb")
    except (FileNotFoundError, NotADirectoryError) as error:
        remedy = setting("PATHS", "<file>")
        raise Unreadable(f"there is no such file; name it, as seen from here, with {remedy}") from error
    except PermissionError as error:
        raise Unreadable("it may not be read by this user; change its permissions") from error
    except OSError as error:
        raise SourceUnavailable(f"it cannot be opened: {error.strerror}") from error
    except ValueError as error:
        raise Unreadable("its path is not UTF-8, or holds a NUL") from error


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
