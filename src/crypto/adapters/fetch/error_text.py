"""What a provider says in its own words when something is wrong, and what kind of error it calls it."""

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from crypto.domain.rejection import printable

LONGEST = 300

SHORTEST_SECRET = 8
"""Characters; a shorter key may stand in a list by chance, and no provider gives one out."""

LARGEST_ERROR = 64 * 1024
"""Bytes; real ones have up to 500, and what is larger is not taken apart."""

RATE_LIMITS = frozenset({429, 1015})
"""The codes of one: HTTP's, and that of Cloudflare."""

NO_ERROR = frozenset({0, 200})
CODES = ("error_code", "code", "response_code", "status_code", "status")
WITHIN = ("error", "status")

_RATE_LIMIT = re.compile(r"rate[ _-]?limit|too many requests|(request|call)s? limit|throttl", re.IGNORECASE)
_DIGITS = re.compile(r"[0-9]{1,9}", re.ASCII)


class _Status(msgspec.Struct):
    error_message: str = ""


class _Nested(msgspec.Struct):
    status: _Status | int | str | None = None
    message: str = ""


class _Error(msgspec.Struct):
    """The shapes seen: `error` as text, `status` as object, `error.status` as object, and `reason` or
    `response_explanation` as text, as Bitstamp documents them."""

    error: str | _Nested | None = None
    status: _Status | int | str | None = None
    message: str = ""
    reason: str = ""
    response_explanation: str = ""


def said(body: bytes, *, secret: str | None) -> str:
    """The provider's error text, short and without the key; "" when it says nothing."""
    text = _error_text(body) or _plain_text(body)
    return printable(censored(text, secret))[:LONGEST].strip()


def censored(text: str, secret: str | None) -> str:
    """The text without the key: providers echo what they were sent."""
    return text.replace(secret, "***") if secret else text


def censored_bytes(body: bytes, secret: str | None) -> bytes:
    """The bytes of a body without the key."""
    return body.replace(secret.encode(), b"***") if secret else body


def repeats(body: bytes, secret: str | None) -> bool:
    """Whether a body holds the key, so that it may not be stored."""
    return secret is not None and len(secret) >= SHORTEST_SECRET and secret.encode() in body


def is_html(body: bytes, content_type: str) -> bool:
    """Whether a body is a web page for people: a captcha, a notice of maintenance."""
    return "html" in content_type.lower() or body[:256].lstrip()[:1] == b"<"


def _error_text(body: bytes) -> str:
    try:
        error = msgspec.json.decode(body, type=_Error)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return ""
    return _text_of(error)


def _text_of(error: _Error) -> str:
    if isinstance(error.error, str):
        return error.error
    nested: Any = error.error.status if error.error else error.status
    if isinstance(nested, _Status):
        return nested.error_message
    if error.error:
        return error.error.message
    return error.message or error.reason or error.response_explanation


def _plain_text(body: bytes) -> str:
    if is_html(body, ""):
        return "an HTML page"
    if body[:1] in {b"[", b"{"}:
        return ""
    return " ".join(body[:LONGEST].decode("utf-8", "replace").split())


def codes_of(body: bytes) -> tuple[int, ...]:
    """The numbers of the error: of `error_code` and the like, at its top or within `error` or `status`."""
    numbers = (_number(each.get(name)) for each in _objects(body) for name in CODES)
    return tuple(number for number in numbers if number is not None and number not in NO_ERROR)


def tells_rate_limit(body: bytes, text: str) -> bool:
    """Whether an error says that too much was asked: by a code, else by the provider's own `text`."""
    codes = codes_of(body)
    return any(code in RATE_LIMITS for code in codes) if codes else _RATE_LIMIT.search(text) is not None


def _objects(body: bytes) -> Iterator[dict[str, Any]]:
    """The error as a whole, then what is within it."""
    whole = _decoded(body)
    if isinstance(whole, dict):
        yield whole
        yield from (each for name in WITHIN for each in _within(whole.get(name)))


def _within(value: object) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        yield from (each for each in value.values() if isinstance(each, dict))


def _decoded(body: bytes) -> object:
    if len(body) > LARGEST_ERROR:
        return None
    try:
        return msgspec.json.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


def _number(value: object) -> int | None:
    if isinstance(value, str) and _DIGITS.fullmatch(value):
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None
