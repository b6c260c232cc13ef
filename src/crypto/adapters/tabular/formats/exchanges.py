"""Candles and trades as other exchanges give them: stamped with the opening, volumes in coins."""

from crypto.adapters.tabular.formats.format import OHLC, Format

KRAKEN_OHLCVT = Format(
    name="kraken_ohlcvt",
    title="Kraken OHLCVT",
    source="support.kraken.com, downloadable historical OHLCVT data: unix seconds of the opening, no "
    "header, the pair and the minutes of a candle in the file's name; candles without a trade are "
    "left out.",
    columns={"time": "minute", **OHLC, "volume": "amount", "trades": "count"},
    headers=("time,open,high,low,close,volume,trades", "timestamp,open,high,low,close,volume,trades"),
    headerless=True,
    time="time",
    price="close",
    volume=("volume", "base"),
    file=r"^(?P<pair>[A-Z0-9.]{5,16})_(?P<length>1|5|15|30|60|240|720|1440)$",
    only_so=True,
    example_file="XBTUSD_60.csv",
    example="""\
1706745600,10.0,12.0,9.0,11.0,5.0,3
1706749200,11.0,13.0,10.0,12.5,4.0,2
""",
)

KRAKEN_TRADES = Format(
    name="kraken_trades",
    title="Kraken trades",
    source="support.kraken.com, downloadable historical trading data: unix seconds, price, volume, no header.",
    columns={"time": "unix", "price": "amount", "volume": "amount"},
    headerless=True,
    time="time",
    price="price",
    file=r"^(?P<pair>[A-Z0-9.]{5,16})$",
    only_so=True,
    example_file="XBTUSD.csv",
    example="""\
1706745601,10.5,2.0
1706745733.1234,10.6,1.0
""",
)

COINBASE = Format(
    name="coinbase_candles",
    title="Coinbase candles",
    source="docs.cdp.coinbase.com, exchange API, product candles: time in unix seconds, then low, high, "
    "open, close and volume in that order.",
    columns={
        "time": "minute",
        "low": "amount",
        "high": "amount",
        "open": "amount",
        "close": "amount",
        "volume": "amount",
    },
    headers=("time,low,high,open,close,volume", ",time,low,high,open,close,volume"),
    time="time",
    price="close",
    volume=("volume", "base"),
    file=r"(?P<pair>[A-Z0-9]{2,10}-[A-Z]{3,5})",
    example_file="AAA-EUR.csv",
    example="""\
time,low,high,open,close,volume
1706832000,10.0,13.0,11.0,12.5,4.0
1706745600,9.0,12.0,10.0,11.0,5.0
""",
)

BITSTAMP = Format(
    name="bitstamp_candles",
    title="candles as Bitstamp gives them",
    source="bitstamp.net/api, OHLC data: timestamp in unix seconds. Anybody may use this header: no unit is"
    " claimed.",
    columns={"timestamp": "minute in s", **OHLC, "volume": "amount"},
    headers=("timestamp,open,high,low,close,volume", ",timestamp,open,high,low,close,volume"),
    time="timestamp",
    price="close",
    volume=("volume", "unknown"),
    example="""\
timestamp,open,high,low,close,volume
1706745600,10.0,12.0,9.0,11.0,5.0
1706749200,11.0,13.0,10.0,12.5,4.0
""",
)

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

BITFINEX = Format(
    name="bitfinex_candles",
    title="Bitfinex candles",
    source="docs.bitfinex.com, candles: MTS in milliseconds, then open, close, high, low and volume in that"
    " order.",
    columns={
        "mts": "minute",
        "open": "amount",
        "close": "amount",
        "high": "amount",
        "low": "amount",
        "volume": "amount",
    },
    headers=(
        "MTS,OPEN,CLOSE,HIGH,LOW,VOLUME",
        "time,open,close,high,low,volume",
        "timestamp,open,close,high,low,volume",
        ",mts,open,close,high,low,volume",
    ),
    time="mts",
    price="close",
    volume=("volume", "base"),
    file=r"(?:^|[^A-Za-z])t?(?P<pair>[A-Za-z]{2,6}(?i:usd|ust|eur|gbp|jpy|btc|eth))(?![A-Za-z])",
    example_file="aaausd.csv",
    example="""\
MTS,OPEN,CLOSE,HIGH,LOW,VOLUME
1706832000000,11.0,12.5,13.0,10.0,4.0
1706745600000,10.0,11.0,12.0,9.0,5.0
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

EXCHANGES = (KRAKEN_OHLCVT, KRAKEN_TRADES, COINBASE, BITSTAMP, CCXT, BITFINEX, COINAPI)
