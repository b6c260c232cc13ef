"""Which columns of a table may hold pairs, and what a pair in a cell tells of its money."""

from collections.abc import Sequence

from crypto.adapters.csv.layout.agreed import Told
from crypto.adapters.csv.text.columns import Columns
from crypto.adapters.csv.text.names import plain_name
from crypto.adapters.csv.values.pairs import Pair, pairs_in
from crypto.domain.rejection import printable

_PAIRS = """
pair pairs trading_pair currency_pair market_pair asset_pair pair_name symbol_pair market markets market_symbol
instrument instrument_id instrument_name instid product product_id symbol symbols ticker tickers ticker_symbol
"""
PAIR_NAMES = frozenset(_PAIRS.split())
"""Columns that may hold pairs."""


def pair_places(names: Sequence[str], columns: Columns) -> tuple[int, ...]:
    """Which columns may hold pairs: those of ids and symbols, and those that are called so."""
    of_fields = [columns[field] for field in ("coin_id", "symbol") if field in columns]
    called = [place for place, name in enumerate(names) if plain_name(name) in PAIR_NAMES]
    return tuple(dict.fromkeys([*of_fields, *called]))


def told_by_pair(text: str, *, traded: bool) -> Told | None:
    """What a text says as a pair; where rows are `traded`, also one that could be a coin."""
    pairs = [pair for pair in pairs_in(text) if traded or pair.sure]
    if not pairs:
        return None
    return Told(
        by=printable(text.strip()),
        moneys=frozenset(pair.money for pair in pairs),
        ways=" or ".join(map(_in_words, pairs)),
        field="pair",
        may_be_called=not any(pair.sure for pair in pairs),
    )


def mostly_pairs(texts: Sequence[str]) -> bool:
    """Whether half of the texts may be pairs, and one surely is."""
    different = {text.strip() for text in texts if text.strip()}
    read = [pairs for text in different if (pairs := pairs_in(text))]
    return 2 * len(read) >= len(different) and any(pair.known and pair.sure for each in read for pair in each)


def all_may_be_pairs(texts: Sequence[str]) -> bool:
    """Whether each of the texts, in capitals, may be the pair of a coin, though it may be a coin as well."""
    different = {text.strip() for text in texts if text.strip()}
    return bool(different) and all(text == text.upper() and pairs_in(text) for text in different)


def _in_words(pair: Pair) -> str:
    return f"{pair.base} in {pair.money}"
