"""Candles of any exchange as those give them who ask many: ccxt and CoinAPI."""

from crypto.adapters.csv.format.format import OHLC, Format

CCXT = Format(
    name="ccxt",
    title="candles as ccxt gives them",
    source="docs.ccxt.com, fetchOHLCV: timestamp in milliseconds of the opening, as a data frame is saved. "
    "The volume is of the exchange, and not of one unit.",
    columns={"timestamp": "minute in ms", **OHLC, "volume": "amount"},
    headers=("timestamp,open,high,low,close,volume", ",timestamp,open,high,low,close,volume"),
    time="timestamp",
    price="close",
    volume=("volume", "unknown"),
    file=r"(?P<pair>[A-Z0-9]{2,10}[-_/][A-Z]{3,5})(?![A-Za-z])",
    example_file="AAA_EUR-1h.csv",
    example="""\
,timestamp,open,high,low,close,volume
0,1706745600000,10.0,12.0,9.0,11.0,5.0
1,1706749200000,11.0,13.0,10.0,12.5,4.0
""",
)


COINAPI = Format(
    name="coinapi_ohlcv",
    title="CoinAPI OHLCV",
    source="docs.coinapi.io, OHLCV: ISO times of the beginning and the end of the period, seven digits of a"
    " second.",
    columns={
        "time_period_start": "time",
        "time_period_end": "time",
        "time_open": "time",
        "time_close": "time",
        "open": "amount",
        "high": "amount",
        "low": "amount",
        "close": "amount",
        "volume": "amount",
        "trades_count": "count",
    },
    headers=(
        (
            "time_period_start,time_period_end,time_open,time_close,price_open,price_high,price_low,price_close,"
            "volume_traded,trades_count"
        ),
    ),
    time="time_period_start",
    closed="time_period_end",
    price="close",
    volume=("volume", "base"),
    file=r"_SPOT_(?P<pair>[A-Z0-9]{2,10}_[A-Z0-9]{3,6})(?=_|$)",
    example_file="BITSTAMP_SPOT_AAA_EUR_1DAY.csv",
    example="""\
time_period_start,time_period_end,time_open,time_close,price_open,price_high,price_low,price_close,volume_traded,trades_count
2024-02-01T00:00:00.0000000Z,2024-02-02T00:00:00.0000000Z,2024-02-01T00:00:01.0000000Z,2024-02-01T23:59:58.0000000Z,10.0,12.0,9.0,11.0,5.0,3
2024-02-02T00:00:00.0000000Z,2024-02-03T00:00:00.0000000Z,2024-02-02T00:00:02.0000000Z,2024-02-02T23:59:57.0000000Z,11.0,13.0,10.0,12.5,4.0,2
""",
)


INTERFACES = (CCXT, COINAPI)
