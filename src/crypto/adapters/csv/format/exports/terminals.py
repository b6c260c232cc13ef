"""What terminals and data vendors export: Stooq, MetaTrader, Nasdaq Data Link."""

from crypto.adapters.csv.format.format import OHLC, Format

STOOQ = Format(
    name="stooq",
    title="Stooq",
    source="stooq.com, historical data: a day a row, the pair and the interval in the file's name.",
    columns={"date": "day", **OHLC},
    headers=(
        "Date,Open,High,Low,Close,-Volume",
        "Date,Open,High,Low,Close",
        "Data,Otwarcie,Najwyzszy,Najnizszy,Zamkniecie,-Wolumen",
        "Data,Otwarcie,Najwyzszy,Najnizszy,Zamkniecie",
    ),
    time="date",
    price="close",
    file=r"^(?P<pair>[a-z0-9]{6,10})_(?P<length>d|w|m)$",
    only_so=True,
    example_file="aaaeur_d.csv",
    example="""\
Date,Open,High,Low,Close,Volume
2024-02-01,10.0,12.0,9.0,11.0,5
2024-02-02,11.0,13.0,10.0,12.5,4
""",
)


STOOQ_BULK = Format(
    name="stooq_bulk",
    title="Stooq database in text files",
    source="stooq.com/db: a ticker a file, days (PER is D) without a time of day; coins in US dollars.",
    columns={"ticker": "text", "per": "text", "date": "day", "time": "midnight", **OHLC, "volume": "amount"},
    headers=("<TICKER>,<PER>,<DATE>,<TIME>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<VOL>,-<OPENINT>",),
    time="date",
    price="close",
    reads={"symbol": "ticker"},
    volume=("volume", "base"),
    example_file="aaa.v.txt",
    example="""\
<TICKER>,<PER>,<DATE>,<TIME>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<VOL>,<OPENINT>
AAA.V,D,20240201,000000,10.0,12.0,9.0,11.0,5,0
AAA.V,D,20240202,000000,11.0,13.0,10.0,12.5,4,0
""",
)


METATRADER_DAYS = Format(
    name="metatrader_days",
    title="MetaTrader 5, days",
    source="metatrader5.com, Symbols, Bars, Export: tabs, days of the broker's clock, which no file names; "
    "the pair in the file's name; volumes in ticks.",
    columns={"date": "day", **OHLC, "ticks": "count"},
    headers=("<DATE>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<TICKVOL>,-<VOL>,-<SPREAD>",),
    time="date",
    price="close",
    file=r"^(?P<pair>[A-Z]{6,10})_(?:Daily|D1)_",
    asks_zone=True,
    example_file="AAAEUR_Daily_202402010000_202402020000.csv",
    example="""\
<DATE>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>\t<TICKVOL>\t<VOL>\t<SPREAD>
2024.02.01\t10.0\t12.0\t9.0\t11.0\t500\t0\t7
2024.02.02\t11.0\t13.0\t10.0\t12.5\t400\t0\t7
""",
)


QUANDL_BITFINEX = Format(
    name="quandl_bitfinex",
    title="Nasdaq Data Link (Quandl) BITFINEX",
    source="data.nasdaq.com/data/BITFINEX: a day a row, the last trade, the volume in coins; the pair in the "
    "file's name.",
    columns={
        "date": "day",
        "high": "amount",
        "low": "amount",
        "mid": "amount",
        "last": "amount",
        "bid": "amount",
        "ask": "amount",
        "volume": "amount",
    },
    headers=("Date,High,Low,Mid,Last,Bid,Ask,Volume",),
    time="date",
    price="last",
    volume=("volume", "base"),
    file=r"^BITFINEX-(?P<pair>[A-Z]{6,10})$",
    example_file="BITFINEX-AAAEUR.csv",
    example="""\
Date,High,Low,Mid,Last,Bid,Ask,Volume
2024-02-02,13.0,10.0,12.4,12.5,12.3,12.6,4.0
2024-02-01,12.0,9.0,10.9,11.0,10.8,11.1,5.0
""",
)


QUANDL_BITCOINCHARTS = Format(
    name="quandl_bcharts",
    title="Nasdaq Data Link (Quandl) BCHARTS",
    source="data.nasdaq.com/data/BCHARTS: bitcoin at an exchange by bitcoincharts.com, a day a row; the "
    "exchange and the money in the file's name.",
    columns={"date": "day", **OHLC, "volume": "amount", "quote_volume": "amount", "weighted_price": "amount"},
    headers=("Date,Open,High,Low,Close,Volume (BTC),Volume (Currency),Weighted Price",),
    time="date",
    price="close",
    volume=("quote_volume", "quote"),
    file=r"^(?:BCHARTS-)?[A-Z0-9]+?(?P<quote>USD|EUR|GBP|JPY|CAD|AUD|PLN|KRW|CNY|BRL)$",
    only_so=True,
    example_file="BCHARTS-KRAKENEUR.csv",
    example="""\
Date,Open,High,Low,Close,Volume (BTC),Volume (Currency),Weighted Price
2024-02-02,11.0,13.0,10.0,12.5,4.0,46.0,11.5
2024-02-01,10.0,12.0,9.0,11.0,5.0,52.5,10.5
""",
)


TERMINALS = (STOOQ, STOOQ_BULK, METATRADER_DAYS, QUANDL_BITFINEX, QUANDL_BITCOINCHARTS)
