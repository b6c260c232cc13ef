"""The oracle's own reading of the providers' records: not our parser, and blind to all but plain records."""

import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, TypeAlias

Said: TypeAlias = tuple[str | None, str | None, Decimal | None, Decimal | None, Decimal | None]
"""(name, symbol, price_usd, market_cap, volume_24h)"""

Key: TypeAlias = tuple[str, datetime]
"""(coin_id, observed_at)"""

Reading: TypeAlias = tuple[Key, Said]

STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
PLAIN = {
    "coingecko": ("current_price", "market_cap", "total_volume"),
    "coinpaprika": ("price", "market_cap", "volume_24h"),
}


def records(body: bytes) -> Sequence[Any] | None:
    """The records of a page, numbers to the digit; None when the page is not a JSON list."""
    try:
        page = json.loads(body, parse_float=Decimal, parse_int=Decimal, parse_constant=str)
    except (ValueError, RecursionError):
        return None
    return page if isinstance(page, list) else None


def plainly(source: str, record: Any) -> Reading | None:
    """What a record plainly says; None when there is anything odd about it, which may be a rejection or not."""
    try:
        numbers = record["quotes"]["USD"] if source == "coinpaprika" else record
        price, *others = (numbers[name] for name in PLAIN[source])
        cap, volume = map(_number_or_none, others)
        key = _text(record["id"]), _stamp(record["last_updated"])
        return key, (_text(record["name"]), _text(record["symbol"]), _number(price) or None, cap or None, volume)
    except (KeyError, TypeError, ValueError):
        return None


def _number(value: Any) -> Decimal | None:
    if value is None:
        return None
    if not isinstance(value, Decimal) or value < 0 or len(value.as_tuple().digits) > 60:
        raise ValueError(value)
    if value and not -50 < value.adjusted() < 50:
        raise ValueError(value)
    return value


def _number_or_none(value: Any) -> Decimal | None:
    """What is plainly not an amount costs that field only."""
    is_amount = value is None or (isinstance(value, Decimal) and value >= 0)
    return _number(value) if is_amount or isinstance(value, str) else None


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value or not value.isprintable() or len(value) > 100:
        raise ValueError(value)
    return value


def _stamp(value: Any) -> datetime:
    if not isinstance(value, str) or not STAMP.fullmatch(value):
        raise ValueError(value)
    stamp = datetime.fromisoformat(value).astimezone(UTC)
    if stamp.year < 2010:
        raise ValueError(value)
    return stamp
