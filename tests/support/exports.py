"""Quotes that are hard to write down, put into a store, and an export of them."""

import random
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from crypto.adapters.formats import FORMATS
from crypto.application.query.export_quotes import ExportQuotes
from crypto.domain.feed import Feed
from crypto.domain.market_data import QuoteFilter
from crypto.domain.quote import Quote
from crypto.domain.run import Counters, RunKind, RunStatus
from tests.support.api import page
from tests.support.clock import NOON
from tests.support.stores import Store

NASTY = ("=1+1", "-5", "@x", "'quoted'", 'say "hi"', "a,b", "two\nlines", "cr\r\nlf", "tab\tbed", "back\\slash",
         "Ünï😀",
         " space ", "\\N", "\\.", "NULL", "null", "nan", "\x01\x1f", "{}", "\u2028", "é" * 100)  # fmt: skip


def hard_quotes(number: int, *, seed: int = 7, source: str = "coingecko") -> list[Quote]:
    """So many, with names in every script and amounts of 1 to 38 digits, huge and tiny."""
    chance = random.Random(seed)
    return [_hard_quote(chance, position, source) for position in range(number)]


def _hard_quote(chance: random.Random, position: int, source: str) -> Quote:
    amounts = [_amount(chance) for _ in range(3)]
    return Quote(
        source=source,
        coin_id=f"{chance.choice(NASTY)}{position}",
        name=chance.choice([*NASTY, None]),
        symbol=chance.choice([*NASTY, None, "btc", "BTC"]),
        price_usd=amounts[0],
        market_cap=amounts[1],
        volume_24h=amounts[2],
        observed_at=NOON - timedelta(microseconds=chance.randrange(10**12)),
        ingested_at=NOON,
        position=position,
    )


def _amount(chance: random.Random) -> Decimal | None:
    if chance.random() < 0.1:
        return None
    return Decimal(chance.randrange(1, 10 ** chance.randint(1, 38))).scaleb(-chance.randint(0, 20))


async def put(store: Store, quotes: Sequence[Quote], *, source: str = "coingecko") -> None:
    """One run of one page."""
    async with store.ledger.claim(Feed(source=source), kind=RunKind.INGEST) as claim:
        await claim.prepare(NOON, quotes)
        async with claim.page_transaction() as transaction:
            stored = await transaction.keep(page(source), coin_ids=[], parser_version=1)
            outcome = await transaction.write_quotes(stored, quotes)
            await transaction.count(Counters(pages=1, received=len(quotes), inserted=outcome.inserted))
            await transaction.move_cursor({}, sweep_complete=True)
        await claim.finish(RunStatus.SUCCESS, error=None)


def exporter(store: Store) -> ExportQuotes:
    return ExportQuotes(quotes=store.exports, reader=store.reader, formats=FORMATS)


async def exported(store: Store, form: str, wanted: QuoteFilter | None = None) -> bytes:
    """The whole file."""
    export = await exporter(store)(wanted or QuoteFilter(), form=form)
    try:
        return b"".join([piece async for piece in export.pieces()])
    finally:
        await export.aclose()
