"""The paths of the API: each reads the request, calls one use case and returns its answer."""

from litestar import Response, get
from litestar.di import NamedDependency

from crypto.application.operate.check_health import CheckHealth
from crypto.application.operate.list_drift import ListDrift
from crypto.application.operate.list_sources import ListSources
from crypto.application.operate.report_run_stats import ReportRunStats
from crypto.application.query.list_coins import ListCoins
from crypto.application.query.query_market_data import QueryMarketData
from crypto.entrypoints.http.kit.request_context import RequestContext
from crypto.entrypoints.http.v1 import answers, paths
from crypto.entrypoints.http.v1.questions import Questions


@get(["/", paths.BASE])
async def overview(context: NamedDependency[RequestContext]) -> Response[bytes]:
    """What there is."""
    return answers.listed(answers.overview(paths.LINKS, context))


@get(paths.DATA)
async def data(
    context: NamedDependency[RequestContext],
    questions: NamedDependency[Questions],
    query_market_data: NamedDependency[QueryMarketData],
) -> Response[bytes]:
    """Stored quotes, newest first."""
    asked = questions.data(context.query)
    found = await query_market_data(asked.wanted, page=asked.page, page_size=asked.page_size, cursor=asked.cursor)
    return answers.listed(answers.data(found, context))


@get(paths.COINS)
async def coins(
    context: NamedDependency[RequestContext],
    questions: NamedDependency[Questions],
    list_coins: NamedDependency[ListCoins],
) -> Response[bytes]:
    """The newest quote of each coin of each source."""
    asked = questions.coins(context.query)
    found = await list_coins(asked.wanted, page=asked.page, page_size=asked.page_size, cursor=asked.cursor)
    return answers.listed(answers.quote_list(found, context))


@get(f"{paths.COINS}/{{coin_id:path}}")
async def coin(
    context: NamedDependency[RequestContext],
    questions: NamedDependency[Questions],
    list_coins: NamedDependency[ListCoins],
) -> Response[bytes]:
    """The newest quote of one coin, of each source; an id may hold a slash, so the path is read as sent."""
    found = await list_coins.of_id(questions.coin_id(context.raw_path))
    return answers.listed(answers.coin(found, context))


@get(paths.STATS)
async def stats(
    context: NamedDependency[RequestContext], report_run_stats: NamedDependency[ReportRunStats]
) -> Response[bytes]:
    """How the last ingest of each source went."""
    found = await report_run_stats()
    return answers.listed(answers.stats(found, context))


@get(paths.SOURCES)
async def sources(
    context: NamedDependency[RequestContext],
    list_sources: NamedDependency[ListSources],
    list_drift: NamedDependency[ListDrift],
) -> Response[bytes]:
    """What is known of each source."""
    found, drift = await list_sources(), await list_drift()
    return answers.listed(answers.source_list(found, drift, context))


@get(paths.RUNS)
async def runs(
    context: NamedDependency[RequestContext],
    questions: NamedDependency[Questions],
    report_run_stats: NamedDependency[ReportRunStats],
) -> Response[bytes]:
    """The run log, newest first."""
    asked = questions.runs(context.query)
    found = await report_run_stats.runs(source=asked.source, page=asked.page, page_size=asked.page_size)
    return answers.listed(answers.run_list(found, context, page=asked.page, page_size=asked.page_size))


@get(paths.HEALTH)
async def health(
    context: NamedDependency[RequestContext], check_health: NamedDependency[CheckHealth]
) -> Response[bytes]:
    """Whether the database answers, and every source is fresh and succeeding."""
    found = await check_health()
    return answers.judged(answers.health(found, context))


@get(paths.LIVE)
async def live(context: NamedDependency[RequestContext]) -> Response[bytes]:
    """The process answers; touches nothing else."""
    return answers.unkept(answers.probe("live", context))


@get(paths.READY)
async def ready(
    context: NamedDependency[RequestContext], check_health: NamedDependency[CheckHealth]
) -> Response[bytes]:
    """Requests can be answered."""
    await check_health.ready()
    return answers.unkept(answers.probe("ready", context))


HANDLERS = (overview, data, coins, coin, stats, sources, runs, health, live, ready)
