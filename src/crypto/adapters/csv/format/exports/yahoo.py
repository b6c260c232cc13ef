"""Yahoo Finance: dates, and of a coin a volume in the money of the pair that the ticker names."""

from crypto.adapters.csv.format.format import OHLC, Format

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


YAHOOS = (YAHOO, YAHOO_TWO_LEVELS, YAHOO_ADJUSTED)
