"""What a quote must be to be wanted, as text of a statement and the values in it."""

from crypto.domain.market_data import CoinFilter, QuoteFilter
from crypto.domain.quote import CLOCK_TOLERANCE

CONDITIONS: dict[str, str] = {
    "source": "quote.source = %(source)s",
    "coin_id": "quote.coin_id = %(coin_id)s",
    "coin_ids": 'quote.coin_id = ANY (%(coin_ids)s::text[] COLLATE "C")',
    "symbol": 'lower(quote.symbol COLLATE "C") = %(symbol)s',
    "observed_from": "quote.observed_at >= %(observed_from)s",
    "observed_to": "quote.observed_at < %(observed_to)s",
    "ingested_from": "quote.ingested_at >= %(ingested_from)s",
    "ingested_to": "quote.ingested_at < %(ingested_to)s",
    "as_of": "quote.recorded_at <= %(as_of)s AND quote.observed_at <= %(known_at)s",
}
"""By the field of a filter that asks for it; `quote` is a row of quotes, now or before."""


def asked(wanted: QuoteFilter | CoinFilter) -> tuple[str, ...]:
    """Which fields of a filter are set: what its statement's text depends on."""
    return tuple(name for name in wanted.__struct_fields__ if getattr(wanted, name) not in (None, ()))


def values_of(wanted: QuoteFilter | CoinFilter) -> dict[str, object]:
    """The values of a filter, by the names that its conditions give them."""
    values: dict[str, object] = {name: _value(getattr(wanted, name)) for name in wanted.__struct_fields__}
    if wanted.symbol is not None:
        values["symbol"] = wanted.symbol.encode().lower().decode()  # in ASCII only, as lower() of SQL does it
    if isinstance(wanted, QuoteFilter) and wanted.as_of is not None:
        values["known_at"] = wanted.as_of + CLOCK_TOLERANCE
    return values


def _value(value: object) -> object:
    """What several are asked for is asked once."""
    return list(dict.fromkeys(value)) if isinstance(value, tuple) else value


def where(names: tuple[str, ...], *more: str) -> str:
    """The conditions of these fields, and more of them, as a WHERE clause."""
    conditions = [*(CONDITIONS[name] for name in names), *more]
    return "WHERE " + " AND ".join(conditions) if conditions else ""
