"""Prices of coins at moments, many in one call or each in its own."""

from datetime import timedelta

import msgspec
from benchmarks.read.fill import COINS, SINCE

PATH = "/api/v1/prices/lookup"
OK = 200
MOST = 10_000
"""Look-ups in one call."""

QUESTIONS = 20
"""Different calls."""


def body(number: int, first: int = 0) -> str:
    """So many look-ups as JSON: a coin and a moment each, all different."""
    return msgspec.json.encode({"lookups": [_lookup(first * MOST + each) for each in range(number)]}).decode()


def _lookup(number: int) -> dict[str, str]:
    moment = SINCE + timedelta(hours=number % 97, minutes=30)
    return {"source": "coingecko", "coin_id": f"coin-{number % COINS:05d}", "time": moment.isoformat()}
