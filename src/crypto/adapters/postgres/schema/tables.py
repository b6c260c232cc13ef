"""The tables, as SQLAlchemy Core sees them; a test holds the migrations against this."""

from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Double,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    Sequence,
    SmallInteger,
    Table,
    Text,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSON, JSONB

from crypto.adapters.postgres.schema.rows import COUNTERS, SAID, SAID_AMOUNTS

metadata = MetaData(
    naming_convention={
        "ix": "%(table_name)s_%(column_0_N_name)s",
        "pk": "%(table_name)s_pkey",
        "ck": "%(table_name)s_%(constraint_name)s",
    }
)

ID = Text(collation="C")
TIME = DateTime(timezone=True)


def _feed(*, primary_key: bool = False) -> Column[Any]:
    """Which of a source's feeds a row belongs to."""
    return Column("feed", ID, primary_key=primary_key, nullable=False, server_default="prices")


page_ids = Sequence("page_ids", metadata=metadata)
run_ids = Sequence("run_ids", metadata=metadata)
sweep_ids = Sequence("sweep_ids", metadata=metadata)


def _said() -> list[Column[Any]]:
    """What a quote says, and where that was read."""
    return [
        *(Column(name, Numeric if name in SAID_AMOUNTS else Text) for name in SAID),
        Column("ingested_at", TIME, nullable=False),
        Column("recorded_at", TIME, nullable=False),
        Column("version", BigInteger, nullable=False),
        Column("page_id", BigInteger, nullable=False),
        Column("position", Integer, nullable=False),
    ]


unified = Table(
    "unified_crypto_data",
    metadata,
    Column("coin_id", ID, primary_key=True),
    Column("source", ID, primary_key=True),
    Column("observed_at", TIME, primary_key=True),
    *_said(),
    Index(None, "observed_at", "coin_id", "source"),
    Index(None, "source", "observed_at", "coin_id"),
    Index(None, "ingested_at"),
    Index("unified_crypto_data_symbol_observed_at", text('lower(symbol COLLATE "C")'), "observed_at"),
    postgresql_partition_by="RANGE (observed_at)",
)

superseded = Table(
    "superseded_crypto_data",
    metadata,
    Column("coin_id", ID, nullable=False),
    Column("source", ID, nullable=False),
    Column("observed_at", TIME, nullable=False),
    *_said(),
    Column("superseded_at", TIME, nullable=False),
    Column("withdrawn_version", BigInteger),
    Index(None, "observed_at", "coin_id", "source"),
    Index(None, "coin_id", "source", "observed_at"),
    Index(
        "superseded_crypto_data_withdrawn",
        "page_id",
        "withdrawn_version",
        postgresql_where=text("withdrawn_version IS NOT NULL"),
    ),
)

latest = Table(
    "latest_crypto_data",
    metadata,
    Column("source", ID, primary_key=True),
    Column("coin_id", ID, primary_key=True),
    Column("observed_at", TIME, nullable=False),
    *_said(),
    Column("unseen_since", TIME),
    Column("below_since", TIME),
    Column("asked_at", TIME),
    Index("latest_crypto_data_rank", text("coalesce(-market_cap, 'Infinity'::numeric)"), "coin_id", "source"),
    Index("latest_crypto_data_symbol", text('lower(symbol COLLATE "C")')),
    Index(
        "latest_crypto_data_marked",
        "source",
        "coin_id",
        postgresql_where=text("unseen_since IS NOT NULL OR below_since IS NOT NULL"),
    ),
)

raw_pages = Table(
    "raw_pages",
    metadata,
    Column("source", ID, primary_key=True),
    Column("received_at", TIME, primary_key=True),
    Column("page_id", BigInteger, primary_key=True),
    Column("run_id", BigInteger, nullable=False),
    Column("sweep_id", BigInteger, nullable=False),
    Column("page_seq", Integer, nullable=False),
    Column("request", JSONB, nullable=False),
    Column("context", JSONB, nullable=False),
    Column("requested_at", TIME, nullable=False),
    Column("status", SmallInteger),
    Column("headers", JSONB, nullable=False),
    Column("coin_ids", ARRAY(ID), nullable=False),
    Column("body_json", JSON),
    Column("body_bytes", LargeBinary),
    Column("sha256", LargeBinary, nullable=False),
    Column("parser_version", Integer, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("cursor_after", JSONB, nullable=False),
    Column("is_last", Boolean, nullable=False),
    _feed(),
    CheckConstraint("(body_json IS NULL) <> (body_bytes IS NULL)", name="one_body"),
    Index(None, "page_id"),
    Index(None, "sweep_id"),
    postgresql_partition_by="LIST (source)",
)

checkpoints = Table(
    "checkpoints",
    metadata,
    Column("source", ID, primary_key=True),
    Column("status", Text, nullable=False),
    Column("last_run_timestamp", TIME, nullable=False),
    Column("records_processed", BigInteger, nullable=False, server_default="0"),
    Column("duration_seconds", Double),
    Column("error_message", Text),
    Column("cursor", JSONB, nullable=False, server_default="{}"),
    Column("sweep_id", BigInteger),
    Column("sweep_started_at", TIME),
    Column("page_seq", Integer, nullable=False, server_default="0"),
    Column("sweep_holes", Integer, nullable=False, server_default="0"),
    Column("failed_cursor", JSONB),
    Column("epoch", BigInteger, nullable=False, server_default="0"),
    Column("run_id", BigInteger),
    Column("version", BigInteger, nullable=False, server_default="0"),
    Column("changed_at", TIME),
    Column("listed", Boolean, nullable=False, server_default="false"),
    Column("good_sweep_id", BigInteger),
    Column("newest_stamp", TIME),
    Column("frozen_since", TIME),
    Column("quotes", BigInteger, nullable=False, server_default="0"),
    Column("coins", BigInteger, nullable=False, server_default="0"),
    Column("open_rejections", BigInteger, nullable=False, server_default="0"),
    Column("counted_version", BigInteger, nullable=False, server_default="0"),
    Column("marks", BigInteger, nullable=False, server_default="0"),
    _feed(primary_key=True),
)

quote_counts = Table(
    "quote_counts",
    metadata,
    Column("level", SmallInteger, primary_key=True, autoincrement=False),
    Column("starts_at", TIME, primary_key=True),
    Column("source", ID, primary_key=True),
    Column("quotes", BigInteger, nullable=False),
    Column("is_split", Boolean, nullable=False, server_default="false"),
)

quote_changes = Table(
    "quote_changes",
    metadata,
    Column("source", ID, primary_key=True),
    Column("change", BigInteger, primary_key=True, autoincrement=False),
    Column("version", BigInteger, nullable=False),
    Column("page_id", BigInteger, nullable=False),
    Column("ingested_at", TIME, nullable=False),
)

runs = Table(
    "runs",
    metadata,
    Column("run_id", BigInteger, run_ids, primary_key=True, server_default=run_ids.next_value()),
    Column("source", ID, nullable=False),
    Column("kind", Text, nullable=False),
    Column("epoch", BigInteger, nullable=False),
    Column("status", Text, nullable=False),
    Column("started_at", TIME, nullable=False),
    Column("finished_at", TIME),
    Column("sweep_id", BigInteger),
    *(Column(name, BigInteger, nullable=False, server_default="0") for name in COUNTERS),
    Column("error", Text),
    Column("coins_named", Integer),
    Column("coins_missing", Integer),
    _feed(),
    Index(None, "source", "run_id"),
    Index(None, "source", "feed", "kind", "status", "finished_at"),
)

_LAST_FIRST = ("received_at", "page_id", "position", "field")
"""The order of rejections, in which those that arrived last come first."""

_OPEN = text("resolved_at IS NULL")

rejected_records = Table(
    "rejected_records",
    metadata,
    Column("page_id", BigInteger, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("source", ID, nullable=False),
    Column("received_at", TIME, nullable=False),
    Column("coin_id", ID),
    Column("reason", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("excerpt", Text, nullable=False),
    Column("rejected_at", TIME, nullable=False, server_default=func.clock_timestamp()),
    Column("resolved_at", TIME),
    Column("field", ID, primary_key=True, server_default=""),
    _feed(),
    Index(None, "source", "received_at"),
    Index("rejected_records_open", *_LAST_FIRST, postgresql_where=text("resolved_at IS NULL")),
    Index(
        "rejected_records_open_of_source",
        "source",
        "feed",
        *_LAST_FIRST,
        postgresql_where=text("resolved_at IS NULL"),
    ),
    Index("rejected_records_resolved", *_LAST_FIRST, postgresql_where=text("resolved_at IS NOT NULL")),
)

rate_budgets = Table(
    "rate_budgets",
    metadata,
    Column("source", ID, primary_key=True),
    Column("account", ID, primary_key=True),
    Column("next_at", TIME),
    Column("paused_until", TIME),
)

rate_budget_calls = Table(
    "rate_budget_calls",
    metadata,
    Column("source", ID, primary_key=True),
    Column("account", ID, primary_key=True),
    Column("granted_at", TIME, primary_key=True),
    Column("calls", Integer, nullable=False),
    Column("spare", Integer, nullable=False),
)

schema_drift = Table(
    "schema_drift",
    metadata,
    Column("source", ID, primary_key=True),
    Column("path", ID, primary_key=True),
    Column("type", Text, primary_key=True),
    Column("first_seen_at", TIME, nullable=False),
    Column("page_id", BigInteger, nullable=False),
    Column("position", Integer, nullable=False),
    Column("example", Text, nullable=False),
    _feed(primary_key=True),
)
