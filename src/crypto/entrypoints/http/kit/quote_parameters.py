"""Which quotes are asked for: the parameters that a list of them and a file of them share."""

from crypto.application.query.question import MOST_COINS
from crypto.domain.market_data import QuoteFilter
from crypto.domain.quote import MAX_ID_BYTES
from crypto.entrypoints.http.kit.filters import SYMBOL
from crypto.entrypoints.http.kit.parameters import AnyParameter, Parameter, moment, text
from crypto.entrypoints.http.kit.problem_codes import ProblemCode
from crypto.entrypoints.http.kit.query_string import Query
from crypto.entrypoints.http.kit.verdict import Verdict

COIN_IDS = text(
    "coin_id",
    f"The id the source gives the coin, byte for byte. Given several times, up to {MOST_COINS}, it asks for any of"
    " these coins; ids that nobody knows are told in `unknown_coin_ids`.",
    most=MAX_ID_BYTES,
    example="bitcoin",
    times=MOST_COINS,
)
OBSERVED_FROM = moment("observed_from", "Quotes of this moment or later, by the source's own time.")
OBSERVED_TO = moment("observed_to", "Quotes of before this moment, by the source's own time.")
INGESTED_FROM = moment("ingested_from", "Quotes that arrived here at this moment or later.")
INGESTED_TO = moment("ingested_to", "Quotes that arrived here before this moment.")
AS_OF = moment("as_of", "What was believed at this moment, at least 60 seconds ago.")

RANGES = (
    "`observed_from` is before `observed_to`, and `ingested_from` before `ingested_to`, else `empty_range`: a"
    " range includes its start and excludes its end."
)
SETTLED = (
    "`as_of` is at least 60 seconds ago, by the database's clock, else `moment_too_recent`: until then the answer"
    " could still change."
)
"""What holds between these parameters, for the document."""

REFUSED_TIMES = (
    Verdict(
        code=ProblemCode.EMPTY_RANGE,
        detail="the range ends before it begins (it includes its start, not its end)",
        parameter="observed_to",
    ),
    Verdict(code=ProblemCode.MOMENT_TOO_RECENT, detail="as_of must be at least 60 seconds ago", parameter="as_of"),
)
"""Examples of what they are refused for."""


def quote_parameters(source: Parameter[str]) -> tuple[AnyParameter, ...]:
    """What quotes may be chosen by; `source` is the parameter that takes one of the sources there are."""
    when = (OBSERVED_FROM, OBSERVED_TO, INGESTED_FROM, INGESTED_TO, AS_OF)
    return (source, COIN_IDS, SYMBOL, *when)


def quote_filter(asked: Query, source: Parameter[str]) -> QuoteFilter:
    """Which quotes are asked for.

    :raises BadRequest: for a value out of bounds.
    """
    return QuoteFilter(
        source=source.of(asked),
        coin_ids=COIN_IDS.all_of(asked),
        symbol=SYMBOL.of(asked),
        observed_from=OBSERVED_FROM.of(asked),
        observed_to=OBSERVED_TO.of(asked),
        ingested_from=INGESTED_FROM.of(asked),
        ingested_to=INGESTED_TO.of(asked),
        as_of=AS_OF.of(asked),
    )
