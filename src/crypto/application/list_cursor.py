"""Where the next part of a list starts: an opaque token that is good for the filters it was made for only."""

import base64
import binascii
import hashlib
from datetime import datetime

import msgspec

from crypto.application.errors import BadRequest
from crypto.domain.market_data import QuoteFilter, QuoteKey

VERSION = 1


class _Token(msgspec.Struct, frozen=True, array_like=True):
    version: int
    filters: bytes
    observed_at: datetime
    coin_id: str
    source: str


def cursor_after(key: QuoteKey, wanted: QuoteFilter) -> str:
    """The token for what comes after `key` in the list of `wanted`."""
    token = _Token(VERSION, _fingerprint(wanted), *key)
    return base64.urlsafe_b64encode(msgspec.msgpack.encode(token)).rstrip(b"=").decode()


def key_of(cursor: str, wanted: QuoteFilter) -> QuoteKey:
    """The place a token stands for.

    :raises BadRequest: when it is no token of ours, or of other filters.
    """
    token = _decode(cursor)
    if not _is_ours(token):
        raise BadRequest("the cursor is not one that this service gave out", parameter="cursor")
    if token.filters != _fingerprint(wanted):
        raise BadRequest("the cursor belongs to a list with other filters", parameter="cursor")
    return token.observed_at, token.coin_id, token.source


def _is_ours(token: _Token) -> bool:
    storable = "\x00" not in token.coin_id + token.source
    return token.version == VERSION and token.observed_at.tzinfo is not None and storable


def _decode(cursor: str) -> _Token:
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        return msgspec.msgpack.decode(base64.b64decode(padded, altchars=b"-_", validate=True), type=_Token)
    except (UnicodeError, binascii.Error, msgspec.MsgspecError) as error:
        raise BadRequest("the cursor is not one that this service gave out", parameter="cursor") from error


def _fingerprint(wanted: QuoteFilter) -> bytes:
    return hashlib.sha256(msgspec.msgpack.encode(wanted)).digest()[:8]
