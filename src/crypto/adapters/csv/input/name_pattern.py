"""What a file's name says by a pattern such as `{symbol}USDT-1h-*.zip`: every way to read it."""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

FIELDS: Mapping[str, str] = {"{symbol}": "symbol", "{coin_id}": "coin_id"}
"""What stands for a part of a name, and what that part then says."""

ANY_PART = r"[^/]+"
MEMBER = r"(?:/.*)?"
"""A file may be an archive, whose members are called by its name and theirs."""

_PIECES = re.compile(r"\{symbol\}|\{coin_id\}|\*\*/|\*\*|\*|\?|\[!?\]?[^\]]*\]|.", re.DOTALL)
_WILD = {"**/": r"(?:.*/)?", "**": r".*", "*": r"[^/]*", "?": r"[^/]"}
_FOLDERS = re.compile(r"(?:\.{1,2}/)*")


class NamePattern:
    """A pattern as PATHS takes one, in which `{symbol}` and `{coin_id}` stand for a part of the name.

    The text before it, an address, is `plain`: in that only the two stand for something.
    """

    def __init__(self, pattern: str, *, plain: str = "") -> None:
        self._pieces = (*_pieces(plain, wild=False), *_pieces(pattern, wild=True))

    def readings(self, name: str) -> list[dict[str, str]]:
        """What a name may say, `[{}]` if it only matches; none when it does not."""
        return list(_readings(self._pieces, name))


def fields_in(pattern: str) -> tuple[str, ...]:
    """The fields that names say by this pattern, such as `symbol` of `{symbol}-1h.csv`."""
    return tuple(field for sign, field in FIELDS.items() if sign in pattern)


def as_glob(pattern: str) -> str:
    """The pattern as a shell would write it, with `*` in place of each field."""
    for sign in FIELDS:
        pattern = pattern.replace(sign, "*")
    return pattern


def absolute(name: str) -> str:
    """The name of a file from the root on, however it is spelled from here; members stay as they are called."""
    name = name.replace(os.sep, "/")
    found = _FOLDERS.match(name)
    folders = found[0] if found else ""
    if os.path.isabs(name):  # noqa: PTH117 - a name with a member is not a path
        return name
    here = os.path.abspath(folders or ".").replace(os.sep, "/")  # noqa: PTH100 - Path.absolute keeps the ..
    return f"{here.rstrip('/')}/{name[len(folders) :]}"


def _pieces(pattern: str, *, wild: bool) -> Iterator[str]:
    for piece in _PIECES.findall(pattern):
        if piece in FIELDS:
            yield piece
        elif not wild:
            yield re.escape(piece)
        elif len(piece) > 1 and piece.startswith("["):
            yield _one_of(piece[1:-1])
        else:
            yield _WILD.get(piece) or re.escape(piece)


def _one_of(signs: str) -> str:
    sign = "^" if signs.startswith("!") else ""
    return f"[{sign}{re.escape(signs.removeprefix('!')).replace(re.escape('-'), '-')}]"


def _readings(pieces: Sequence[str], name: str) -> Iterator[dict[str, str]]:
    """Each field in turn: every value that it may have, and what the others are then."""
    place = next((place for place, piece in enumerate(pieces) if piece in FIELDS), None)
    if place is None:
        if _compiled("".join(pieces) + MEMBER).fullmatch(name):
            yield {}
        return
    for value in _values(pieces[:place], pieces[place + 1 :], name):
        settled = [re.escape(value) if piece == pieces[place] else piece for piece in pieces]
        for others in _readings(settled, name):
            yield {FIELDS[pieces[place]]: value, **others}


def _values(before: Sequence[str], after: Sequence[str], name: str) -> list[str]:
    """The parts of a name that may stand between what is before and what is after."""
    head = _compiled("".join(before))
    tail = _compiled("".join(ANY_PART if piece in FIELDS else piece for piece in after) + MEMBER)
    starts = [place for place in range(len(name)) if head.fullmatch(name, 0, place)]
    ends = [place for place in range(1, len(name) + 1) if tail.fullmatch(name, place)]
    parts = (name[start:end] for start in starts for end in ends if start < end)
    return list(dict.fromkeys(part for part in parts if "/" not in part))


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.DOTALL)
