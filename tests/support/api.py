"""A served API over the in-memory store, and a way to put quotes and runs into it."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar

from litestar import Litestar
from litestar.testing import AsyncTestClient
from msgspec import Struct

from crypto.adapters.formats import FORMATS
from crypto.adapters.memory import MemoryRequestBudget, MemoryStore
from crypto.adapters.registry import SOURCES as SOURCE_KINDS
from crypto.application.errors import StoreUnavailable
from crypto.application.operate.check_health import CheckHealth
from crypto.application.operate.list_rejections import ListRejections
from crypto.application.operate.list_skipped import ListSkipped
from crypto.application.operate.list_sources import ListSources
from crypto.application.operate.read_page import ReadPage
from crypto.application.operate.report_run_stats import ReportRunStats
from crypto.application.ports import SourceRecord
from crypto.application.query.export_quotes import ExportQuotes
from crypto.application.query.list_changes import ListChanges
from crypto.application.query.list_coins import ListCoins
from crypto.application.query.look_up_prices import LookUpPrices
from crypto.application.query.query_market_data import QueryMarketData
from crypto.application.query.stream_changes import StreamChanges
from crypto.application.query.watch_data import WatchData
from crypto.domain.allowance import Allowance
from crypto.domain.changes import ChangeFilter, ChangesJson, FeedPlace
from crypto.domain.feed import Feed
from crypto.domain.freshness import FreshnessPolicy
from crypto.domain.market_data import CoinFilter, CoinKey, DataVersion, QuoteFilter, QuoteKey, QuoteList, Window
from crypto.domain.page import PageFacts, RawPage, StoredPage
from crypto.domain.quote import Quote
from crypto.domain.rejection import RejectionFilter, RejectionKey, StoredRejection
from crypto.domain.run import Counters, RunKind, RunStatus
from crypto.domain.schema_drift import SchemaDrift
from crypto.entrypoints.http.app import create_app
from crypto.entrypoints.http.kit.endpoint import Service
from crypto.entrypoints.http.kit.request_context import RequestLine
from tests.support.clock import NOON, ManualClock

T = TypeVar("T")

POLICIES = {
    "coingecko": FreshnessPolicy(
        interval=timedelta(minutes=20), max_age=timedelta(minutes=30), update_cycle=timedelta(minutes=10)
    ),
    "coinpaprika": FreshnessPolicy(
        interval=timedelta(minutes=5), max_age=timedelta(minutes=20), update_cycle=timedelta(minutes=15)
    ),
}
PARSERS = {name: kind.parse for name, kind in SOURCE_KINDS.items()}
INTERVALS = {name: each.interval for name, each in POLICIES.items()}
SOURCES = ("coingecko", "coinpaprika", "csv")
ALLOWANCES = {
    "coingecko": Allowance(
        source="coingecko", account="demo", pause=timedelta(seconds=0.5), per_minute=25, per_month=10_000
    )
}


class GivenUseCases:
    """These use cases, each found by its type."""

    def __init__(self, *given: object) -> None:
        self._given = {type(each): each for each in given}

    def __call__(self, kind: type[T], /) -> T:
        """The use case of this type; KeyError when it was not given."""
        found = self._given[kind]
        assert isinstance(found, kind)
        return found


class BrokenStore(MemoryStore):
    """Memory that fails with `failure` while there is one, so often; `reads` counts searches for quotes."""

    failure: Exception | None = None
    fails = 1_000_000
    reads = 0

    async def ping(self) -> None:
        if self.failure and self.fails:
            self.fails -= 1
            raise self.failure

    async def data_version(self) -> DataVersion:
        await self.ping()
        return await super().data_version()

    async def find(self, wanted: QuoteFilter, window: Window[QuoteKey]) -> QuoteList[QuoteKey]:
        self.reads += 1
        await self.ping()
        return await super().find(wanted, window)

    async def coins(self, wanted: CoinFilter, window: Window[CoinKey]) -> QuoteList[CoinKey]:
        self.reads += 1
        await self.ping()
        return await super().coins(wanted, window)

    async def feed_place(self, wanted: ChangeFilter, *, from_beginning: bool) -> FeedPlace:
        await self.ping()
        return await super().feed_place(wanted, from_beginning=from_beginning)

    async def changes_json(self, wanted: ChangeFilter, after: FeedPlace, *, limit: int) -> ChangesJson | None:
        await self.ping()
        return await super().changes_json(wanted, after, limit=limit)

    async def source_records(self) -> Mapping[str, SourceRecord]:
        await self.ping()
        return await super().source_records()

    async def rejections(
        self, wanted: RejectionFilter, window: Window[RejectionKey], *, count_to: int
    ) -> tuple[Sequence[StoredRejection], int]:
        await self.ping()
        return await super().rejections(wanted, window, count_to=count_to)

    async def page_facts(self, page_id: int) -> PageFacts | None:
        await self.ping()
        return await super().page_facts(page_id)

    async def stored_page(self, page_id: int) -> StoredPage | None:
        await self.ping()
        return await super().stored_page(page_id)

    async def pages_of(self, run_id: int, *, after: int, limit: int) -> Sequence[int] | None:
        await self.ping()
        return await super().pages_of(run_id, after=after, limit=limit)

    async def total_records(self) -> int:
        await self.ping()
        return await super().total_records()


class Served:
    """An API, what stands behind it, and what it told its hooks."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.store = BrokenStore(self.clock)
        self.budget = MemoryRequestBudget(self.clock)
        self.lines: list[RequestLine] = []
        self.errors: list[tuple[Exception, str]] = []
        self.phases: list[str] = []
        self.export_quotes = ExportQuotes(quotes=self.store, reader=self.store, formats=FORMATS)
        self.service = self._service()
        self.app = self._app()

    def worker(self, **options: Any) -> Litestar:
        """The API in another process, before the same store."""
        return create_app(service=self._service(), **options)

    def _service(self) -> Service:
        return Service(use_case=GivenUseCases(*self.use_cases()), sources=SOURCES)

    def use_cases(self) -> Iterable[object]:
        """All that an API asks."""
        stats = ReportRunStats(reader=self.store, policies=POLICIES, clock=self.clock, off=["csv"])
        watch = WatchData(reader=self.store, elapsed=lambda: self.clock.now().timestamp())
        changes = ListChanges(reader=self.store)
        return (
            QueryMarketData(reader=self.store, coins=self.store, policies=POLICIES),
            self.export_quotes,
            ListCoins(reader=self.store, policies=POLICIES),
            stats,
            ListRejections(reader=self.store, run_log=self.store, intervals=INTERVALS, off=["csv"]),
            ListSkipped(archive=self.store, reader=self.store, parsers=PARSERS),
            ReadPage(reader=self.store),
            ListSources(stats=stats, budget=self.budget, allowances=ALLOWANCES, drift=self.store),
            LookUpPrices(reader=self.store, sources=SOURCES),
            watch,
            changes,
            StreamChanges(list_changes=changes, watch=watch, elapsed=time.monotonic, wait=asyncio.sleep),
            CheckHealth(probe=self.store, stats=stats, clock=self.clock),
        )

    def _app(self) -> Litestar:
        return create_app(
            service=self.service,
            lifespan=[self._lifespan],
            on_request=self.lines.append,
            on_error=lambda error, request_id: self.errors.append((error, request_id)),
        )

    @asynccontextmanager
    async def _lifespan(self, _app: Litestar) -> AsyncIterator[None]:
        self.phases.append("up")
        yield
        self.phases.append("down")

    def lose_the_database(self) -> None:
        """Until `heal`."""
        self.store.failure = StoreUnavailable("no connection to db.internal as user crypto_rw")

    def heal(self) -> None:
        """The database is back."""
        self.store.failure = None

    async def ingest(
        self,
        *quotes: Quote,
        source: str = "coingecko",
        status: RunStatus | None = None,
        drift: tuple[SchemaDrift, ...] = (),
    ) -> None:
        """One run of one page."""
        error = None if status in {None, RunStatus.SUCCESS} else "the provider answers 500"
        async with self.store.claim(Feed(source=source), kind=RunKind.INGEST) as claim:
            async with claim.page_transaction() as transaction:
                stored = await transaction.keep(page(source), coin_ids=[], parser_version=1)
                outcome = await transaction.write_quotes(stored, quotes)
                await transaction.note_drift(stored, drift)
                counted = Counters(pages=1, received=len(quotes), inserted=outcome.inserted)
                await transaction.count(counted)
                await transaction.move_cursor({}, sweep_complete=True)
            self.clock.advance(2.5)
            await claim.finish(status or RunStatus.SUCCESS, error=error)


@asynccontextmanager
async def calling(served: Served) -> AsyncIterator[AsyncTestClient[Litestar]]:
    """A client of it."""
    async with AsyncTestClient(served.app, raise_server_exceptions=False) as client:
        yield client


class Answer(Struct, frozen=True, kw_only=True):
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes


MORE = b" "
"""The end of a part of a body after which another one comes."""


async def ask(
    app: Any,
    path: str = "/api/v1/data",
    query: bytes = b"",
    *,
    method: str = "GET",
    accept: str = "*/*",
    headers: Mapping[str, str] | None = None,
    body: Iterable[bytes] = (b"",),
) -> Answer:
    """Ask an ASGI application with exactly these bytes as the query: clients would tidy them up.

    The parts of the body come one after the other; after the last one nothing comes any more, as from a caller who
    waits.
    """
    sent: list[dict[str, Any]] = []
    parts = list(body)

    async def receive() -> dict[str, Any]:
        if not parts:
            await asyncio.Event().wait()
        part = parts.pop(0)
        return {"type": "http.request", "body": part, "more_body": part.endswith(MORE)}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query,
        "root_path": "",
        "headers": [
            *((b"host", b"localhost"), (b"accept", accept.encode())),
            *((name.lower().encode(), value.encode("latin-1")) for name, value in (headers or {}).items()),
        ],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 2),
    }
    await app(scope, receive, send)
    start, *rest = sent
    return Answer(
        status=start["status"],
        headers={name.decode(): value.decode() for name, value in start["headers"]},
        body=b"".join(each.get("body", b"") for each in rest),
    )


def page(source: str) -> RawPage:
    """An empty page, received at noon."""
    return RawPage(
        source=source,
        request={},
        context={},
        requested_at=NOON,
        received_at=NOON,
        status=200,
        headers={},
        body=b"[]",
        cursor_after={},
        is_last=True,
    )


def quote(coin_id: str = "bitcoin", *, price: str | None = "110394.5", **changed: Any) -> Quote:
    """A quote of noon."""
    values: dict[str, Any] = {
        "source": "coingecko",
        "coin_id": coin_id,
        "name": coin_id.title(),
        "symbol": coin_id[:3],
        "price_usd": Decimal(price) if price else None,
        "market_cap": Decimal(2201000000000),
        "volume_24h": None,
        "observed_at": NOON - timedelta(seconds=30),
        "ingested_at": NOON,
        "position": 0,
    }
    return Quote(**values | changed)


def minutes_ago(minutes: float) -> datetime:
    """Before noon."""
    return NOON - timedelta(minutes=minutes)


def served_with_quotes() -> Litestar:
    """What a server process loads: 250 quotes of two runs."""
    served = Served()
    quotes = [quote(f"coin-{number:03}", position=number) for number in range(250)]
    asyncio.run(served.ingest(*quotes))
    asyncio.run(served.ingest(source="coinpaprika", status=RunStatus.FAILURE))
    return served.app
