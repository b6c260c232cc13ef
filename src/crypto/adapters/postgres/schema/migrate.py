"""Bring a database to the tables this program needs, and see whether it has them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import psycopg
from psycopg.errors import UndefinedColumn, UndefinedTable
from sqlalchemy import Connection, StaticPool, create_engine
from sqlalchemy.exc import DBAPIError
from tenacity import retry, retry_if_exception, stop_after_attempt, wait_random_exponential

from crypto.adapters.postgres.connection.errors import CONTENDED, meaning, translated
from crypto.adapters.postgres.connection.url import conninfo, masked
from crypto.adapters.postgres.schema.migrations import HEAD, REVISIONS
from crypto.adapters.postgres.schema.migrations.per_source import LACKING, make_lacking
from crypto.adapters.postgres.schema.recount import UNCOUNTED, recount
from crypto.application.errors import StoreAway, StoreOpening, StoreUnavailable

OLDEST_SERVER = 15
CONNECT_SECONDS = 10
LOCK = (0x63727970, 1)
"""The advisory lock (class, key) under which a database is migrated."""

Session: TypeAlias = psycopg.Connection[tuple[Any, ...]]
State: TypeAlias = Literal["empty", "behind", "up_to_date", "newer"]


@dataclass(frozen=True, kw_only=True)
class MigrationState:
    """Which revision a database is of (None: of none), and which one this program needs."""

    current: str | None
    head: str = HEAD

    @property
    def state(self) -> State:
        if self.current is None:
            return "empty"
        if self.current not in REVISIONS:
            return "newer"
        return "up_to_date" if self.current == self.head else "behind"


def migration_state(url: str) -> MigrationState:
    """Which revision the tables are of, and which one this program needs.

    :raises StoreUnavailable: when it cannot be asked, its server is too old, or its encoding is not UTF8.
    """
    with _session(url) as session:
        return MigrationState(current=_revision(session))


def check_migrated(url: str) -> None:
    """See that the database has the tables this program needs.

    :raises StoreUnavailable: when it has not; the message names the next step.
    """
    found = migration_state(url)
    _refuse_newer(found)
    if found.state != "up_to_date":
        raise StoreUnavailable(f"the database is not migrated (it is {found.state}): run `crypto db upgrade`")


def migrate(url: str, *, sources: Sequence[str]) -> None:
    """Bring the database to this program's tables, and make what each source needs; a second call finds nothing.

    Processes that do it at once wait for each other.
    :raises StoreUnavailable: when it cannot be done; the message names the next step.
    """
    with _session(url) as session:
        if not _is_complete(session, sources):
            session.execute("SET lock_timeout = '60s'")
            session.execute("SELECT pg_advisory_lock(%s, %s)", LOCK)  # until the session ends
            _upgrade(session, sources)
            recount(session)


def check_server(version: int) -> None:
    """See that a server is new enough; `version` as libpq gives it: 150020 is 15.20.

    :raises StoreUnavailable: when the server is too old.
    """
    major = version // 10_000
    if major < OLDEST_SERVER:
        raise StoreUnavailable(
            f"the database server is PostgreSQL {major}, crypto needs {OLDEST_SERVER} or newer: "
            "point CRYPTO_DATABASE_URL at such a server"
        )


def check_encoding(encoding: str | None) -> None:
    """`encoding` as the server gives it: in another one than UTF8, names are lost or come back as bytes.

    :raises StoreUnavailable: when it is another one.
    """
    if encoding != "UTF8":
        raise StoreUnavailable(
            f"the database's encoding is {encoding}, crypto needs UTF8: make another one "
            "(CREATE DATABASE crypto TEMPLATE template0 ENCODING 'UTF8') and point CRYPTO_DATABASE_URL at it"
        )


@contextmanager
def _session(url: str) -> Iterator[Session]:
    with _connect(url) as session, translated():
        check_server(session.info.server_version)
        check_encoding(session.info.parameter_status("server_encoding"))
        yield session


def _connect(url: str) -> Session:
    try:
        return psycopg.connect(
            conninfo(url), autocommit=True, application_name="crypto migrate", connect_timeout=10
        )
    except psycopg.OperationalError as error:
        found = meaning(error)
        if isinstance(found, StoreOpening) or not isinstance(found, StoreAway):
            raise found from error
        raise StoreUnavailable(
            f"the database {masked(url)} cannot be reached ({str(error).splitlines()[0]}): "
            "see that it runs, and that CRYPTO_DATABASE_URL is right"
        ) from error


def _is_complete(session: Session, sources: Sequence[str]) -> bool:
    try:
        found = session.execute(f"SELECT version_num, ARRAY({LACKING}) FROM alembic_version", [list(sources)])
        return found.fetchone() == (HEAD, []) and session.execute(UNCOUNTED).fetchone() is None
    except (UndefinedTable, UndefinedColumn):
        return False


def _is_contended(error: BaseException) -> bool:
    return isinstance(error.orig if isinstance(error, DBAPIError) else error, CONTENDED)


@retry(
    retry=retry_if_exception(_is_contended),
    stop=stop_after_attempt(10),
    wait=wait_random_exponential(0.1, max=2),
    reraise=True,
)
def _upgrade(session: Session, sources: Sequence[str]) -> None:
    """All or nothing, and without making readers wait long for a lock."""
    with _transaction(session) as connection:
        session.execute("SET LOCAL lock_timeout = '2s'")
        found = MigrationState(current=_revision(session))
        _refuse_newer(found)
        if found.state != "up_to_date":
            _run_revisions(connection)
        make_lacking(session, sources)


@contextmanager
def _transaction(session: Session) -> Iterator[Connection]:
    """One transaction, for psycopg's session and for what SQLAlchemy, which Alembic needs, makes of it."""
    session.autocommit = False
    engine = create_engine("postgresql+psycopg://", creator=lambda: session, poolclass=StaticPool)
    with engine.begin() as connection:
        yield connection


def _revision(session: Session) -> str | None:
    found = session.execute("SELECT to_regclass('alembic_version') IS NOT NULL").fetchone()
    if found != (True,):
        return None
    row = session.execute("SELECT version_num FROM alembic_version").fetchone()
    return row[0] if row else None


def _refuse_newer(found: MigrationState) -> None:
    if found.state == "newer":
        raise StoreUnavailable(
            f"the database is of a newer crypto (revision {found.current}, this one knows {found.head}): "
            "upgrade this program"
        )


def _run_revisions(connection: Connection) -> None:
    from alembic import command  # slow to import, and hardly ever needed
    from alembic.config import Config

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", "crypto.adapters.postgres.schema:migrations")
    command.upgrade(config, "head")
