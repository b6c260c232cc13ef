"""What charts and spreadsheets export: Yahoo Finance, TradingView, GOOGLEFINANCE, Stooq, Nasdaq Data Link."""

from crypto.adapters.tabular.formats.format import OHLC, Format

DASHED = r"^(?P<pair>[A-Z0-9]{2,12}-[A-Z]{3,4})(?![A-Za-z])"

YAHOO = Format(
    name="yahoo",
    title="Yahoo Finance",
    source="finance.yahoo.com, Download, and yfinance until 2024: dates; of a coin the volume is in the "
    "pair's money.",
    columns={"date": "day", **OHLC, "adj_close": "amount", "volume": "amount"},
    headers=("Date,Open,High,Low,Close,Adj Close,Volume",),
    time="date",
    price="close",
    volume=("volume", "pair"),
    file=DASHED,
    example_file="AAA-EUR.csv",
    example="""\
Date,Open,High,Low,Close,Adj Close,Volume
2024-02-01,10.0,12.0,9.0,11.0,11.0,5000
2024-02-02,11.0,13.0,10.0,12.5,12.5,4000
""",
)

YAHOO_TWO_LEVELS = Format(
    name="yahoo_two_levels",
    title="Yahoo Finance (yfinance, a header of three lines)",
    source="yfinance since 0.2.48, a data frame of one ticker saved as it is: metric, ticker, name of the index.",
    columns={
        "date": "day",
        "close": "amount",
        "high": "amount",
        "low": "amount",
        "open": "amount",
        "volume": "amount",
    },
    headers=("Price,Close,High,Low,Open,Volume\nTicker,{pair},{pair},{pair},{pair},{pair}\nDate,,,,,",),
    time="date",
    price="close",
    volume=("volume", "pair"),
    example="""\
Price,Close,High,Low,Open,Volume
Ticker,AAA-EUR,AAA-EUR,AAA-EUR,AAA-EUR,AAA-EUR
Date,,,,,
2024-02-01,11.0,12.0,9.0,10.0,5000
2024-02-02,12.5,13.0,10.0,11.0,4000
""",
)

YAHOO_ADJUSTED = Format(
    name="yahoo_adjusted",
    title="Yahoo Finance (yfinance with adjusted closes, a header of three lines)",
    source="yfinance since 0.2.48 with auto_adjust=False.",
    columns={
        "date": "day",
        "adj_close": "amount",
        "close": "amount",
        "high": "amount",
        "low": "amount",
        "open": "amount",
        "volume": "amount",
    },
    headers=(
        "Price,Adj Close,Close,High,Low,Open,Volume\nTicker,{pair},{pair},{pair},{pair},{pair},{pair}\nDate,,,,,,",
    ),
    time="date",
    price="close",
    volume=("volume", "pair"),
    example="""\
Price,Adj Close,Close,High,Low,Open,Volume
Ticker,AAA-EUR,AAA-EUR,AAA-EUR,AAA-EUR,AAA-EUR,AAA-EUR
Date,,,,,,
2024-02-01,11.0,11.0,12.0,9.0,10.0,5000
2024-02-02,12.5,12.5,13.0,10.0,11.0,4000
""",
)

TRADINGVIEW = Format(
    name="tradingview",
    title="TradingView chart data",
    source="tradingview.com, Export chart data: the exchange, the pair and the minutes of a candle in the "
    "file's name; unix seconds of the opening. The volume is of the exchange, and not of one unit.",
    columns={"time": "minute in s", **OHLC},
    headers=("time,open,high,low,close,...",),
    time="time",
    price="close",
    file=r"^[A-Z0-9]+_(?P<pair>[A-Z0-9]{5,16}), (?P<length>\d+|1?D|1?W)(?![A-Za-z0-9])",
    only_so=True,
    example_file="BITSTAMP_AAAEUR, 60.csv",
    example="""\
time,open,high,low,close,Volume,MA
1706745600,10.0,12.0,9.0,11.0,5.0,
1706749200,11.0,13.0,10.0,12.5,4.0,11.7
""",
)

TRADINGVIEW_ISO = Format(
    name="tradingview_iso",
    title="TradingView chart data, ISO times",
    source="tradingview.com, Export chart data with ISO times, which name their zone.",
    columns={"time": "time with zone", **OHLC},
    headers=("time,open,high,low,close,...",),
    time="time",
    price="close",
    file=TRADINGVIEW.file,
    only_so=True,
    example_file="BITSTAMP_AAAEUR, 60.csv",
    example="""\
time,open,high,low,close,Volume
2024-02-01T00:00:00Z,10.0,12.0,9.0,11.0,5.0
2024-02-01T01:00:00Z,11.0,13.0,10.0,12.5,4.0
""",
)

GOOGLEFINANCE = Format(
    name="googlefinance",
    title="GOOGLEFINANCE in a spreadsheet",
    source="support.google.com, GOOGLEFINANCE of a currency pair: the close of a day, at 23:58:00; the "
    "order of day and month is that of the sheet's place.",
    columns={"date": "late", "close": "amount"},
    headers=("Date,Close",),
    time="date",
    price="close",
    example="""\
Date,Close
1/31/2024 23:58:00,11.0
2/1/2024 23:58:00,12.5
""",
)

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

CHARTS = (
    YAHOO,
    YAHOO_TWO_LEVELS,
    YAHOO_ADJUSTED,
    TRADINGVIEW,
    TRADINGVIEW_ISO,
    GOOGLEFINANCE,
    STOOQ,
    QUANDL_BITCOINCHARTS,
)
