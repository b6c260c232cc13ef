"""What the records of a JSON page say: texts, times in UTC, and why one, or a field of one, is not believed."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import msgspec
from msgspec.structs import replace

from crypto.adapters.fetch.json_list import NotAList, split
from crypto.adapters.fetch.record_json import Record, decode, excerpt, id_field, rejection
from crypto.adapters.fetch.record_schema import RecordSchema, Watch
from crypto.domain.page import ParsedPage, RawPage
from crypto.domain.quote import Quote, storable
from crypto.domain.rejection import EXCERPT_CHARACTERS, Reason, RecordRejected, Rejection
from crypto.domain.skip import Skip, SkipReason
from crypto.domain.unread import Unread

LONG_EXCERPTS = 500
SHORT_EXCERPT = 64
"""Characters kept of each rejected or skipped record after the first 500 of a page: all must fit in memory."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_UNIX_SECONDS = re.compile(r"[0-9]{1,12}", re.ASCII)

ReadQuote = Callable[[Record, RawPage, int, Unread], Quote | SkipReason]
"""Makes a quote of a provider's record, its page and its position, or says why the record claims to be none.

It tells which fields it had to leave unknown.

:raises RecordRejected: when it cannot be believed.
"""


def parse_page(
    page: RawPage,
    decoder: "msgspec.json.Decoder[Record]",
    quote: "ReadQuote[Record]",
    schema: RecordSchema,
    *,
    known_id: Callable[[dict[str, Any]], object] = id_field,
) -> ParsedPage:
    """Each record of the page as a quote or a rejection, and what differs from their record schema.

    Of a key that is there twice the last counts, as with most readers of JSON. `known_id` finds the coin's id in a
    record that is rejected: a coin that is named so is not missing from the list.
    """
    quotes: list[Quote] = []
    skips: list[Skip] = []
    rejections: list[Rejection] = []
    lost: list[Rejection] = []
    watch = Watch(schema)
    try:
        for position, raw in enumerate(split(page.body)):
            watch.see(raw, position)
            told = len(rejections) + len(lost) + len(skips)
            characters = EXCERPT_CHARACTERS if told < LONG_EXCERPTS else SHORT_EXCERPT
            reject = partial(rejection, raw, position, characters=characters, known_id=known_id)
            unread = Unread()
            try:
                found = quote(decode(raw, decoder), page, position, unread)
            except RecordRejected as rejected:
                rejections.append(reject(rejected))
                continue
            if isinstance(found, SkipReason):
                sent = excerpt(raw, characters=characters)
                skips.append(Skip(position=position, reason=found, excerpt=sent))
                continue
            quotes.append(found)
            lost += [_of(found, reject(why), field) for field, why in unread.fields]
    except NotAList as error:
        return ParsedPage(rejections=(_no_list(page, error),))
    return ParsedPage(
        quotes=tuple(quotes),
        rejections=tuple(rejections),
        unread=tuple(lost),
        drift=watch.found,
        skips=tuple(skips),
    )


def _of(quote: Quote, rejected: Rejection, field: str) -> Rejection:
    """What is rejected is a field of this quote."""
    return replace(rejected, field=field, coin_id=quote.coin_id)


def _no_list(page: RawPage, error: NotAList) -> Rejection:
    return Rejection(position=0, reason=Reason.NOT_A_RECORD, detail=str(error), excerpt=excerpt(page.body))


def coin_id(value: Any) -> str:
    """The source's id for the coin, byte for byte.

    :raises RecordRejected: when it has none, or one that is not text.
    """
    if value is None or value == "":
        raise RecordRejected(Reason.MISSING_ID, "the record has no coin id")
    return _text(value, field="id")


def text(value: Any, *, field: str) -> str | None:
    """A name or symbol as it was sent; None for null.

    :raises RecordRejected: when it is not text, or one that cannot be stored.
    """
    return None if value is None else storable(_text(value, field=field), field=field)


def unix_time(value: Any, *, field: str) -> datetime:
    """The moment of a text of whole seconds since 1970, in UTC.

    :raises RecordRejected: when there is none, or it is anything else.
    """
    if value is None or value == "":
        raise RecordRejected(Reason.MISSING_TIME, f"the record has no {field}")
    if not isinstance(value, str) or not _UNIX_SECONDS.fullmatch(value):
        raise RecordRejected(Reason.BAD_TIME, f"{field} is not a text of whole seconds since 1970")
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
        raise RecordRejected(Reason.BAD_TIME, f"{field} is not text")
    try:
        moment = msgspec.convert(value, datetime)
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except (msgspec.ValidationError, OverflowError) as error:
        raise RecordRejected(Reason.BAD_TIME, f"{field} is not an RFC 3339 time") from error
    raise RecordRejected(Reason.BAD_TIME, f"{field} has no offset from UTC")


def _text(value: Any, *, field: str) -> str:
    if isinstance(value, str):
        return value
    raise RecordRejected(Reason.BAD_FIELD, f"{field} is not text")
