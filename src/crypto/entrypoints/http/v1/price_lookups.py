"""POST /prices/lookup: what sources said of coins at moments, up to 10,000 in one call."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated

from msgspec import Meta, Raw, Struct

from crypto.application.query.look_up_prices import MOST_LOOKUPS, LookUpPrices
from crypto.domain.market_data import Lookup
from crypto.domain.quote import MAX_ID_BYTES
from crypto.entrypoints.http.kit.answer import Answer, Moment
from crypto.entrypoints.http.kit.cache_policies import NO_STORE
from crypto.entrypoints.http.kit.endpoint import Endpoint, Service
from crypto.entrypoints.http.kit.example_values import INGESTED, OBSERVED, REQUEST_ID
from crypto.entrypoints.http.kit.json_body import JsonBody
from crypto.entrypoints.http.kit.request_context import RequestContext
from crypto.entrypoints.http.kit.tags import MARKET_DATA
from crypto.entrypoints.http.kit.verdict import database_away

PATH = "/prices/lookup"

MOST_BYTES = 4 * 1024**2
SOURCE_BYTES = 64
ASKED = datetime(2025, 11, 2, 10, 5, tzinfo=UTC)


def _like(pattern: str) -> dict[str, str]:
    """For the document: what texts are like. The use case looks at all of them at once, which is quicker."""
    return {"pattern": pattern}


class AskedPrice(Lookup, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A source, the id that it gives a coin, and a moment."""

    source: Annotated[
        str, Meta(min_length=1, max_length=SOURCE_BYTES, extra_json_schema=_like(r"^[a-z0-9_-]+$(?!\n)"))
    ]
    coin_id: Annotated[
        str, Meta(min_length=1, max_length=MAX_ID_BYTES, extra_json_schema=_like(r"^[^\u0000]+$(?!\n)"))
    ]
    time: Annotated[datetime, Meta(tz=True, extra_json_schema={"maxLength": 40})]


class AskedPrices(Struct, frozen=True, forbid_unknown_fields=True):
    """What is looked up."""

    lookups: Annotated[tuple[AskedPrice, ...], Meta(min_length=1, max_length=MOST_LOOKUPS)]


class LookedUpQuote(Struct, frozen=True, kw_only=True):
    """The quote that was the newest at the moment that was asked for; amounts are US dollars."""

    name: str | None
    symbol: str | None
    price_usd: Decimal | None
    market_cap: Decimal | None
    volume_24h: Decimal | None
    observed_at: Moment
    ingested_at: Moment
    page_id: int
    position: int


class LookedUpPrice(Struct, frozen=True, kw_only=True):
    """The newest quote at that time or before, how old it was then, and when the next one came.

    `quote` is null where there is none so early. Where `next_observed_at` is null as well, the source never named
    this coin; where it alone is, nothing newer is known: the price may have moved since.
    """

    source: str
    coin_id: str
    time: Moment
    quote: LookedUpQuote | None
    age_seconds: float | None
    next_observed_at: Moment | None
    next_after_seconds: float | None


class PriceLookupAnswer(Struct, frozen=True, kw_only=True):
    """An answer to each, in the order of the question."""

    data: tuple[LookedUpPrice, ...]
    request_id: str
    api_latency_ms: float


class PriceLookupBody(Struct, frozen=True, kw_only=True):
    """A `PriceLookupAnswer` as it is sent: `data` is JSON that the store has written."""

    data: Raw
    request_id: str
    api_latency_ms: float


BODY = JsonBody(
    kind=AskedPrices,
    description=f"Up to {MOST_LOOKUPS:,} look-ups; a time needs its zone.",
    example=AskedPrices(lookups=(AskedPrice(source="coingecko", coin_id="bitcoin", time=ASKED),)),
    most=MOST_BYTES,
)
EXAMPLE = PriceLookupAnswer(
    data=(
        LookedUpPrice(
            source="coingecko",
            coin_id="bitcoin",
            time=ASKED,
            quote=LookedUpQuote(
                name="Bitcoin",
                symbol="btc",
                price_usd=Decimal("110394.5"),
                market_cap=Decimal(2201000000000),
                volume_24h=Decimal(51000000000),
                observed_at=OBSERVED,
                ingested_at=INGESTED,
                page_id=812,
                position=0,
            ),
            age_seconds=268.877,
            next_observed_at=datetime(2025, 11, 2, 10, 20, 30, tzinfo=UTC),
            next_after_seconds=930.0,
        ),
    ),
    request_id=REQUEST_ID,
    api_latency_ms=2.1,
)


def endpoints(service: Service) -> tuple[Endpoint, ...]:
    """The look-up of prices."""
    look_up_prices = service.use_case(LookUpPrices)

    async def look_up(context: RequestContext) -> Answer:
        lookups = BODY.of(context).lookups
        found = await look_up_prices(lookups)
        body = PriceLookupBody(data=Raw(found), request_id=context.request_id, api_latency_ms=context.latency_ms)
        return Answer(body=body, cache=NO_STORE, results=len(lookups))

    endpoint = Endpoint(
        path=PATH,
        name="PriceLookup",
        tag=MARKET_DATA,
        summary="The prices of coins at moments: the quote then or the last before, its age, when the next came.",
        body=BODY,
        rules=("Each `source` is one that there is, on or off, else `invalid_value`.",),
        answer=look_up,
        example=EXAMPLE,
        problems=(database_away(),),
    )
    return (endpoint,)
