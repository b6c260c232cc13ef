"""What may be asked of the API, parameter by parameter: its bounds, for readers and for the OpenAPI document."""

import re
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime
from typing import Generic, TypeAlias, TypeVar

from msgspec import Struct

from crypto.application.errors import BadRequest, OutOfBounds
from crypto.entrypoints.http.kit.query_string import Query, shown

T = TypeVar("T")

_MOMENT = r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?([Zz]|[+-][0-9]{2}:[0-9]{2})"
_OFFSET_WITHOUT_ITS_PLUS = re.compile(r" (?=[0-9]{2}:[0-9]{2}$)")
_NUMBER = re.compile(r"-?[0-9]+")
_MOST_DIGITS = 9
MOST_ID = 2**63 - 1
_MOST_ID_DIGITS = len(str(MOST_ID))


class _OutOfBounds(ValueError):
    """A value of the right kind that is too large, too small or too long."""


class Parameter(Struct, Generic[T], frozen=True, kw_only=True):
    """One parameter: `takes` says in words what `schema` says in JSON Schema and `read` in code.

    `read` raises ValueError for what it does not take. It may be given up to `most` times.
    """

    name: str
    description: str
    takes: str
    schema: Mapping[str, object]
    example: object
    read: Callable[[str], T]
    most: int = 1

    def of(self, query: Query) -> T | None:
        """The parameter's value in a query; None when it was not given.

        :raises BadRequest: for a value it does not take.
        """
        return next(iter(self.all_of(query)), None)

    def all_of(self, query: Query) -> tuple[T, ...]:
        """The parameter's values in a query, each once, in the order in which they were given.

        :raises BadRequest: for a value it does not take.
        """
        return tuple(self._read(text) for text in dict.fromkeys(query.get(self.name, ())))

    def _read(self, text: str) -> T:
        try:
            return self.read(text)
        except ValueError as error:
            problem = f"{self.name} must be {self.takes}; it is {shown(text)}"
            kind = OutOfBounds if isinstance(error, _OutOfBounds) else BadRequest
            raise kind(problem, parameter=self.name) from error


AnyParameter: TypeAlias = Parameter[int] | Parameter[str] | Parameter[datetime]


def whole(name: str, description: str, *, most: int, default: int) -> Parameter[int]:
    """A parameter that takes a whole number from 1 on."""

    def read(text: str) -> int:
        number = int(text) if len(text) <= _MOST_DIGITS and text.isascii() and text.isdigit() else 0
        if not 1 <= number <= most and _NUMBER.fullmatch(text):
            raise _OutOfBounds("not within the bounds of this parameter")
        return _accepted(number, 1 <= number <= most)

    return Parameter(
        name=name,
        description=f"{description} Default {default}.",
        takes=f"a whole number from 1 to {most}",
        schema={"type": "integer", "format": "int32", "minimum": 1, "maximum": most, "default": default},
        example=default,
        read=read,
    )


def number(name: str, description: str, *, example: int) -> Parameter[int]:
    """A parameter that takes a number that this service gave out: an id."""

    def read(text: str) -> int:
        digits = len(text) <= _MOST_ID_DIGITS and text.isascii() and text.isdigit()
        return _accepted(int(text) if digits else 0, digits and 1 <= int(text) <= MOST_ID)

    return Parameter(
        name=name,
        description=description,
        takes="a number that this service gave out",
        schema={"type": "integer", "format": "int64", "minimum": 1, "maximum": MOST_ID},
        example=example,
        read=read,
    )


def text(name: str, description: str, *, most: int, example: str, times: int = 1) -> Parameter[str]:
    """Text of so many bytes of UTF-8 at most, up to so many times; control characters are refused before."""
    return Parameter(
        name=name,
        description=description,
        takes=f"text of at most {most} bytes",
        schema={
            "type": "string",
            "minLength": 1,
            "maxLength": most,
            "pattern": r"^[^\u0000-\u001f\u007f-\u009f\ufffd]+$(?!\n)",
        },
        example=example,
        read=lambda text: _within(text, len(text.encode()) <= most),
        most=times,
    )


def token(name: str, description: str, *, most: int, example: str) -> Parameter[str]:
    """A parameter that takes a URL-safe word that this service gave out."""
    pattern = re.compile(rf"^[A-Za-z0-9_-]{{1,{most}}}$(?!\n)")
    return Parameter(
        name=name,
        description=description,
        takes="a token that this service gave out",
        schema={"type": "string", "minLength": 1, "maxLength": most, "pattern": pattern.pattern},
        example=example,
        read=lambda text: _accepted(text, pattern.search(text) is not None),
    )


def one_of(name: str, description: str, names: Collection[str]) -> Parameter[str]:
    """A parameter that takes one of the names."""
    known = sorted(names)
    return Parameter(
        name=name,
        description=description,
        takes=f"one of {', '.join(known)}",
        schema={"type": "string", "enum": known},
        example=known[0] if known else "",
        read=lambda text: _accepted(text, text in known),
    )


def moment(name: str, description: str) -> Parameter[datetime]:
    """A moment with its offset, by RFC 3339; a '+' that arrived as a space is understood."""
    pattern = re.compile(rf"^{_MOMENT}$(?!\n)")

    def read(text: str) -> datetime:
        stamp = _OFFSET_WITHOUT_ITS_PLUS.sub("+", text).upper()
        return _utc(_accepted(stamp, pattern.search(stamp) is not None))

    return Parameter(
        name=name,
        description=description,
        takes="a moment with its offset, by RFC 3339, such as 2026-11-02T10:00:00Z or 2026-11-02T11:00:00%2B01:00",
        schema={"type": "string", "format": "date-time", "maxLength": 32, "pattern": pattern.pattern},
        example="2026-11-02T10:00:00Z",
        read=read,
    )


def _utc(stamp: str) -> datetime:
    try:
        return datetime.fromisoformat(stamp).astimezone(UTC)
    except OverflowError as error:
        raise ValueError("outside the years 1 to 9999 in UTC") from error


def _within(value: T, is_good: bool) -> T:
    if not is_good:
        raise _OutOfBounds("not within the bounds of this parameter")
    return value


def _accepted(value: T, is_good: bool) -> T:
    if not is_good:
        raise ValueError("not what this parameter takes")
    return value
