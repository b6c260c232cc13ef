"""What kind of error an answer tells in its body, whatever its status says."""

import re
from collections.abc import Iterator
from typing import Any

import msgspec

LARGEST_ERROR = 64 * 1024
"""Bytes; real ones have up to 500, and what is larger is not taken apart."""

RATE_LIMITS = frozenset({429, 1015})
"""The codes of one: HTTP's, and that of Cloudflare."""

NO_ERROR = frozenset({0, 200})
CODES = ("error_code", "code", "response_code", "status_code", "status")
WITHIN = ("error", "status")

_RATE_LIMIT = re.compile(r"rate[ _-]?limit|too many requests|(request|call)s? limit|throttl", re.IGNORECASE)
_DIGITS = re.compile(r"[0-9]{1,9}", re.ASCII)


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
