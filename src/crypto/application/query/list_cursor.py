"""Where the next part of a list starts: an opaque token that is good for the filters it was made for only."""

import base64
import hashlib
from datetime import datetime
from decimal import Decimal

import msgspec
from msgspec import Struct

from crypto.application.errors import InvalidCursor
from crypto.domain.amount import known_amount
from crypto.domain.market_data import ListKey
from crypto.domain.quote import is_storable
from crypto.domain.rejection import RecordRejected

VERSION = 1

MOST = 2**63 - 1
"""The largest number in a key."""


def cursor_after(key: tuple[object, ...], wanted: Struct) -> str:
    """The token for what comes after `key` in the list of `wanted`."""
    token = (VERSION, _fingerprint(wanted), *key)
    return base64.urlsafe_b64encode(msgspec.msgpack.encode(token)).rstrip(b"=").decode()


def key_of(cursor: str, wanted: Struct, kind: type[ListKey], *, called: str = "cursor") -> ListKey:
    """The place in a list of this kind that a token stands for; `called` is the parameter that brought it.

    :raises InvalidCursor: when it is not a token of ours, or of other filters.
    """
    try:
        version, filters, *place = _decoded(cursor)
        key = msgspec.convert(place, kind)
    except (ValueError, RecursionError) as error:
        raise _foreign(called) from error
    if version != VERSION or not all(map(_is_askable, key)):
        raise _foreign(called)
    if filters != _fingerprint(wanted):
        raise InvalidCursor(f"the {called} belongs to a list with other filters", parameter=called)
    return key


def _foreign(called: str) -> InvalidCursor:
    return InvalidCursor(f"the {called} is not one that this service gave out", parameter=called)


def _decoded(cursor: str) -> list[object]:
    """The values in a cursor, in their order.

    :raises ValueError: when it is not base64 of a list.
    """
    padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
    return msgspec.msgpack.decode(base64.b64decode(padded, altchars=b"-_", validate=True), type=list[object])


def _is_askable(value: object) -> bool:
    """Whether a list can have such a value in its key, so that no database refuses the question."""
    match value:
        case str():
            return is_storable(value)
        case datetime():
            return value.tzinfo is not None
        case Decimal():
            return _is_believable(value)
        case int():
            return 0 <= value <= MOST
        case dict():
            return all(map(_is_askable, (*value, *value.values())))
        case _:
            return value is None


def _is_believable(market_cap: Decimal) -> bool:
    try:
        return known_amount(market_cap, field="market_cap") == market_cap
    except RecordRejected:
        return False


def _fingerprint(wanted: Struct) -> bytes:
    return hashlib.sha256(msgspec.msgpack.encode(wanted)).digest()[:8]
