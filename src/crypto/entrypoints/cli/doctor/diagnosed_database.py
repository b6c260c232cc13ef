"""The database as a diagnosis meets it: had as any command has it, or else what is in the way."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from crypto.adapters.postgres.connection.url import database_url, masked
from crypto.adapters.postgres.embedded import EmbeddedServer, ServerStatus
from crypto.adapters.postgres.schema.migrate import migration_state
from crypto.application.errors import CryptoError
from crypto.domain.finding import Area, Finding, Level
from crypto.entrypoints.settings import Settings

LOCK_TIMEOUT = 10.0
"""Seconds that another process which starts or stops the embedded server is waited for."""


class DiagnosedDatabase(Struct, frozen=True, kw_only=True):
    """`url` is None when it could not be had, and `findings` say why; it is `usable` with all its tables.

    An embedded one has its files in `folder`; it `is_new` when it was never made.
    """

    url: str | None = None
    findings: Sequence[Finding] = ()
    place: str = ""
    usable: bool = False
    folder: Path | None = None
    is_new: bool = False


@contextmanager
def diagnosed_database(settings: Settings) -> Iterator[DiagnosedDatabase]:
    """The database to the end of the block; a database that cannot be had is a finding, not an error."""
    with ExitStack() as stack:
        try:
            if settings.database_url is None:
                found = _embedded(settings, stack)
            else:
                url = database_url(settings.database_url)
                found = _reached(url, place=masked(url).replace("+psycopg", "", 1))
        except (CryptoError, OSError, RuntimeError) as error:  # RuntimeError: a path that leads round in links
            found = DiagnosedDatabase(findings=[_failure(str(error)), _not_asked()], folder=settings.data_dir)
        yield found


def _reached(url: str, *, place: str, folder: Path | None = None) -> DiagnosedDatabase:
    state = migration_state(url)
    usable = state.state == "up_to_date"
    findings = [] if usable else [_not_asked()]
    return DiagnosedDatabase(url=url, place=place, usable=usable, folder=folder, findings=findings)


def _embedded(settings: Settings, stack: ExitStack) -> DiagnosedDatabase:
    """One that was made is joined, as by any command; one that was never made is not made for it."""
    server = EmbeddedServer(
        settings.data_dir, settings.postgres_bin, settings.embedded_user, lock_timeout=LOCK_TIMEOUT
    )
    status = server.status()
    if status.major is None:
        told = f"embedded, in {server.data_dir}: never made so far"
        note = Finding(
            level=Level.NOTE, area=Area.DATABASE, about="database", finding=told,
            remedy="nothing to do: the first `crypto up` or `ingest` makes it",
        )  # fmt: skip
        return DiagnosedDatabase(findings=[note], folder=server.data_dir, is_new=True)
    url = stack.enter_context(server)
    found = _reached(url, place=f"embedded, in {server.data_dir}: {_how(status)}", folder=server.data_dir)
    warnings = [
        Finding(level=Level.NOTE, area=Area.DATABASE, about="database", finding=each) for each in server.warnings
    ]
    return replace(found, findings=[*warnings, *found.findings])


def _how(status: ServerStatus) -> str:
    if not status.running:
        return "it was down, is started for this, and stopped again"
    kept = ", kept up by `crypto db start`" if status.kept_up else ""
    return f"it runs as process {status.pid}, {'in use' if status.in_use else 'without a user'}{kept}"


def _failure(told: str) -> Finding:
    return Finding(level=Level.FAILURE, area=Area.DATABASE, about="database", finding=told)


def _not_asked() -> Finding:
    told = "what is stored could not be looked at, and providers were not asked, as requests are counted there"
    return Finding(level=Level.NOTE, area=Area.DATABASE, about="database", finding=told)
