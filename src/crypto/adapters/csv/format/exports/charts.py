"""What charts and spreadsheets export: TradingView and GOOGLEFINANCE."""

from crypto.adapters.csv.format.format import OHLC, Format

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

CHARTS = (TRADINGVIEW, TRADINGVIEW_ISO, GOOGLEFINANCE)
