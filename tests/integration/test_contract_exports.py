"""What every store promises to who wants all of it: a file says what the list says, in every format."""

from datetime import timedelta

import pytest

from crypto.application.errors import BadRequest, TooManyExports
from crypto.application.query.export_quotes import AT_ONCE
from crypto.domain.market_data import QuoteFilter
from tests.support import files
from tests.support.clock import NOON, ManualClock
from tests.support.contract import EVERYTHING, market
from tests.support.exports import exported, exporter, hard_quotes, put
from tests.support.files import rows_in, sorted_rows
from tests.support.runs import ingest
from tests.support.stores import Store

ALL = QuoteFilter()
FILTERS = {
    "all": ALL,
    "a source": QuoteFilter(source="coingecko"),
    "no source": QuoteFilter(source="coinpaprika"),
    "a symbol": QuoteFilter(symbol="bTc"),
    "coins": QuoteFilter(coin_ids=("=1+10", "two\nlines1", "it's % (percent)s", "-52")),
    "a range": QuoteFilter(observed_from=NOON - timedelta(days=9), observed_to=NOON - timedelta(days=2)),
    "arrived": QuoteFilter(ingested_from=NOON, ingested_to=NOON + timedelta(seconds=1)),
}


@pytest.mark.parametrize("form", files.FORMATS)
async def test_a_file_has_the_quotes_of_the_list(store: Store, form: str) -> None:
    await put(store, hard_quotes(400))
    for name, wanted in FILTERS.items():
        listed = await store.reader.find(wanted, EVERYTHING)
        assert rows_in(await exported(store, form, wanted), form) == sorted_rows(list(listed.quotes)), name


async def test_the_rows_of_a_moment_before_are_what_was_believed_then(store: Store, clock: ManualClock) -> None:
    for price in ("10", "11"):
        await ingest(store, market(clock, [("btc", 0, price), (f"coin-{price}", 1, "1")]), clock)
        clock.advance(60)
    then = min(
        quote.recorded_at for quote in (await store.reader.find(ALL, EVERYTHING)).quotes if quote.version == 1
    )
    wanted = QuoteFilter(as_of=then)
    listed = await store.reader.find(wanted, EVERYTHING)

    async with store.exports.open(wanted, measured=True) as rows:
        assert rows.facts.total == listed.total == 2
        text = b"".join([block async for block in rows.blocks()])
    assert text.count(b"\n") == 2


async def test_what_is_known_before_the_first_row_is_true(store: Store) -> None:
    quotes = hard_quotes(50)
    await put(store, quotes)
    async with store.exports.open(ALL, measured=True) as rows:
        facts = rows.facts
    for name in ("price_usd", "market_cap", "volume_24h"):
        texts = [f"{amount:f}" for quote in quotes if (amount := getattr(quote, name)) is not None]
        assert facts.digits[name].before == max(len(text.partition(".")[0].lstrip("0")) for text in texts)
        assert facts.digits[name].after == max(len(text.partition(".")[2]) for text in texts)
    assert facts.total == 50


async def test_an_empty_result_is_a_whole_file(store: Store) -> None:
    for form in files.FORMATS:
        assert rows_in(await exported(store, form), form) == []


async def test_exports_of_what_did_not_change_are_the_same_bytes(store: Store) -> None:
    await put(store, hard_quotes(200))
    assert await exported(store, "csv") == await exported(store, "csv")


async def test_an_export_sees_one_snapshot(store: Store) -> None:
    await put(store, hard_quotes(10))
    export = await exporter(store)(ALL, form="csv")
    await put(store, hard_quotes(10, seed=8, source="coinpaprika"), source="coinpaprika")
    body = b"".join([piece async for piece in export.pieces()])
    await export.aclose()
    assert len(rows_in(body, "csv")) == export.facts.total == 10


async def test_more_exports_than_may_run_at_once_are_refused_until_one_ends(store: Store) -> None:
    export_quotes = exporter(store)
    running = [await export_quotes(ALL, form="csv") for _ in range(AT_ONCE)]
    with pytest.raises(TooManyExports, match="ask again"):
        await export_quotes(ALL, form="csv")

    await running.pop().aclose()
    running.append(await export_quotes(ALL, form="csv"))
    for export in running:
        await export.aclose()


async def test_what_cannot_be_asked_of_the_list_cannot_be_exported(store: Store) -> None:
    export_quotes = exporter(store)
    for wanted in (
        QuoteFilter(coin_ids=("\x00",)),
        QuoteFilter(coin_ids=tuple(map(str, range(51)))),
        QuoteFilter(observed_from=NOON, observed_to=NOON),
        QuoteFilter(as_of=NOON + timedelta(days=40000)),
    ):
        with pytest.raises(BadRequest):
            await export_quotes(wanted, form="csv")
    with pytest.raises(BadRequest, match="there are ndjson, json, csv, arrow, parquet"):
        await export_quotes(ALL, form="xlsx")
