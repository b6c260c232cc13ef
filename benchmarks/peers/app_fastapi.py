"""Query peer A: FastAPI + pydantic response models + SQLAlchemy 2 async ORM + asyncpg, OFFSET/LIMIT + COUNT(*).

uvicorn app_fastapi:app --loop uvloop --http httptools --workers 1|2 --no-access-log
"""

import datetime as dt
import os
import time
import uuid
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Annotated

from fastapi import Depends, FastAPI, Query
from pydantic import BaseModel, ConfigDict
from sqlalchemy import DateTime, Numeric, Text, func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

engine = create_async_engine(
    os.environ["DATABASE_URL"].replace("postgresql://", "postgresql+asyncpg://", 1),
    pool_size=int(os.environ.get("POOL", "8")),
    max_overflow=0,
)
Session = async_sessionmaker(engine, expire_on_commit=False)


class Base(DeclarativeBase):
    pass


class Unified(Base):
    __tablename__ = "q"
    coin_id: Mapped[str] = mapped_column(Text, primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    symbol: Mapped[str] = mapped_column(Text)
    price_usd: Mapped[Decimal | None] = mapped_column(Numeric)
    market_cap: Mapped[Decimal | None] = mapped_column(Numeric)
    volume_24h: Mapped[Decimal | None] = mapped_column(Numeric)
    source: Mapped[str] = mapped_column(Text, primary_key=True)
    ingested_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), primary_key=True)


class Item(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    coin_id: str
    name: str
    symbol: str
    price_usd: float | None
    market_cap: float | None
    volume_24h: float | None
    source: str
    ingested_at: dt.datetime


class Page(BaseModel):
    items: list[Item]
    total: int
    page: int
    page_size: int
    request_id: str
    api_latency_ms: float


@asynccontextmanager
async def lifespan(app):
    yield
    await engine.dispose()


app = FastAPI(lifespan=lifespan)


async def session():
    async with Session() as s:
        yield s


@app.get("/api/v1/data", response_model=Page)
async def data(
    s: Annotated[AsyncSession, Depends(session)],
    page: Annotated[int, Query(ge=1)] = 1,
    page_size: Annotated[int, Query(ge=1, le=1000)] = 50,
    source: str | None = None,
    coin_id: str | None = None,
):
    t = time.perf_counter()
    st = select(Unified)
    ct = select(func.count()).select_from(Unified)
    if source is not None:
        st, ct = st.where(Unified.source == source), ct.where(Unified.source == source)
    if coin_id is not None:
        st, ct = st.where(Unified.coin_id == coin_id), ct.where(Unified.coin_id == coin_id)
    total = await s.scalar(ct)
    rows = (
        await s.scalars(
            st.order_by(Unified.ingested_at.desc(), Unified.coin_id, Unified.source)
            .offset((page - 1) * page_size)
            .limit(page_size)
        )
    ).all()
    return Page(
        items=[Item.model_validate(r) for r in rows],
        total=total,
        page=page,
        page_size=page_size,
        request_id=str(uuid.uuid4()),
        api_latency_ms=(time.perf_counter() - t) * 1000,
    )
