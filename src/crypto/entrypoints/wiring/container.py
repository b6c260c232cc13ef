"""Builds every use case, in one place: settings in, engines and use cases out."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from datetime import timedelta

from dependency_injector.containers import DeclarativeContainer
from dependency_injector.providers import Dependency, Factory, Object, Singleton
from msgspec import Struct

from crypto.adapters.formats import FORMATS
from crypto.adapters.platform.system_clock import SystemClock
from crypto.adapters.postgres.connection.database import READING, Database
from crypto.adapters.postgres.connection.url import database_url
from crypto.adapters.postgres.ingest.archive import PostgresArchive
from crypto.adapters.postgres.ingest.ledger import PostgresLedger
from crypto.adapters.postgres.ingest.request_budget import PostgresRequestBudget
from crypto.adapters.postgres.operate.health import PostgresHealth
from crypto.adapters.postgres.operate.rejection_log import PostgresRejectionLog
from crypto.adapters.postgres.operate.run_log import PostgresRunLog
from crypto.adapters.postgres.operate.schema_drift_log import PostgresSchemaDriftLog
from crypto.adapters.postgres.operate.stored_pages import PostgresStoredPages
from crypto.adapters.postgres.query.changes import PostgresChanges
from crypto.adapters.postgres.query.coins import PostgresCoins
from crypto.adapters.postgres.query.export import PostgresQuoteExport
from crypto.adapters.postgres.query.market_data import PostgresMarketData
from crypto.adapters.postgres.query.price_lookups import PostgresPriceLookups
from crypto.adapters.registry import SOURCES
from crypto.application.errors import SourceOff, UnknownSource
from crypto.application.ingest.ingest_source import IngestSource
from crypto.application.ingest.ingest_sources import IngestSources
from crypto.application.ingest.plan_sweep import PlanSweep
from crypto.application.ingest.reprocess_pages import ReprocessPages
from crypto.application.ingest.retrying_budget import RetryingBudget
from crypto.application.ingest.run_schedule import RunSchedule, ScheduleEvents
from crypto.application.operate.check_health import CheckHealth
from crypto.application.operate.list_rejections import ListRejections
from crypto.application.operate.list_skipped import ListSkipped
from crypto.application.operate.list_sources import ListSources
from crypto.application.operate.read_page import ReadPage
from crypto.application.operate.report_run_stats import ReportRunStats
from crypto.application.ports import Clock, RequestBudget, RunEvents, Source
from crypto.application.ports.ledger import unheard
from crypto.application.query.export_quotes import ExportQuotes
from crypto.application.query.list_changes import ListChanges
from crypto.application.query.list_coins import ListCoins
from crypto.application.query.look_up_prices import LookUpPrices
from crypto.application.query.query_market_data import QueryMarketData
from crypto.application.query.stream_changes import StreamChanges
from crypto.application.query.watch_data import WatchData
from crypto.application.setting_names import setting_name
from crypto.domain.allowance import Allowance
from crypto.domain.feed import Feed
from crypto.domain.freshness import FreshnessPolicy
from crypto.entrypoints.settings import BadSetting, Settings

INGEST_CONNECTIONS = 4
API_CONNECTIONS = 8


class Sources(Struct, frozen=True, kw_only=True):
    """The feeds of sources that are switched on, as people write them, and how to switch on each other source."""

    on: Mapping[str, Source]
    off: Mapping[str, str]

    def called(self, names: Sequence[str]) -> list[Source]:
        """The feeds of these names, where their source is on; all that are on where none is named.

        :raises UnknownSource: when a source that is on has no such feed.
        """
        feeds = [feed for name in names if (feed := Feed.called(name)).source not in self.off]
        for feed in feeds:
            if str(feed) not in self.on:
                raise UnknownSource(f"there is no feed {str(feed)!r}; there are: {', '.join(self.on)}")
        return [self.on[str(feed)] for feed in feeds] if names else list(self.on.values())

    @property
    def intervals(self) -> Mapping[str, timedelta]:
        """How often each feed is ingested, by its name as people write it."""
        return {name: source.profile.interval for name, source in self.on.items()}

    @property
    def policies(self) -> Mapping[str, FreshnessPolicy]:
        """The freshness policy of each feed, by its name as people write it."""
        return {name: _policy(source) for name, source in self.on.items()}

    @property
    def allowances(self) -> Mapping[str, Allowance]:
        """How often each source may ask its provider, for those that have a limit."""
        return {name: source.profile.allowance for name, source in self.on.items() if source.profile.allowance}


def _policy(source: Source) -> FreshnessPolicy:
    return FreshnessPolicy(
        interval=source.profile.interval, max_age=source.profile.max_age, update_cycle=source.profile.update_cycle
    )


def build_sources(settings: Settings, clock: Clock, budget: RequestBudget) -> Sources:
    """The feeds of the sources that the settings switch on.

    :raises BadSetting: when a source cannot live with its options.
    """
    on: dict[str, Source] = {}
    off = {name: _how_to_switch_on(name) for name in SOURCES if name not in settings.sources}
    for name in settings.sources:
        try:
            on |= _build_feeds(name, settings, clock, budget)
        except SourceOff as error:
            off[name] = str(error)
    return Sources(on=on, off=off)


def _build_feeds(name: str, settings: Settings, clock: Clock, budget: RequestBudget) -> dict[str, Source]:
    kind, options = SOURCES[name], settings.source[name]
    try:
        builders = (kind.build, *kind.feeds.values())
        built = [build(options, clock=clock, budget=budget) for build in builders]
        return {str(each.profile.feed): each for each in built}
    except (ValueError, OverflowError) as error:
        raise BadSetting(f"{setting_name(name)}...: {' '.join(str(error).split())}") from error


def _how_to_switch_on(name: str) -> str:
    return f"{name} is switched off: add it to CRYPTO_SOURCES"


def ingest_database(url: str) -> Database:
    """The database connections for ingests, which write."""
    return Database(url, pool_size=INGEST_CONNECTIONS, application_name="crypto-ingest")


def query_database(settings: Settings, url: str) -> Database:
    """The database connections for questions, which only read; to a replica, where there is one."""
    return _reading(settings, url, connections=API_CONNECTIONS)


def version_database(settings: Settings, url: str) -> Database:
    """A connection to the same for the data's version alone: kept answers are sent while all others are busy."""
    return _reading(settings, url, connections=1)


def _reading(settings: Settings, url: str, *, connections: int) -> Database:
    replica = settings.read_database_url
    return Database(
        database_url(replica) if replica else url,
        pool_size=connections,
        application_name="crypto-query",
        limits=READING,
    )


def build_request_budget(database: Database, clock: Clock, events: RunEvents | None) -> RequestBudget:
    """The request budget of all processes on this database; connects when the first is counted."""
    hear = events.budget_away if events else unheard
    return RetryingBudget(PostgresRequestBudget(database), clock=clock, hear=hear)


def build_plan_sweep(budget: RequestBudget) -> PlanSweep:
    """The use case that says how many requests a sweep will take."""
    return PlanSweep(budget=budget)


def build_ingest_source(
    database: Database, events: RunEvents, clock: Clock, plan_sweep: PlanSweep, *, accept_list: bool = False
) -> IngestSource:
    """The use case that ingests one source into this database."""
    return IngestSource(
        ledger=PostgresLedger(database),
        archive=PostgresArchive(database),
        events=events,
        clock=clock,
        plan_sweep=plan_sweep,
        accept_list=accept_list,
    )


def build_ingest_sources(ingest_source: IngestSource) -> IngestSources:
    """The use case that ingests several sources side by side."""
    return IngestSources(ingest_source=ingest_source)


def build_run_schedule(
    ingest_source: IngestSource, database: Database, clock: Clock, events: ScheduleEvents
) -> RunSchedule:
    """The use case that ingests every source again and again."""
    return RunSchedule(ingest_source=ingest_source, reader=PostgresRunLog(database), clock=clock, events=events)


def build_reprocess_pages(database: Database, events: RunEvents, clock: Clock) -> ReprocessPages:
    """The use case that reads the stored pages of a source again."""
    return ReprocessPages(
        ledger=PostgresLedger(database), archive=PostgresArchive(database), events=events, clock=clock
    )


def build_query_market_data(database: Database, sources: Sources) -> QueryMarketData:
    """The use case that answers questions about quotes."""
    reader, coins = PostgresMarketData(database), PostgresCoins(database)
    return QueryMarketData(reader=reader, coins=coins, policies=sources.policies)


def build_export_quotes(database: Database) -> ExportQuotes:
    """The use case that gives quotes as files."""
    return ExportQuotes(quotes=PostgresQuoteExport(database), reader=PostgresMarketData(database), formats=FORMATS)


def build_list_coins(database: Database, sources: Sources) -> ListCoins:
    """The use case that lists the coins, each with its newest quotes."""
    return ListCoins(reader=PostgresCoins(database), policies=sources.policies)


def build_look_up_prices(database: Database) -> LookUpPrices:
    """The use case that finds prices at moments."""
    return LookUpPrices(reader=PostgresPriceLookups(database), sources=SOURCES)


def build_list_changes(database: Database) -> ListChanges:
    """The use case that lists what changed."""
    return ListChanges(reader=PostgresChanges(database))


def build_stream_changes(list_changes: ListChanges, watch: WatchData) -> StreamChanges:
    """The use case that tells what changes as it does; one for all its streams, which it counts."""
    return StreamChanges(list_changes=list_changes, watch=watch, elapsed=time.monotonic, wait=asyncio.sleep)


def build_watch_data(database: Database) -> WatchData:
    """The use case that knows which version the stored data are of."""
    return WatchData(reader=PostgresMarketData(database), elapsed=time.monotonic)


def build_report_run_stats(database: Database, sources: Sources, clock: Clock) -> ReportRunStats:
    """The use case that reports how each source stands."""
    run_log = PostgresRunLog(database)
    return ReportRunStats(reader=run_log, policies=sources.policies, clock=clock, off=sources.off)


def build_list_sources(database: Database, stats: ReportRunStats, sources: Sources) -> ListSources:
    """The use case that lists the sources."""
    return ListSources(
        stats=stats,
        budget=PostgresRequestBudget(database),
        allowances=sources.allowances,
        drift=PostgresSchemaDriftLog(database),
    )


def build_list_rejections(database: Database, sources: Sources) -> ListRejections:
    """The use case that lists the records that are not believed."""
    reader, run_log = PostgresRejectionLog(database), PostgresRunLog(database)
    return ListRejections(reader=reader, run_log=run_log, intervals=sources.intervals, off=sources.off)


def build_read_page(database: Database) -> ReadPage:
    """The use case that shows a stored page, and gives its bytes."""
    return ReadPage(reader=PostgresStoredPages(database))


def build_list_skipped(database: Database, sources: Sources) -> ListSkipped:
    """The use case that lists the records that were passed over; the parser of a source that is off does, too."""
    parsers = {name: kind.parse for name, kind in SOURCES.items()}
    parsers |= {name: source.parse for name, source in sources.on.items()}
    archive, reader = PostgresArchive(database), PostgresStoredPages(database)
    return ListSkipped(archive=archive, reader=reader, parsers=parsers)


def build_check_health(database: Database, stats: ReportRunStats, clock: Clock, settings: Settings) -> CheckHealth:
    """The use case that says whether the service is healthy."""
    max_lag = timedelta(seconds=settings.max_replica_lag)
    return CheckHealth(probe=PostgresHealth(database), stats=stats, clock=clock, max_lag=max_lag)


class Container(DeclarativeContainer):
    """What there is to be had. Given from outside: settings, the database's URL, who hears of runs."""

    settings: Dependency[Settings] = Dependency(instance_of=Settings)
    url: Dependency[str] = Dependency(instance_of=str)
    events: Dependency[object] = Dependency(default=Object(None))

    clock = Singleton(SystemClock)
    ingest_database = Singleton(ingest_database, url=url)
    query_database = Singleton(query_database, settings=settings, url=url)
    version_database = Singleton(version_database, settings=settings, url=url)
    request_budget = Singleton(build_request_budget, database=ingest_database, clock=clock, events=events)
    sources = Singleton(build_sources, settings=settings, clock=clock, budget=request_budget)

    plan_sweep = Factory(build_plan_sweep, budget=request_budget)
    ingest_source = Factory(
        build_ingest_source, database=ingest_database, events=events, clock=clock, plan_sweep=plan_sweep
    )
    ingest_sources = Factory(build_ingest_sources, ingest_source=ingest_source)
    run_schedule = Factory(
        build_run_schedule, ingest_source=ingest_source, database=ingest_database, clock=clock, events=events
    )
    reprocess_pages = Factory(build_reprocess_pages, database=ingest_database, events=events, clock=clock)
    query_market_data = Factory(build_query_market_data, database=query_database, sources=sources)
    export_quotes = Factory(build_export_quotes, database=query_database)
    list_coins = Factory(build_list_coins, database=query_database, sources=sources)
    look_up_prices = Factory(build_look_up_prices, database=query_database)
    watch_data = Singleton(build_watch_data, database=version_database)
    list_changes = Factory(build_list_changes, database=query_database)
    stream_changes = Singleton(build_stream_changes, list_changes=list_changes, watch=watch_data)
    report_run_stats = Factory(build_report_run_stats, database=query_database, sources=sources, clock=clock)
    list_sources = Factory(build_list_sources, database=query_database, stats=report_run_stats, sources=sources)
    list_rejections = Factory(build_list_rejections, database=query_database, sources=sources)
    read_page = Factory(build_read_page, database=query_database)
    list_skipped = Factory(build_list_skipped, database=query_database, sources=sources)
    check_health = Factory(
        build_check_health, database=query_database, stats=report_run_stats, clock=clock, settings=settings
    )
