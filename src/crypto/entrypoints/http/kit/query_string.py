"""Read what a URL holds strictly: what is misspelt, doubled or unreadable is refused, never ignored."""

import re
from collections.abc import Collection, Mapping
from typing import TypeAlias
from urllib.parse import unquote_to_bytes

from crypto.entrypoints.http.kit.problem_codes import ProblemCode
from crypto.entrypoints.http.kit.refusal import Refusal

Query: TypeAlias = Mapping[str, tuple[str, ...]]
"""What was given of each parameter, by its name, in the order of the question."""

_BROKEN_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\ufffd]")
_SHOWN = 60


def parsed(raw: bytes, *, known: Mapping[str, int]) -> Query:
    """The parameters by name; `known` says how often each may be given. '+' and '%20' are both a space.

    :raises Refusal: for a parameter that is unknown, given too often or empty, or text that is not UTF-8.
    """
    found: dict[str, tuple[str, ...]] = {}
    for part in raw.split(b"&") if raw else []:
        name, _, value = part.partition(b"=")
        _add(found, _text(name, of="a parameter's name"), value, known)
    return found


def _add(found: dict[str, tuple[str, ...]], name: str, value: bytes, known: Mapping[str, int]) -> None:
    if name not in known:
        said = f"there is no parameter {shown(name)} here; {_there_are(known)}"
        raise Refusal(ProblemCode.UNKNOWN_PARAMETER, said, parameter=name[:_SHOWN])
    given = found.get(name, ())
    if len(given) == known[name]:
        often = (
            "twice; give it once" if given[1:] == () else f"more than {len(given)} times; ask again for the rest"
        )
        raise Refusal(ProblemCode.REPEATED_PARAMETER, f"{name} is given {often}", parameter=name)
    text = _text(value, of=name)
    if not text:
        said = f"{name} is empty; give it a value or leave it out"
        raise Refusal(ProblemCode.EMPTY_PARAMETER, said, parameter=name)
    found[name] = (*given, text)


def _there_are(known: Collection[str]) -> str:
    return f"there are {', '.join(known)}" if known else "there are none"


def _text(raw: bytes, *, of: str) -> str:
    return decoded(raw.replace(b"+", b" "), of=of)


def decoded(raw: bytes, *, of: str) -> str:
    """Text as part of a URL, without its percent escapes.

    :raises Refusal: for what is not UTF-8, or holds control characters.
    """
    if _BROKEN_ESCAPE.search(raw):
        raise _unreadable(of, "holds a '%' without two hex digits; write '%' as '%25'")
    try:
        text = unquote_to_bytes(raw).decode("utf-8")
    except UnicodeDecodeError as error:
        raise _unreadable(of, "is not UTF-8 once its percent escapes are read") from error
    if _UNPRINTABLE.search(text):
        raise _unreadable(of, "holds a control character or U+FFFD; leave it out")
    return text


def _unreadable(name: str, fault: str) -> Refusal:
    return Refusal(ProblemCode.UNREADABLE_TEXT, f"{name} {fault}", parameter=name)


def shown(text: str) -> str:
    """What was sent, short enough to stand in a message."""
    return ascii(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}...")
