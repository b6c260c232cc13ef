"""Binance: what data.binance.vision gives, in coins and the money of the pair; it has no market in US dollars."""

from crypto.adapters.csv.format.format import Format

PAIR = r"(?:^|[^A-Z0-9])(?P<pair>[A-Z0-9]{5,20})(?!_PERP|_[0-9]{6}|[A-Z0-9])"

KLINES = Format(
    name="binance_klines",
    title="Binance klines (data.binance.vision)",
    source="README of binance/binance-public-data: the columns; spot files in microseconds since "
    "2025-01-01; older files have no header. Futures of coins (BTCUSD_PERP) count in contracts and "
    "are not taken for these.",
    columns={
        "open_time": "minute",
        "open": "amount",
        "high": "amount",
        "low": "amount",
        "close": "amount",
        "volume": "amount",
        "close_time": "before the minute",
        "quote_volume": "amount",
        "count": "count",
        "taker_buy_volume": "amount",
        "taker_buy_quote_volume": "amount",
        "ignore": "any",
    },
    headers=(
        (
            "open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,"
            "taker_buy_quote_volume,ignore"
        ),
        (
            "Open time,Open,High,Low,Close,Volume,Close time,Quote asset volume,Number of trades,"
            "Taker buy base asset volume,Taker buy quote asset volume,Ignore"
        ),
        (
            "open_time,open,high,low,close,volume,close_time,quote_asset_volume,number_of_trades,"
            "taker_buy_base_asset_volume,taker_buy_quote_asset_volume,ignore"
        ),
        "open_time,open,high,low,close,volume,close_time,quote_volume,trades,taker_base_vol,taker_quote_vol,ignore",
    ),
    headerless=True,
    time="open_time",
    closed="close_time",
    price="close",
    volume=("quote_volume", "quote"),
    file=PAIR,
    never_dollars=True,
    example_file="AAAUSDT-1d-2025-01.csv",
    example="""\
1735689600000000,10.0,12.0,9.0,11.0,5.0,1735775999999999,52.5,7,2.0,21.0,0
1735776000000000,11.0,13.0,10.0,12.5,4.0,1735862399999999,46.0,9,1.0,11.5,0
""",
)

TRADES = Format(
    name="binance_trades",
    title="Binance trades (data.binance.vision)",
    source="README of binance/binance-public-data; the maker's flags are written True and False.",
    columns={
        "id": "count",
        "price": "amount",
        "qty": "amount",
        "quote_qty": "amount",
        "time": "unix",
        "is_buyer_maker": "flag",
        "is_best_match": "flag",
    },
    headers=("id,price,qty,quote_qty,time,is_buyer_maker,is_best_match",),
    headerless=True,
    time="time",
    price="price",
    file=rf"{PAIR}-trades",
    only_so=True,
    never_dollars=True,
    example_file="AAAUSDT-trades-2025-01-01.csv",
    example="""\
901,10.5,2.0,21.0,1735689600123456,True,True
902,10.6,1.0,10.6,1735689601123456,False,True
""",
)

AGGREGATE_TRADES = Format(
    name="binance_agg_trades",
    title="Binance aggregate trades (data.binance.vision)",
    source="README of binance/binance-public-data.",
    columns={
        "agg_trade_id": "count",
        "price": "amount",
        "quantity": "amount",
        "first_trade_id": "count",
        "last_trade_id": "count",
        "transact_time": "unix",
        "is_buyer_maker": "flag",
        "is_best_match": "flag",
    },
    headers=(
        "agg_trade_id,price,quantity,first_trade_id,last_trade_id,transact_time,is_buyer_maker,is_best_match",
    ),
    headerless=True,
    time="transact_time",
    price="price",
    file=rf"{PAIR}-aggTrades",
    only_so=True,
    never_dollars=True,
    example_file="AAAUSDT-aggTrades-2025-01-01.csv",
    example="""\
31,10.5,2.0,901,902,1735689600123456,True,True
32,10.6,1.0,903,903,1735689601123456,False,True
""",
)

BINANCE = (KLINES, TRADES, AGGREGATE_TRADES)
