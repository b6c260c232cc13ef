"""What sites that look at the networks themselves give: blockchain.com and Coin Metrics."""

from crypto.adapters.csv.format.format import Format

BLOCKCHAIN = Format(
    name="blockchain_market_price",
    title="blockchain.com market price",
    source="blockchain.com/explorer/charts/market-price, CSV: the price of bitcoin in US dollars at that moment.",
    columns={"timestamp": "time", "price": "amount"},
    headers=("Timestamp,market-price",),
    time="timestamp",
    price="price",
    example="""\
Timestamp,market-price
2024-02-01 00:00:00,11.0
2024-02-02 00:00:00,12.5
""",
)


COIN_METRICS = Format(
    name="coinmetrics",
    title="Coin Metrics community data, one coin",
    source="github.com/coinmetrics/data: a column a metric, dates in UTC, PriceUSD at the end of the day.",
    columns={"time": "day", "market_cap": "amount", "price": "amount"},
    headers=("time,...,CapMrktCurUSD,...,PriceUSD,...",),
    time="time",
    price="price",
    reads={"market_cap": "market_cap"},
    example="""\
time,AdrActCnt,CapMrktCurUSD,FlowInExNtv,PriceUSD,ROI1yr
2024-02-01,7,80000,,11.0,1.5
2024-02-02,8,90000,2.5,12.5,1.6
""",
)


COIN_METRICS_MANY = Format(
    name="coinmetrics_many",
    title="Coin Metrics, many coins",
    source="docs.coinmetrics.io, asset metrics as a table: asset is Coin Metrics' own id of the coin.",
    columns={"asset": "text", "time": "day", "price": "amount"},
    headers=("asset,time,...,PriceUSD,...",),
    time="time",
    price="price",
    reads={"coin_id": "asset"},
    example="""\
asset,time,AdrActCnt,PriceUSD
aaa,2024-02-01,7,11.0
bbb,2024-02-01,8,0.5
""",
)


NETWORKS = (BLOCKCHAIN, COIN_METRICS, COIN_METRICS_MANY)
