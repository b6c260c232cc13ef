"""Which paths the settings stand for now, and which of them a name belongs to."""

from collections.abc import Iterable
from fnmatch import fnmatchcase
from glob import has_magic

from crypto.adapters.files.address import is_address
from crypto.adapters.files.local import is_pattern, matching, split_member
from crypto.adapters.files.opening import public
from crypto.adapters.tabular.unreadable import Unreadable

MOST_PATHS = 1000
"""Each page keeps where every file stands."""


def listed(path: str) -> list[str]:
    """The path itself, or the files that match it.

    :raises Unreadable: when none does, or too many.
    """
    _, member = ("", None) if is_address(path) else split_member(path)
    if is_address(path) or member or not is_pattern(path):
        return [path]
    found = matching(path)
    if len(found) > MOST_PATHS:
        raise Unreadable(f"{len(found)} files match it, and {MOST_PATHS} can be kept track of; name fewer")
    return found


def belongs(name: str, paths: Iterable[str]) -> bool:
    """Whether a table of this name, be it a member of an archive, is one of those that these paths stand for."""
    return any(_belongs(name, public(path)) for path in paths)


def _belongs(name: str, path: str) -> bool:
    if name == path or name.startswith(f"{path}/"):
        return True
    if not has_magic(path):
        return False
    if "**" in path:
        deep = path.replace("**/", "*")
        return fnmatchcase(name, deep) or fnmatchcase(name, f"{deep}/*")
    parts, patterns = name.split("/"), path.split("/")
    pairs = zip(parts, patterns, strict=False)
    return len(parts) >= len(patterns) and all(fnmatchcase(part, pattern) for part, pattern in pairs)
