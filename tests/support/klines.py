"""A folder of zips as an exchange publishes its candles: a file a coin and month, an hour a row, no header."""

import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

HOUR = timedelta(hours=1)
COINS = {"BTC": "bitcoin", "ETH": "ethereum", "LTC": "litecoin", "SOL": "solana", "XRP": "ripple"}

BLOCK = """[[source.csv.file]]
path = "klines/{symbol}USDT-1h-*.zip"
coins = { BTC = "bitcoin", ETH = "ethereum", LTC = "litecoin", SOL = "solana", XRP = "ripple" }
headerless = ["observed_at", "open", "high", "low", "close", "-", "-", "-", "-", "-", "-", "ignore"]
rate = "0.9995"
"""
"""What says all that the files do not."""


def make_klines(folder: Path, *, since: datetime, until: datetime) -> int:
    """Candles of each coin from `since` to `until`, both of them a month's beginning; how many."""
    folder.mkdir(parents=True, exist_ok=True)
    made = 0
    for place, symbol in enumerate(COINS, start=1):
        month = since
        while month < until:
            after = (month + timedelta(days=31)).replace(day=1)
            rows = list(_rows(place, month, after))
            name = f"{symbol}USDT-1h-{month:%Y-%m}"
            with zipfile.ZipFile(folder / f"{name}.zip", "w", zipfile.ZIP_DEFLATED) as archive:
                archive.writestr(f"{name}.csv", "".join(rows))
            made += len(rows)
            month = after
    return made


def close_of(place: int, opened: datetime) -> str:
    """The close, in USDT, of the hour that was opened then: of the coin at that place, from 1."""
    return f"{place * 1000 + opened.timestamp() // 3600 % 1000:.0f}.25"


def _rows(place: int, month: datetime, after: datetime) -> Iterator[str]:
    opened = month
    while opened < after:
        close, began = close_of(place, opened), _unix(opened)
        yield f"{began},1,9999,0.5,{close},12.5,{_unix(opened + HOUR, before=1)},312.5,42,6,150,0\n"
        opened += HOUR


def _unix(moment: datetime, *, before: int = 0) -> int:
    """Milliseconds, and since 2025 microseconds, of them so many before the moment."""
    scale = 1000 if moment - HOUR * bool(before) < datetime(2025, 1, 1, tzinfo=UTC) else 1_000_000
    return int(moment.timestamp()) * scale - before
