"""The statements that a dump is read back by: one transaction, ours around those of pg_restore."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from psycopg import sql

from crypto.adapters.postgres.ingest.source_lock import LOCK_CLASS, lock_key
from crypto.domain.feed import Feed

UNKNOWN_BEFORE = {b"SET transaction_timeout = 0;\n": 17}
"""What a newer pg_restore sets that a server before this major version does not know; 0 is its default anyway."""

TABLES = (
    *("unified_crypto_data", "superseded_crypto_data", "latest_crypto_data", "raw_pages", "checkpoints", "runs"),
    *(
        "quote_counts",
        "quote_changes",
        "rejected_records",
        "rate_budget_calls",
        "rate_budgets",
        "schema_drift",
        "alembic_version",
    ),
)
SEQUENCES = ("page_ids", "run_ids", "sweep_ids")

LOCK = """
DO $$ BEGIN
    IF NOT pg_try_advisory_xact_lock({lock_class}, {key}) THEN
        RAISE EXCEPTION 'error: % is being ingested: stop that first', {source};
    END IF;
END $$;
"""
COMPARE = """
DO $$ BEGIN
    IF (SELECT count(*) FROM ONLY {table}) <> {count} THEN
        RAISE EXCEPTION 'error: % has not the % rows of the dump', {name}, {count};
    END IF;
END $$;
"""


def opening(sources: Sequence[str], *, views: Sequence[str], replace: bool) -> str:
    """Begin: nobody ingests meanwhile, and what was there goes; not what is not ours, which stops it all."""
    locks = [
        LOCK.format(lock_class=LOCK_CLASS, key=lock_key(Feed.called(name)), source=sql.Literal(name).as_string())
        for name in sources
    ]
    dropped = [
        *(f"DROP VIEW {sql.Identifier(name).as_string()};" for name in views),
        f"DROP TABLE IF EXISTS {', '.join(TABLES)};",
        f"DROP SEQUENCE IF EXISTS {', '.join(SEQUENCES)};",
    ]
    lines = ["BEGIN;", "SET LOCAL lock_timeout = '10s';", *locks, *(dropped if replace else [])]
    return "\n".join(lines) + "\n"


def closing(counts: Mapping[str, int]) -> str:
    """Compare what is there with what was sent, table by table, and only then keep it."""
    compared = [
        COMPARE.format(table=table, count=count, name=sql.Literal(table).as_string())
        for table, count in counts.items()
    ]
    return "\n".join([*compared, "COMMIT;"]) + "\n"


def counted(
    lines: Iterable[bytes], counts: dict[str, int], *, server_major: int, hear: Callable[[str], None]
) -> Iterator[bytes]:
    """The lines to send on; `counts` has the rows of each table that was sent whole, by its name in SQL."""
    table = ""
    for line in lines:
        if table:
            if line == b"\\.\n":
                table = ""
            else:
                counts[table] += 1
        elif line.startswith(b"COPY "):
            table = line.split(b" (", 1)[0].removeprefix(b"COPY ").decode()
            counts[table] = 0
            hear(table)
        elif server_major < UNKNOWN_BEFORE.get(line, 0):
            continue
        yield line
