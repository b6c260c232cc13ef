"""Which paths the settings stand for now, and which of them a name belongs to."""

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from glob import has_magic

from msgspec import Struct

from crypto.adapters.csv.input.address import is_address
from crypto.adapters.csv.input.local import (
    found_by,
    is_pattern,
    members_found_by,
    split_archive,
    split_member,
    system_files_of,
)
from crypto.adapters.csv.input.open_file import public
from crypto.adapters.csv.unreadable import Unreadable

MOST_PATHS = 1000
"""Each page keeps where every file stands."""


class Listed(Struct, frozen=True, kw_only=True):
    """What a path stands for, in order, and the system's own files that are passed over."""

    paths: list[str]
    passed_over: list[str] = []


def listed(path: str) -> Listed:
    """The files that a path stands for: itself, or those that match it as a pattern.

    :raises Unreadable: when none does, or too many.
    """
    if not _stands_for_others(path):
        return Listed(paths=[path])
    found = found_by(path) or members_found_by(path)
    if not found:
        raise Unreadable("no file matches it, as seen from here")
    if len(found) > MOST_PATHS:
        raise Unreadable(f"{len(found)} files match it, and {MOST_PATHS} can be kept track of; name fewer")
    return Listed(paths=found, passed_over=system_files_of(path))


def _stands_for_others(path: str) -> bool:
    return not is_address(path) and is_pattern(path) and split_member(path)[1] is None


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
    archive, wanted = split_archive(path)
    if wanted:
        return _belongs_to_members(name, archive, wanted)
    return _begins_like(name.split("/"), path.split("/"))


def _belongs_to_members(name: str, archive: str, wanted: str) -> bool:
    """A pattern for members meets their whole names, folders and all."""
    depth = archive.count("/") + 1
    parts = name.split("/")
    return _begins_like(parts[:depth], archive.split("/")) and fnmatchcase("/".join(parts[depth:]), wanted)


def _begins_like(parts: Sequence[str], patterns: Sequence[str]) -> bool:
    pairs = zip(parts, patterns, strict=False)
    return len(parts) >= len(patterns) and all(fnmatchcase(part, pattern) for part, pattern in pairs)
