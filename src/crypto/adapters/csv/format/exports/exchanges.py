"""Candles and trades as other exchanges give them: stamped with the opening, volumes in coins."""

from crypto.adapters.csv.format.format import OHLC, Format

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

EXCHANGES = (
    KRAKEN_OHLCVT,
    KRAKEN_TRADES,
    COINBASE,
    BITSTAMP,
    BITFINEX,
)
