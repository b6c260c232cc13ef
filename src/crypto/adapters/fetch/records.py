"""What the records of a JSON page say: exact numbers, times in UTC, and why one is not believed."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn, TypeVar

import msgspec

from crypto.adapters.fetch.json_list import NotAList, split
from crypto.domain.page import ParsedPage, RawPage
from crypto.domain.quote import Quote
from crypto.domain.rejection import EXCERPT_CHARACTERS, Reason, RecordRejected, Rejection, printable

LONGEST_NUMBER = 400
"""Characters; 1e-60 with 80 digits, spelled without an exponent, has 142."""

Record = TypeVar("Record")
ReadQuote = Callable[[Record, RawPage, int], Quote]
"""Makes a quote of a provider's record, its page and its position.

:raises RecordRejected: when it cannot be believed.
"""


def parse_page(page: RawPage, decoder: "msgspec.json.Decoder[Record]", quote: "ReadQuote[Record]") -> ParsedPage:
    """Each record of the page as a quote or a rejection; of a key that is there twice the last counts."""
    try:
        records = split(page.body)
    except NotAList as error:
        return ParsedPage(rejections=(_rejection(page.body, 0, Reason.NOT_A_RECORD, str(error)),))
    quotes: list[Quote] = []
    rejections: list[Rejection] = []
    for position, raw in enumerate(records):
        try:
            quotes.append(quote(_decode(raw, decoder), page, position))
        except RecordRejected as rejected:
            rejections.append(_rejection(bytes(raw), position, rejected.reason, rejected.detail))
    return ParsedPage(quotes=tuple(quotes), rejections=tuple(rejections))


def coin_id(value: Any) -> str:
    """The source's id for the coin, byte for byte.

    :raises RecordRejected: when it has none, or one that is no text.
    """
    if value is None or value == "":
        raise RecordRejected(Reason.MISSING_ID, "the record has no coin id")
    return _text(value, field="id")


def text(value: Any, *, field: str) -> str | None:
    """A name or symbol as sent.

    :raises RecordRejected: when it is no text.
    """
    return None if value is None else _text(value, field=field)


def sent(raw: msgspec.Raw, *, field: str) -> msgspec.Raw:
    """A field that every record has, be it null: without it the provider has renamed or dropped it.

    :raises RecordRejected: when it is not there.
    """
    if bytes(raw) == b"":
        raise RecordRejected(Reason.BAD_FIELD, f"the record has no {field}: the provider changed its format")
    return raw


def number(raw: msgspec.Raw, *, field: str) -> Decimal | None:
    """The number with every digit that was sent; None for null, "" or nothing.

    :raises RecordRejected: for anything that is no JSON number.
    """
    token = bytes(raw)
    if token in {b"", b"null", b'""'}:
        return None
    if token[:1] not in b"-0123456789":
        raise RecordRejected(Reason.NOT_A_NUMBER, f"{field} is {printable(token[:80].decode('utf-8', 'replace'))}")
    if len(token) > LONGEST_NUMBER:
        raise RecordRejected(Reason.OUT_OF_RANGE, f"{field} is {len(token)} characters long")
    try:
        return Decimal(token.decode("ascii"))
    except InvalidOperation as error:
        raise RecordRejected(Reason.OUT_OF_RANGE, f"{field} has an absurd exponent") from error


def time(value: Any, *, field: str) -> datetime:
    """The moment of an RFC 3339 time, in UTC.

    :raises RecordRejected: when there is none, or it has no offset, or is anything else.
    """
    if value is None or value == "":
        raise RecordRejected(Reason.MISSING_TIME, f"the record has no {field}")
    if not isinstance(value, str):
        raise RecordRejected(Reason.BAD_TIME, f"{field} is no text")
    try:
        moment = msgspec.convert(value, datetime)
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except (msgspec.ValidationError, OverflowError) as error:
        raise RecordRejected(Reason.BAD_TIME, f"{field} is no RFC 3339 time") from error
    raise RecordRejected(Reason.BAD_TIME, f"{field} has no offset from UTC")


def _text(value: Any, *, field: str) -> str:
    if isinstance(value, str):
        return value
    raise RecordRejected(Reason.BAD_FIELD, f"{field} is no text")


def _decode(raw: bytes | msgspec.Raw, decoder: "msgspec.json.Decoder[Record]") -> Record:
    try:
        return decoder.decode(raw)
    except msgspec.ValidationError as error:
        reason = Reason.BAD_FIELD if bytes(raw)[:1] == b"{" else Reason.NOT_A_RECORD
        raise RecordRejected(reason, str(error)) from error
    except UnicodeDecodeError as error:
        raise RecordRejected(Reason.BAD_TEXT, "the record is no UTF-8") from error
    except msgspec.DecodeError as error:
        _explain(bytes(raw), error)
    except RecursionError as error:
        raise RecordRejected(Reason.NOT_A_RECORD, "the record is nested too deeply") from error


def _explain(raw: bytes, error: msgspec.DecodeError) -> NoReturn:
    """Say what msgspec could not pass over: NaN and Infinity, else a lone surrogate or a control character."""
    try:
        _FINITE.decode(raw.decode("utf-8", "surrogateescape"))
    except json.JSONDecodeError:
        raise RecordRejected(Reason.NOT_A_RECORD, f"the record is no JSON: {error}") from error
    raise RecordRejected(Reason.BAD_TEXT, "the record holds a lone surrogate or a control character") from error


def _refuse(token: str) -> NoReturn:
    raise RecordRejected(Reason.NOT_A_NUMBER, f"the record holds {token}")


_FINITE = json.JSONDecoder(strict=False, parse_int=str, parse_float=str, parse_constant=_refuse)
_LENIENT = json.JSONDecoder(strict=False, parse_int=str, parse_float=str, parse_constant=str)


def _rejection(raw: bytes, position: int, reason: Reason, detail: str) -> Rejection:
    excerpt = raw[: 4 * EXCERPT_CHARACTERS].decode("utf-8", "backslashreplace")
    return Rejection(
        position=position,
        reason=reason,
        detail=printable(detail),
        excerpt=printable(excerpt),
        coin_id=_known_id(raw),
    )


def _known_id(raw: bytes) -> str | None:
    """The id in a rejected record, where it can be made out."""
    try:
        record = _LENIENT.decode(raw.decode("utf-8", "surrogateescape"))
    except (json.JSONDecodeError, RecursionError):
        return None
    known = record.get("id") if isinstance(record, dict) else None
    return known if isinstance(known, str) and known else None
