"""What the records of a JSON page say: exact numbers, times in UTC, and why one is not believed."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec

from crypto.adapters.fetch.decoding import Record, decode, excerpt, id_field, rejection
from crypto.adapters.fetch.json_list import NotAList, split
from crypto.adapters.fetch.shape import Shape, Watch
from crypto.domain.page import ParsedPage, RawPage
from crypto.domain.quote import Quote
from crypto.domain.rejection import EXCERPT_CHARACTERS, Reason, RecordRejected, Rejection, printable

LONGEST_NUMBER = 400
"""Characters; 1e-60 with 80 digits, spelled without an exponent, has 142."""

LONG_EXCERPTS = 500
SHORT_EXCERPT = 64
"""Characters kept of each rejected record after the first 500 of a page: all of them must fit in memory."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_NUMBER_IN_TEXT = re.compile(rb'"(-?[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?)"')
_UNIX_SECONDS = re.compile(r"[0-9]{1,12}", re.ASCII)

ReadQuote = Callable[[Record, RawPage, int], Quote | None]
"""Makes a quote of a provider's record, its page and its position; None for one that claims to be none in dollars.

:raises RecordRejected: when it cannot be believed.
"""


def parse_page(
    page: RawPage,
    decoder: "msgspec.json.Decoder[Record]",
    quote: "ReadQuote[Record]",
    shape: Shape,
    *,
    known_id: Callable[[dict[str, Any]], object] = id_field,
) -> ParsedPage:
    """Each record of the page as a quote or a rejection, and what differs from the shape they are known to have.

    Of a key that is there twice the last counts, as with most readers of JSON. `known_id` finds the coin's id in a
    record that is rejected: a coin that is named so is not missing from the list.
    """
    quotes: list[Quote | None] = []
    rejections: list[Rejection] = []
    watch = Watch(shape)
    try:
        for position, raw in enumerate(split(page.body)):
            watch.see(raw, position)
            try:
                quotes.append(quote(decode(raw, decoder), page, position))
            except RecordRejected as rejected:
                characters = EXCERPT_CHARACTERS if len(rejections) < LONG_EXCERPTS else SHORT_EXCERPT
                rejections.append(rejection(raw, position, rejected, characters=characters, known_id=known_id))
    except NotAList as error:
        return ParsedPage(rejections=(_no_list(page, error),))
    return ParsedPage(
        quotes=tuple(filter(None, quotes)),
        rejections=tuple(rejections),
        drift=watch.found,
        skipped=quotes.count(None),
    )


def _no_list(page: RawPage, error: NotAList) -> Rejection:
    return Rejection(position=0, reason=Reason.NOT_A_RECORD, detail=str(error), excerpt=excerpt(page.body))


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


def number_in_text(raw: msgspec.Raw, *, field: str) -> Decimal | None:
    """The same of a provider that writes its numbers as texts, `"0.00001200"`; a plain number is one, too.

    :raises RecordRejected: for anything else.
    """
    token = bytes(raw)
    if token[:1] != b'"' or token == b'""':
        return number(raw, field=field)
    found = _NUMBER_IN_TEXT.fullmatch(token)
    if found is None:
        raise RecordRejected(Reason.NOT_A_NUMBER, f"{field} is {printable(token[:80].decode('utf-8', 'replace'))}")
    return number(msgspec.Raw(found[1]), field=field)


def unix_time(value: Any, *, field: str) -> datetime:
    """The moment of a text of whole seconds since 1970, in UTC.

    :raises RecordRejected: when there is none, or it is anything else.
    """
    if value is None or value == "":
        raise RecordRejected(Reason.MISSING_TIME, f"the record has no {field}")
    if not isinstance(value, str) or not _UNIX_SECONDS.fullmatch(value):
        raise RecordRejected(Reason.BAD_TIME, f"{field} is no text of whole seconds since 1970")
    try:
        return EPOCH + timedelta(seconds=int(value))
    except OverflowError as error:
        raise RecordRejected(Reason.TIME_OUT_OF_RANGE, f"{field} is {value} seconds since 1970") from error


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
