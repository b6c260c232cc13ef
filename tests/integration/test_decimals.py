"""No digit is lost on the whole way: provider's JSON, raw page, unified row, REST answer."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import timedelta
from decimal import Decimal

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from litestar.testing import AsyncTestClient

from crypto.adapters.memory import MemoryRequestBudget
from crypto.adapters.postgres.connection.database import Database, opened
from crypto.adapters.sources.coingecko import CoinGecko, Options
from crypto.application.query.query_market_data import QueryMarketData
from crypto.domain.freshness import FreshnessPolicy
from crypto.domain.page import Cursor, RawPage
from crypto.entrypoints.http.app import create_app
from crypto.entrypoints.http.kit.endpoint import Service
from tests.support.api import GivenUseCases, Served
from tests.support.clock import ManualClock
from tests.support.laws import examples
from tests.support.runs import ingest
from tests.support.stores import InPostgres

EMPTY = "TRUNCATE unified_crypto_data, latest_crypto_data, raw_pages, checkpoints, quote_counts, runs"
POLICIES = {"coingecko": FreshnessPolicy(interval=timedelta(minutes=20), max_age=timedelta(minutes=30))}

digits = st.integers(1, 10**40 - 1)
spellings = st.sampled_from(["{:f}", "{:e}", "{:E}", "{}"])


@st.composite
def amounts(draw: st.DrawFn) -> tuple[str, Decimal]:
    """A number from 1e-30 to 1e30 of up to 40 digits, as a provider may spell it, and what it is."""
    number = Decimal(draw(digits))
    number = number.scaleb(draw(st.integers(-30, 29)) - number.adjusted())
    return draw(spellings).format(number), number


class Saying(CoinGecko):
    """CoinGecko's parser over prices that a test gives."""

    def __init__(self, prices: list[str], clock: ManualClock) -> None:
        super().__init__(Options(), clock=clock, budget=MemoryRequestBudget(clock))
        self._prices, self._now = prices, clock.now()

    async def pages(self, cursor: Cursor) -> AsyncGenerator[RawPage, None]:
        record = '{{"id":"coin-{}","current_price":{},"market_cap":{},"last_updated":"2026-11-02T11:00:00.000Z"}}'
        records = (record.format(number, price, price) for number, price in enumerate(self._prices))
        yield RawPage(
            source=self.profile.source,
            request={},
            context={},
            requested_at=self._now,
            received_at=self._now,
            status=200,
            headers={},
            body=f"[{','.join(records)}]".encode(),
            cursor_after={},
            is_last=True,
        )


@given(said=st.lists(amounts(), min_size=1, max_size=20))
@settings(
    max_examples=examples(30),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],  # each example empties the database itself
)
def test_decimals_survive_from_json_to_rest(database_url: str, said: list[tuple[str, Decimal]]) -> None:
    asyncio.run(_compare(database_url, said))


async def _compare(database_url: str, said: list[tuple[str, Decimal]]) -> None:
    clock = ManualClock()
    async with opened(Database(database_url, pool_size=2, application_name="crypto-test")) as database:
        store = InPostgres(database)
        await store.rows(EMPTY)
        run = await ingest(store, Saying([text for text, _ in said], clock), clock)
        served = await _served(store)

    assert run.counters.inserted == len(said)
    expected = {f"coin-{number}": (amount, amount) for number, (_, amount) in enumerate(said)}
    assert served == expected


class _Answer(msgspec.Struct):
    class Row(msgspec.Struct):
        coin_id: str
        price_usd: Decimal
        market_cap: Decimal

    data: list[Row]


async def _served(store: InPostgres) -> dict[str, tuple[Decimal, Decimal]]:
    query = QueryMarketData(reader=store.reader, coins=store.coins, policies=POLICIES)
    use_cases = GivenUseCases(*Served().use_cases(), query)
    async with AsyncTestClient(create_app(service=Service(use_case=use_cases, sources=POLICIES))) as client:
        answer = await client.get("/api/v1/data")
    rows = msgspec.json.decode(answer.content, type=_Answer).data
    return {row.coin_id: (row.price_usd, row.market_cap) for row in rows}
