"""Collections that many people downloaded: CryptoDataDownload, and the large sets on Kaggle."""

from crypto.adapters.csv.format.format import OHLC, Format

CRYPTODATADOWNLOAD = Format(
    name="cryptodatadownload",
    title="CryptoDataDownload",
    source="cryptodatadownload.com, OHLC data: the opening in unix seconds or milliseconds, the same as a "
    "date in UTC, newest first, an address before the header; one volume in coins and one in the "
    "pair's money.",
    columns={
        "unix": "minute",
        "date": "any",
        "symbol": "text",
        **OHLC,
        "volume": "amount",
        "quote_volume": "amount",
    },
    headers=(
        "unix,date,symbol,open,high,low,close,Volume {base},Volume {quote}",
        "Unix,Date,Symbol,Open,High,Low,Close,Volume {base},Volume {quote},-tradecount",
        "Unix Timestamp,Date,Symbol,Open,High,Low,Close,Volume {base},Volume {quote}",
    ),
    time="unix",
    price="close",
    reads={"symbol": "symbol"},
    volume=("quote_volume", "quote"),
    example="""\
https://www.CryptoDataDownload.com
unix,date,symbol,open,high,low,close,Volume AAA,Volume EUR
1706832000,2024-02-02 00:00:00,AAA/EUR,11.0,13.0,10.0,12.5,4.0,46.0
1706745600,2024-02-01 00:00:00,AAA/EUR,10.0,12.0,9.0,11.0,5.0,52.5
""",
)

CRYPTODATADOWNLOAD_DATES = Format(
    name="cryptodatadownload_dates",
    title="CryptoDataDownload, without unix times",
    source="cryptodatadownload.com until 2020: the opening in UTC, written 2020-02-01 11-PM in files of hours.",
    columns={"date": "hour or day", "symbol": "text", **OHLC, "volume": "amount", "quote_volume": "amount"},
    headers=("Date,Symbol,Open,High,Low,Close,Volume {base},Volume {quote}",),
    time="date",
    price="close",
    reads={"symbol": "symbol"},
    volume=("quote_volume", "quote"),
    date_format="%Y-%m-%d %I-%p",
    example="""\
https://www.CryptoDataDownload.com
Date,Symbol,Open,High,Low,Close,Volume AAA,Volume EUR
2024-02-01 01-AM,AAAEUR,11.0,13.0,10.0,12.5,4.0,46.0
2024-02-01 12-AM,AAAEUR,10.0,12.0,9.0,11.0,5.0,52.5
""",
)

GEMINI = Format(
    name="cryptodatadownload_gemini",
    title="CryptoDataDownload, Gemini",
    source="cryptodatadownload.com, Gemini by the minute, and gemini.com, historical data: the opening in "
    "unix seconds or milliseconds; the volume in coins.",
    columns={"unix": "minute", "date": "any", "symbol": "text", **OHLC, "volume": "amount"},
    headers=("Unix Timestamp,Date,Symbol,Open,High,Low,Close,Volume",),
    time="unix",
    price="close",
    reads={"symbol": "symbol"},
    volume=("volume", "base"),
    example="""\
Unix Timestamp,Date,Symbol,Open,High,Low,Close,Volume
1706745660000,2024-02-01 00:01:00,AAAUSD,11.0,13.0,10.0,12.5,4.0
1706745600000,2024-02-01 00:00:00,AAAUSD,10.0,12.0,9.0,11.0,5.0
""",
)

KAGGLE_COINS = Format(
    name="kaggle_coins",
    title="Kaggle, cryptocurrency historical prices (coin_*.csv)",
    source="kaggle.com/datasets/sudalairajkumar/cryptocurrencypricehistory: CoinMarketCap's days, stamped "
    "with their close at 23:59:59, US dollars; high and low before open and close.",
    columns={
        "s_no": "count",
        "name": "text",
        "symbol": "text",
        "date": "end of day",
        "high": "amount",
        "low": "amount",
        "open": "amount",
        "close": "amount",
        "volume": "amount",
        "market_cap": "amount",
    },
    headers=("SNo,Name,Symbol,Date,High,Low,Open,Close,Volume,Marketcap",),
    time="date",
    price="close",
    reads={"name": "name", "symbol": "symbol", "market_cap": "market_cap"},
    volume=("volume", "usd"),
    candle="0",
    example_file="coin_Aaa.csv",
    example="""\
SNo,Name,Symbol,Date,High,Low,Open,Close,Volume,Marketcap
1,Aaa,AAA,2024-02-01 23:59:59,12.0,9.0,10.0,11.0,5000.0,80000.0
2,Aaa,AAA,2024-02-02 23:59:59,13.0,10.0,11.0,12.5,4000.0,90000.0
""",
)

KAGGLE_MARKETS = Format(
    name="kaggle_markets",
    title="Kaggle, every cryptocurrency daily market price (crypto-markets.csv)",
    source="kaggle.com/datasets/jessevent/all-crypto-currencies: CoinMarketCap's days in US dollars; slug "
    "is its id of the coin, market the market cap.",
    columns={
        "slug": "text",
        "symbol": "text",
        "name": "text",
        "date": "day",
        "ranknow": "count",
        **OHLC,
        "volume": "amount",
        "market": "amount",
        "close_ratio": "amount",
        "spread": "amount",
    },
    headers=("slug,symbol,name,date,ranknow,open,high,low,close,volume,market,close_ratio,spread",),
    time="date",
    price="close",
    reads={"coin_id": "slug", "name": "name", "symbol": "symbol", "market_cap": "market"},
    volume=("volume", "usd"),
    example_file="crypto-markets.csv",
    example="""\
slug,symbol,name,date,ranknow,open,high,low,close,volume,market,close_ratio,spread
aaa,AAA,Aaa,2024-02-01,1,10.0,12.0,9.0,11.0,5000,80000,0.6667,3.0
aaa,AAA,Aaa,2024-02-02,1,11.0,13.0,10.0,12.5,4000,90000,0.8333,3.0
""",
)

KAGGLE_MINUTES = Format(
    name="kaggle_minutes",
    title="Kaggle, bitcoin by the minute",
    source="kaggle.com/datasets/mczielinski/bitcoin-historical-data until 2021: bitcoin in US dollars; the "
    "unix time at which a minute begins, and NaN where nothing was traded.",
    columns={
        "timestamp": "minute",
        **OHLC,
        "volume": "amount",
        "quote_volume": "amount",
        "weighted_price": "amount",
    },
    headers=("Timestamp,Open,High,Low,Close,Volume_(BTC),Volume_(Currency),Weighted_Price",),
    time="timestamp",
    price="close",
    volume=("quote_volume", "quote"),
    candle="1m",
    example_file="bitstampUSD_1-min_data.csv",
    example="""\
Timestamp,Open,High,Low,Close,Volume_(BTC),Volume_(Currency),Weighted_Price
1706745600,10.0,12.0,9.0,11.0,5.0,52.5,10.5
1706745660,11.0,13.0,10.0,12.5,4.0,46.0,11.5
""",
)

DOWNLOADS = (
    CRYPTODATADOWNLOAD,
    CRYPTODATADOWNLOAD_DATES,
    GEMINI,
    KAGGLE_COINS,
    KAGGLE_MARKETS,
    KAGGLE_MINUTES,
)
