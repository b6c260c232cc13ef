"""Read what a URL holds strictly: what is misspelt, doubled or unreadable is refused, never ignored."""

import re
from collections.abc import Collection
from urllib.parse import unquote_to_bytes

from crypto.application.errors import BadRequest

_BROKEN_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\ufffd]")
_SHOWN = 60


def parsed(raw: bytes, *, known: Collection[str]) -> dict[str, str]:
    """The parameters by name. '+' and '%20' are both a space, as HTML forms have it.

    :raises BadRequest: for a parameter that is unknown, repeated or empty, or text that is not UTF-8.
    """
    found: dict[str, str] = {}
    for part in raw.split(b"&") if raw else []:
        name, _, value = part.partition(b"=")
        _add(found, _text(name, of="a parameter's name"), value, known)
    return found


def _add(found: dict[str, str], name: str, value: bytes, known: Collection[str]) -> None:
    if name not in known:
        raise BadRequest(f"there is no parameter {shown(name)} here; {_there_are(known)}", parameter=name[:_SHOWN])
    if name in found:
        raise BadRequest(f"{name} is given twice; give it once", parameter=name)
    found[name] = _text(value, of=name)
    if not found[name]:
        raise BadRequest(f"{name} is empty; give it a value or leave it out", parameter=name)


def _there_are(known: Collection[str]) -> str:
    return f"there are {', '.join(known)}" if known else "there are none"


def _text(raw: bytes, *, of: str) -> str:
    return decoded(raw.replace(b"+", b" "), of=of)


def decoded(raw: bytes, *, of: str) -> str:
    """Text as part of a URL, without its percent escapes.

    :raises BadRequest: for what is not UTF-8, or holds control characters.
    """
    if _BROKEN_ESCAPE.search(raw):
        raise BadRequest(f"{of} holds a '%' without two hex digits; write '%' as '%25'", parameter=of)
    try:
        text = unquote_to_bytes(raw).decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadRequest(f"{of} is not UTF-8 once its percent escapes are read", parameter=of) from error
    if _UNPRINTABLE.search(text):
        raise BadRequest(f"{of} holds a control character or U+FFFD; leave it out", parameter=of)
    return text


def shown(text: str) -> str:
    """What was sent, short enough to stand in a message."""
    return ascii(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}...")
