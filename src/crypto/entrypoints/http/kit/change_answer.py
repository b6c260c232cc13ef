"""A change of a quote as the API answers it, in a list and in a stream, and which changes may be asked for."""

from decimal import Decimal

from msgspec import Struct

from crypto.application.query.list_changes import BEGINNING, NOW
from crypto.application.query.question import MOST_COINS
from crypto.domain.changes import ChangeFilter
from crypto.domain.quote import MAX_ID_BYTES
from crypto.entrypoints.http.kit.answer import Moment
from crypto.entrypoints.http.kit.example_values import INGESTED, OBSERVED
from crypto.entrypoints.http.kit.page_parameters import MAX_SINCE
from crypto.entrypoints.http.kit.parameters import Parameter, text, token
from crypto.entrypoints.http.kit.problem_codes import ProblemCode
from crypto.entrypoints.http.kit.query_string import Query
from crypto.entrypoints.http.kit.verdict import Verdict

PLACE = "lwHECIBqLjvRWgr7gqljb2luZ2Vja28MwqDAoA"
SINCE = token(
    "since",
    f"`next_since` of the answer before, with the same filters; or `{BEGINNING}`: all quotes first, then what"
    f" changed; or `{NOW}`: only what changes from now on. Where it is left out, /changes takes `{BEGINNING}`,"
    f" /stream `{NOW}`.",
    most=MAX_SINCE,
    example=PLACE,
)
COIN_IDS = text(
    "coin_id",
    f"Of this coin only, by the id its source gives it; of any of these, given up to {MOST_COINS} times.",
    most=MAX_ID_BYTES,
    example="bitcoin",
    times=MOST_COINS,
)
OWN_FILTERS = "A `since` is one that this service gave out for the same filters, else `invalid_cursor`."
IN_ORDER = (
    "Apply the changes in their order: `upsert` puts `quote` at its key (source, coin_id, observed_at) in place of"
    " what was there, `withdraw` removes what is at its key, if anything is."
)
REFUSED_SINCE = Verdict(
    code=ProblemCode.INVALID_CURSOR, detail="the since belongs to a list with other filters", parameter="since"
)


class ChangedQuote(Struct, frozen=True, kw_only=True):
    """A quote as it is believed now; amounts are US dollars."""

    name: str | None
    symbol: str | None
    price_usd: Decimal | None
    market_cap: Decimal | None
    volume_24h: Decimal | None
    ingested_at: Moment
    page_id: int
    position: int


class ChangeAnswer(Struct, frozen=True, kw_only=True):
    """A key and what is believed of it now: `quote`, or nothing any more (`withdraw`, and null)."""

    change: str
    source: str
    coin_id: str
    observed_at: Moment
    recorded_at: Moment
    quote: ChangedQuote | None


UPSERT = ChangeAnswer(
    change="upsert",
    source="coingecko",
    coin_id="bitcoin",
    observed_at=OBSERVED,
    recorded_at=INGESTED,
    quote=ChangedQuote(
        name="Bitcoin",
        symbol="btc",
        price_usd=Decimal("110394.5"),
        market_cap=Decimal(2201000000000),
        volume_24h=Decimal(51000000000),
        ingested_at=INGESTED,
        page_id=812,
        position=0,
    ),
)


def wanted(asked: Query, source: Parameter[str]) -> ChangeFilter:
    """Whose changes are asked for.

    :raises BadRequest: for a value out of bounds.
    """
    return ChangeFilter(source=source.of(asked), coin_ids=COIN_IDS.all_of(asked))
