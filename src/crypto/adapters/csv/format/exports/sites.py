"""What sites that follow every coin export: a coin a file, daily, in the money that was shown."""

from crypto.adapters.csv.format.format import OHLC, Format

COINMARKETCAP_EXPORT = Format(
    name="coinmarketcap_export",
    title="CoinMarketCap historical data, exported",
    source="coinmarketcap.com, historical data, Download CSV: semicolons, ISO times; timestamp is "
    "timeClose. The name is the number of a currency, and says nothing of the coin.",
    columns={
        "time_open": "time",
        "time_close": "end of day",
        **OHLC,
        "volume": "amount",
        "market_cap": "amount",
        "timestamp": "end of day",
    },
    headers=(
        "timeOpen,timeClose,-timeHigh,-timeLow,-name,open,high,low,close,volume,marketCap,timestamp",
        "timeOpen,timeClose,-timeHigh,-timeLow,-name,open,high,low,close,volume,marketCap,-circulatingSupply,timestamp",
        "timeOpen,timeClose,-timeHigh,-timeLow,open,high,low,close,volume,marketCap,-circulatingSupply,timestamp",
        "timeOpen,timeClose,-timeHigh,-timeLow,open,high,low,close,volume,marketCap,timestamp",
    ),
    time="time_open",
    closed="time_close",
    price="close",
    reads={"market_cap": "market_cap"},
    volume=("volume", "quote"),
    example="""\
timeOpen;timeClose;timeHigh;timeLow;name;open;high;low;close;volume;marketCap;timestamp
"2024-02-02T00:00:00.000Z";"2024-02-02T23:59:59.999Z";"2024-02-02T03:00:00.000Z";"2024-02-02T22:00:00.000Z";"9999";11.0;13.0;10.0;12.5;4000;90000;"2024-02-02T23:59:59.999Z"
"2024-02-01T00:00:00.000Z";"2024-02-01T23:59:59.999Z";"2024-02-01T03:00:00.000Z";"2024-02-01T22:00:00.000Z";"9999";10.0;12.0;9.0;11.0;5000;80000;"2024-02-01T23:59:59.999Z"
""",
)

COINMARKETCAP_PAGE = Format(
    name="coinmarketcap_page",
    title="CoinMarketCap historical data, copied from its page",
    source="coinmarketcap.com, the table of historical data as scraped since 2013: US dollars, a day a row,"
    " the volume of 24 hours; asterisks mark that days are those of UTC.",
    columns={"date": "day", **OHLC, "volume": "amount", "market_cap": "amount"},
    headers=("Date,Open*,High,Low,Close**,Volume,Market Cap", "Date,Open,High,Low,Close,Volume,MarketCap"),
    time="date",
    price="close",
    reads={"market_cap": "market_cap"},
    volume=("volume", "usd"),
    example="""\
Date,Open*,High,Low,Close**,Volume,Market Cap
"Feb 02, 2024",11.0,13.0,10.0,12.5,"4,000","90,000"
"Feb 01, 2024",10.0,12.0,9.0,11.0,"5,000","80,000"
""",
)

COINGECKO_EXPORT = Format(
    name="coingecko_export",
    title="CoinGecko historical data, exported",
    source="coingecko.com, historical data, Export: moments in UTC, a volume of 24 hours, all in the money "
    "that the file's name ends with.",
    columns={"snapped_at": "time", "price": "amount", "market_cap": "amount", "total_volume": "amount"},
    headers=("snapped_at,price,market_cap,total_volume",),
    time="snapped_at",
    price="price",
    reads={"market_cap": "market_cap", "volume_24h": "total_volume"},
    file=r"(?P<pair>[a-z0-9]{1,12}-[a-z]{3})-(?:max|\d+d?)",
    example_file="aaa-eur-max.csv",
    example="""\
snapped_at,price,market_cap,total_volume
2024-02-01 00:00:00 UTC,11.0,80000,5000
2024-02-02 00:00:00 UTC,12.5,90000,4000
""",
)

COINCODEX = Format(
    name="coincodex",
    title="CoinCodex historical data",
    source="coincodex.com, historical data, export: a day a row from Start to the next one, newest first, "
    "US dollars.",
    columns={"start": "day", "end": "day", **OHLC, "volume": "amount", "market_cap": "amount"},
    headers=(
        "Start,End,Open,High,Low,Close,Volume,Market Cap",
        "Start,End,Open,High,Low,Close,Volume,Market Cap,-Circulating Supply",
    ),
    time="start",
    price="close",
    reads={"market_cap": "market_cap"},
    volume=("volume", "usd"),
    example="""\
Start,End,Open,High,Low,Close,Volume,Market Cap
2024-02-02,2024-02-03,11.0,13.0,10.0,12.5,4000,90000
2024-02-01,2024-02-02,10.0,12.0,9.0,11.0,5000,80000
""",
)

COINPAPRIKA = Format(
    name="coinpaprika_ohlcv",
    title="CoinPaprika OHLCV",
    source="api.coinpaprika.com, OHLCV historical, saved as a table: closes at 23:59:59, US dollars.",
    columns={"time_open": "time", "time_close": "end of day", **OHLC, "volume": "amount", "market_cap": "amount"},
    headers=(
        "time_open,time_close,open,high,low,close,volume,market_cap",
        ",time_open,time_close,open,high,low,close,volume,market_cap",
    ),
    time="time_open",
    closed="time_close",
    price="close",
    reads={"market_cap": "market_cap"},
    volume=("volume", "usd"),
    example="""\
time_open,time_close,open,high,low,close,volume,market_cap
2024-02-01T00:00:00Z,2024-02-01T23:59:59Z,10.0,12.0,9.0,11.0,5000,80000
2024-02-02T00:00:00Z,2024-02-02T23:59:59Z,11.0,13.0,10.0,12.5,4000,90000
""",
)

SITES = (
    COINMARKETCAP_EXPORT,
    COINMARKETCAP_PAGE,
    COINGECKO_EXPORT,
    COINCODEX,
    COINPAPRIKA,
)
