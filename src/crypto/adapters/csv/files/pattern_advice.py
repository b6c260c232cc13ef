"""Which path reads the tables of a folder or an archive without a file among them that is none."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePosixPath

from crypto.adapters.csv.input.address import is_address, may_hold_secret, split_fragment
from crypto.adapters.csv.input.listing import listed
from crypto.adapters.csv.input.local import found_by, split_archive
from crypto.adapters.csv.input.table import Table
from crypto.adapters.csv.unreadable import Unreadable, setting

TABLES = (".csv", ".tsv", ".tab", ".psv", ".zip", ".gz", ".xz", ".bz2")
"""How the names of tables end, packed or not."""

PERHAPS = (".txt", ".dat")
"""How those of tables, and of much else, end."""

ABOUT = ("readme", "license", "licence", "notice", "copying", "changelog", "checksum", "sha256sum", "md5sum")
"""How the names of files about files begin."""

OF_OTHERS = (".md", ".rst", ".checksum", ".sha256", ".sha512", ".md5", ".asc", ".sig")
"""How they end."""


def advised(error: Unreadable, table: Table, *, entry: str, paths: Sequence[str]) -> Unreadable:
    """What is wrong with a table, and how its neighbours are read alone if it is none.

    `entry` is the one of the `paths` that are set that led to it.
    """
    narrower = _without(entry, table)
    if narrower is None:
        return error
    place = f"{narrower} in the place of {entry} in PATHS"
    alone = f"{setting('PATHS', narrower) if len(paths) == 1 else place} reads the others alone"
    if _is_about_others(table.name):
        return Unreadable(f"it is not a table; {alone}")
    return Unreadable(f"{error}; if it is not a table, {alone}")


def _without(entry: str, table: Table) -> str | None:
    if table.beside:
        return _without_member(entry, table.beside, table.name)
    if table.name == entry:
        return None
    return _without_file(entry, listed(entry).paths, table.name)


def _is_about_others(name: str) -> bool:
    """Whether a file of this name, such as README.txt or prices.zip.CHECKSUM, is hardly ever a table."""
    last = PurePosixPath(name).name.lower()
    return last.startswith(ABOUT) or last.endswith(OF_OTHERS)


def _without_member(entry: str, members: Sequence[str], member: str) -> str | None:
    suffixes = _suffixes(members, member)
    return _of_members(entry, f"*{suffixes[0]}") if suffixes else None


def _without_file(pattern: str, files: Sequence[str], file: str) -> str | None:
    """A pattern that matches, of these files, all that end alike, and not this one."""
    for suffix in _suffixes(files, file):
        wanted = [each for each in files if each.endswith(suffix)]
        for narrower in _narrower(pattern, suffix):
            if found_by(narrower) == wanted:
                return narrower
    return None


def _suffixes(names: Iterable[str], bad: str) -> list[str]:
    """How the other tables' names end, as they are spelled, the most of them first; none if this may be one."""
    if bad.lower().endswith(TABLES):
        return []
    usable = TABLES if bad.lower().endswith(PERHAPS) else TABLES + PERHAPS
    suffixes = (PurePosixPath(name).suffix for name in names)
    counted = Counter(suffix for suffix in suffixes if suffix.lower() in usable)
    return [suffix for suffix, _ in counted.most_common() if not bad.endswith(suffix)]


def _of_members(entry: str, wanted: str) -> str | None:
    if may_hold_secret(entry):
        return None
    if is_address(entry):
        return f"{split_fragment(entry)[0]}#{wanted}"
    return f"{split_archive(entry)[0]}/{wanted}"


def _narrower(pattern: str, suffix: str) -> Iterator[str]:
    if pattern.endswith("**"):
        yield f"{pattern}/*{suffix}"
    elif pattern.endswith("*"):
        yield f"{pattern}{suffix}"
    yield f"{pattern.rpartition('/')[0]}/*{suffix}" if "/" in pattern else f"*{suffix}"
