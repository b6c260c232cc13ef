"""Query peer B: Litestar + msgspec + SQLAlchemy Core + psycopg 3 async, the same SQL as peer A.

granian --interface asgi --loop uvloop --workers 1|2 app_litestar:app
"""

import datetime as dt
import os
import time
import uuid
from typing import Annotated

import msgspec
from litestar import Litestar, get
from litestar.params import Parameter
from sqlalchemy import Column, DateTime, MetaData, Numeric, Table, Text, func, select
from sqlalchemy.ext.asyncio import create_async_engine

engine = create_async_engine(
    os.environ["DATABASE_URL"].replace("postgresql://", "postgresql+psycopg://", 1),
    pool_size=int(os.environ.get("POOL", "8")),
    max_overflow=0,
)
q = Table(
    "q",
    MetaData(),
    Column("coin_id", Text),
    Column("name", Text),
    Column("symbol", Text),
    Column("price_usd", Numeric(asdecimal=False)),
    Column("market_cap", Numeric(asdecimal=False)),
    Column("volume_24h", Numeric(asdecimal=False)),
    Column("source", Text),
    Column("ingested_at", DateTime(timezone=True)),
)


class Item(msgspec.Struct):
    coin_id: str
    name: str
    symbol: str
    price_usd: float | None
    market_cap: float | None
    volume_24h: float | None
    source: str
    ingested_at: dt.datetime


class Page(msgspec.Struct):
    items: list[Item]
    total: int
    page: int
    page_size: int
    request_id: str
    api_latency_ms: float


@get("/api/v1/data")
async def data(
    page: Annotated[int, Parameter(ge=1)] = 1,
    page_size: Annotated[int, Parameter(ge=1, le=1000)] = 50,
    source: str | None = None,
    coin_id: str | None = None,
) -> Page:
    t = time.perf_counter()
    st, ct = select(q), select(func.count()).select_from(q)
    if source is not None:
        st, ct = st.where(q.c.source == source), ct.where(q.c.source == source)
    if coin_id is not None:
        st, ct = st.where(q.c.coin_id == coin_id), ct.where(q.c.coin_id == coin_id)
    async with engine.connect() as c:
        total = await c.scalar(ct)
        rows = (
            await c.execute(
                st.order_by(q.c.ingested_at.desc(), q.c.coin_id, q.c.source)
                .offset((page - 1) * page_size)
                .limit(page_size)
            )
        ).all()
    return Page(
        [Item(*r) for r in rows], total, page, page_size, str(uuid.uuid4()), (time.perf_counter() - t) * 1000
    )


app = Litestar([data], openapi_config=None)
