"""What the examples of known exports say, and how files differ from them that only nearly fit."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from crypto.adapters.csv.format.format import Format

Said = tuple[str, str, str | None, str | None]
"""A moment, a price, a volume of 24 hours, a market cap; amounts in the money of the file."""

EXTRA = "98765.4"
"""An amount that no example holds."""


def days(*, at: str = "00:00:00", after: int = 1, money: bool = False, cap: bool = False) -> set[Said]:
    """The two days that most examples have: of 1 and 2 February, known so many days later."""
    first, second = (f"2024-02-{day + after:02} {at}" for day in (1, 2))
    volumes: tuple[str | None, str | None] = ("5000", "4000") if money else (None, None)
    caps: tuple[str | None, str | None] = ("80000", "90000") if cap else (None, None)
    return {(first, "11", volumes[0], caps[0]), (second, "12.5", volumes[1], caps[1])}


def of(first: str, second: str, *, prices: tuple[str, str] = ("11", "12.5")) -> set[Said]:
    """Two moments with a price each, and nothing else."""
    return {(first, prices[0], None, None), (second, prices[1], None, None)}


HOURS = of("2024-02-01 01:00:00", "2024-02-01 02:00:00")
MINUTES = of("2024-02-01 00:01:00", "2024-02-01 00:02:00")
COINS: set[Said] = {(moment, price, "52.5" if price == "11" else "46", cap) for moment, price, _, cap in days()}
LANGUAGES = ("de", "es", "pt", "fr", "it", "nl", "tr", "pl", "ru", "ja", "ko", "zh")
TRADES = of("2025-01-01 00:00:00.123456", "2025-01-01 00:00:01.123456", prices=("10.5", "10.6"))

TRUTH: Mapping[str, set[Said]] = {
    "binance_klines": {
        ("2025-01-01 23:59:59.999999", "11", "52.5", None),
        ("2025-01-02 23:59:59.999999", "12.5", "46", None),
    },
    "binance_trades": TRADES,
    "binance_agg_trades": TRADES,
    "kraken_ohlcvt": HOURS,
    "kraken_trades": of("2024-02-01 00:00:01", "2024-02-01 00:02:13.123400", prices=("10.5", "10.6")),
    "coinbase_candles": days(),
    "bitstamp_candles": HOURS,
    "ccxt": HOURS,
    "bitfinex_candles": days(),
    "coinapi_ohlcv": days(),
    "coinmarketcap_export": days(at="23:59:59.999000", after=0, money=True, cap=True),
    "coinmarketcap_page": days(money=True, cap=True),
    "coingecko_export": days(after=0, money=True, cap=True),
    "coincodex": days(money=True, cap=True),
    "coinpaprika_ohlcv": days(at="23:59:59", after=0, money=True, cap=True),
    "blockchain_market_price": days(after=0),
    "coinmetrics": days(cap=True),
    "coinmetrics_many": of("2024-02-02 00:00:00", "2024-02-02 00:00:00", prices=("11", "0.5")),
    "investing_en": of("2024-02-01 00:00:00", "2024-02-02 00:00:00"),
    **dict.fromkeys((f"investing_{code}" for code in LANGUAGES), days()),
    "yahoo": days(money=True),
    "yahoo_two_levels": days(money=True),
    "yahoo_adjusted": days(money=True),
    "tradingview": HOURS,
    "tradingview_iso": HOURS,
    "googlefinance": of("2024-01-31 23:58:00", "2024-02-01 23:58:00"),
    "stooq": days(),
    "stooq_bulk": days(),
    "metatrader_days": days(),
    "quandl_bitfinex": days(),
    "quandl_bcharts": COINS,
    "cryptodatadownload": COINS,
    "cryptodatadownload_dates": HOURS,
    "cryptodatadownload_gemini": MINUTES,
    "kaggle_coins": days(at="23:59:59", after=0, money=True, cap=True),
    "kaggle_markets": days(money=True, cap=True),
    "kaggle_minutes": MINUTES,
}
"""By format."""

MONEY = {
    "binance_klines": "USDT",
    "binance_trades": "USDT",
    "binance_agg_trades": "USDT",
    **dict.fromkeys(
        (
            "coinbase_candles", "ccxt", "coinapi_ohlcv", "coingecko_export", "yahoo", "yahoo_two_levels",
            "yahoo_adjusted", "tradingview", "tradingview_iso", "stooq",
            "metatrader_days", "quandl_bitfinex", "quandl_bcharts", "cryptodatadownload",
            "cryptodatadownload_dates", *(name for name in TRUTH if name.startswith("investing")),
        ),
        "EUR",
    ),
}  # fmt: skip
"""What the examples that are not in US dollars are in."""


def mutations(known: Format) -> Iterator[tuple[str, str]]:
    """What was done to the example, and the file that it makes."""
    delimiter = next((sign for sign in ";\t" if sign in known.example.splitlines()[0]), ",")
    rows = list(csv.reader(io.StringIO(known.example), delimiter=delimiter))
    head = next(at for at, row in enumerate(rows) if len(row) > 1)
    table = rows[head:]
    for place in range(len(table[0])):
        yield f"without column {place}", written([[*row[:place], *row[place + 1 :]] for row in table], delimiter)
        more = [[*row[:place], "extra" if not at else EXTRA, *row[place:]] for at, row in enumerate(table)]
        yield f"with one more at {place}", written(more, delimiter)
        yield f"with column {place} renamed", written([renamed(table[0], place), *table[1:]], delimiter)
        if not known.headerless:
            swap = [swapped(row, place) for row in table]
            yield f"with columns {place} and the next swapped", written(swap, delimiter)
        yield f"with words in column {place}", written([*table[:-1], worded(table[-1], place)], delimiter)


def renamed(row: Sequence[str], place: int) -> list[str]:
    return [f"{cell} x" if at == place else cell for at, cell in enumerate(row)]


def swapped(row: Sequence[str], place: int) -> list[str]:
    cells = list(row)
    other = (place + 1) % len(cells)
    cells[place], cells[other] = cells[other], cells[place]
    return cells


def worded(row: Sequence[str], place: int) -> list[str]:
    return ["words" if at == place else cell for at, cell in enumerate(row)]


def written(rows: Sequence[Sequence[str]], delimiter: str) -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="\n").writerows(rows)
    return text.getvalue()


def plain(amount: Decimal | None, rate: Decimal) -> str | None:
    """In the money of the file, as it is written there."""
    return None if amount is None else f"{(amount / rate).normalize():f}"
