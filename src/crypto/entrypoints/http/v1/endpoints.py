"""Every path of the API with what it answers and what can go wrong, as the OpenAPI document tells it."""

from http import HTTPStatus

from msgspec import Struct

from crypto.application.errors import UnknownCoin
from crypto.entrypoints.http.kit.parameters import Parameter
from crypto.entrypoints.http.kit.verdict import Verdict, database_away, judge
from crypto.entrypoints.http.v1 import examples, paths
from crypto.entrypoints.http.v1.questions import COIN_ID

ALWAYS = (
    Verdict(status=HTTPStatus.BAD_REQUEST, detail="there is no parameter 'limit' here", parameter="limit"),
    Verdict(status=HTTPStatus.NOT_ACCEPTABLE, detail="only application/json is served here"),
    Verdict(status=HTTPStatus.REQUEST_URI_TOO_LONG, detail="the path and query are too long; shorten them"),
    judge(RuntimeError()),
)
"""What any request may meet."""


MARKET_DATA, SERVICE, HEALTH, ABOUT = "Market data", "Service", "Health", "About"
TAGS = {
    MARKET_DATA: "What the sources say of coins.",
    SERVICE: "How ingesting goes.",
    HEALTH: "For whoever watches the service.",
    ABOUT: "What there is.",
}
"""In the order of a reader's interest."""


class Endpoint(Struct, frozen=True, kw_only=True):
    """One path: what it answers, and with which problems beside those that any request may meet."""

    path: str
    name: str
    tag: str
    summary: str
    example: Struct
    in_path: tuple[Parameter[str], ...] = ()
    problems: tuple[Verdict, ...] = ()
    unhealthy: Struct | None = None


_AWAY = (database_away(),)
_NO_SUCH_COIN = judge(UnknownCoin("no source knows a coin 'btc'; did you mean 'bitcoin' (coingecko)?"))

ENDPOINTS = (
    Endpoint(path="/", name="Overview", tag=ABOUT, summary="What there is.", example=examples.OVERVIEW),
    Endpoint(path=paths.BASE, name="ApiOverview", tag=ABOUT, summary="What there is.", example=examples.OVERVIEW),
    Endpoint(
        path=paths.DATA,
        name="Data",
        tag=MARKET_DATA,
        summary="Stored quotes, newest first; as_of gives what was believed then.",
        example=examples.QUOTES,
        problems=_AWAY,
    ),
    Endpoint(
        path=paths.COINS,
        name="Coins",
        tag=MARKET_DATA,
        summary="The newest quote of each coin of each source, by market cap, those without one last.",
        example=examples.COINS,
        problems=_AWAY,
    ),
    Endpoint(
        path=paths.COIN,
        name="Coin",
        tag=MARKET_DATA,
        summary="The newest quote of one coin, one of each source that gives it this id.",
        example=examples.COIN,
        in_path=(COIN_ID,),
        problems=(_NO_SUCH_COIN, *_AWAY),
    ),
    Endpoint(
        path=paths.SOURCES,
        name="Sources",
        tag=SERVICE,
        summary="What is known of each source.",
        example=examples.SOURCES,
        problems=_AWAY,
    ),
    Endpoint(
        path=paths.STATS,
        name="Stats",
        tag=SERVICE,
        summary="How the last ingest of each source went.",
        example=examples.STATS,
        problems=_AWAY,
    ),
    Endpoint(
        path=paths.RUNS,
        name="Runs",
        tag=SERVICE,
        summary="The run log, newest first.",
        example=examples.RUNS,
        problems=_AWAY,
    ),
    Endpoint(
        path=paths.HEALTH,
        name="Health",
        tag=HEALTH,
        summary="Healthy, degraded (a source fails, is stale, frozen or never ran) or unhealthy (no database).",
        example=examples.HEALTH,
        unhealthy=examples.UNHEALTHY,
    ),
    Endpoint(path=paths.LIVE, name="Live", tag=HEALTH, summary="The process answers.", example=examples.LIVE),
    Endpoint(
        path=paths.READY,
        name="Ready",
        tag=HEALTH,
        summary="Requests can be answered.",
        example=examples.READY,
        problems=_AWAY,
    ),
    Endpoint(path=paths.OPENAPI, name="Document", tag=ABOUT, summary="This document.", example=examples.DOCUMENT),
)
