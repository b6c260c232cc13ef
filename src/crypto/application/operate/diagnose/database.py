"""Checks of the database: its server and tables, a replica, its clock, and who holds which source."""

from collections.abc import Sequence
from datetime import timedelta

from crypto.application.formatting import moment, size, span
from crypto.application.ports import Clock, DatabaseDiagnostics, DatabaseFacts, Hold
from crypto.domain.finding import Area, Finding, Level

OLDEST_SERVER, NEWEST_TRIED = 15, 18
"""Major versions of PostgreSQL."""

MOST_TABLES = 4
"""How many of the tables are told by name."""

NOTABLE_GAP, WRONG_GAP = timedelta(seconds=2), timedelta(minutes=1)
"""Between the database's clock and ours. Runs and budgets go by the database's, ages of quotes by ours."""

LONGEST_LAG = timedelta(minutes=5)


def _finding(level: Level, about: str, finding: str, remedy: str | None = None) -> Finding:
    return Finding(level=level, area=Area.DATABASE, about=about, finding=finding, remedy=remedy)


class DatabaseCheck:
    """The database that is written to: `place` says where it is; an `embedded` one migrates by itself."""

    area, about = Area.DATABASE, "database"

    def __init__(self, diagnostics: DatabaseDiagnostics, *, place: str, embedded: bool) -> None:
        self._diagnostics = diagnostics
        self._place = place
        self._embedded = embedded

    async def __call__(self) -> Sequence[Finding]:
        """The server, its tables and how large they are."""
        facts = await self._diagnostics.facts()
        found = [_server(facts, self.about, self._place), _tables(facts, embedded=self._embedded)]
        if facts.encoding != "UTF8":
            remedy = "make one with CREATE DATABASE ... ENCODING 'UTF8', and dump and restore into it"
            told = f"its encoding is {facts.encoding}: it cannot hold every name"
            found.append(_finding(Level.FAILURE, "database", told, remedy))
        if facts.is_replica:
            told = "it is a replica, and cannot be written to"
            found.append(_finding(Level.FAILURE, "database", told, "point CRYPTO_DATABASE_URL at the primary"))
        return [*found, _sizes(facts)]


class ReplicaCheck:
    """Diagnoses the replica that questions go to: its server, its tables, and how far it is behind."""

    area, about = Area.DATABASE, "read replica"

    def __init__(self, diagnostics: DatabaseDiagnostics, *, place: str) -> None:
        self._diagnostics = diagnostics
        self._place = place

    async def __call__(self) -> Sequence[Finding]:
        """The server, its tables, and how far it is behind."""
        facts = await self._diagnostics.facts()
        found = [_server(facts, self.about, self._place)]
        if facts.tables != "up_to_date":
            told = f"its tables are {facts.tables.replace('_', ' ')} (revision {facts.revision})"
            remedy = "see that it follows the database at CRYPTO_DATABASE_URL, or unset CRYPTO_READ_DATABASE_URL"
            found.append(_finding(Level.FAILURE, self.about, told, remedy))
        if facts.lag and facts.lag > LONGEST_LAG:
            told = f"it is {span(facts.lag)} behind: answers are as old"
            found.append(_finding(Level.WARNING, self.about, told, "see why its replication stalls"))
        return found


def _server(facts: DatabaseFacts, about: str, place: str) -> Finding:
    told = f"PostgreSQL {facts.version}, {place}"
    if facts.major < OLDEST_SERVER:
        return _finding(Level.FAILURE, about, told, f"crypto needs PostgreSQL {OLDEST_SERVER} or newer")
    if facts.major > NEWEST_TRIED:
        remedy = f"crypto was tried with {OLDEST_SERVER} to {NEWEST_TRIED} only: watch it"
        return _finding(Level.NOTE, about, told, remedy)
    return _finding(Level.OK, about, told)


def _tables(facts: DatabaseFacts, *, embedded: bool) -> Finding:
    if facts.tables == "up_to_date":
        return _finding(Level.OK, "tables", f"revision {facts.revision}, up to date")
    if facts.tables == "newer":
        told = f"revision {facts.revision} is of a newer crypto, this one knows {facts.needed_revision}"
        return _finding(Level.FAILURE, "tables", told, "upgrade this program")
    told = (
        f"revision {facts.revision}, needed is {facts.needed_revision}" if facts.revision else "none are there yet"
    )
    if embedded:
        return _finding(Level.NOTE, "tables", told, "nothing to do: the next `crypto up` or `ingest` makes them")
    return _finding(Level.FAILURE, "tables", told, "run `crypto db upgrade`")


def _sizes(facts: DatabaseFacts) -> Finding:
    largest = [f"{name} {size(taken)}" for name, taken in list(facts.sizes.items())[:MOST_TABLES]]
    told = f"{size(facts.size)} in all" + (f": {', '.join(largest)}" if largest else "")
    return _finding(Level.OK, "size", told)


class ClockCheck:
    """Compares the database's clock with this machine's."""

    area, about = Area.DATABASE, "clock"

    def __init__(self, diagnostics: DatabaseDiagnostics, clock: Clock) -> None:
        self._diagnostics = diagnostics
        self._clock = clock

    async def __call__(self) -> Sequence[Finding]:
        """How far they are apart, the time the question took taken for no difference."""
        await self._diagnostics.now()  # connects
        asked_at = self._clock.now()
        told_at = await self._diagnostics.now()
        answered_at = self._clock.now()
        gap = max(asked_at - told_at, told_at - answered_at, timedelta())
        if gap < NOTABLE_GAP:
            return [_finding(Level.OK, self.about, "the database's clock and this machine's agree")]
        told = f"the database's clock says {moment(told_at)}, this machine's {moment(answered_at)}"
        level = Level.WARNING if gap < WRONG_GAP else Level.FAILURE
        remedy = "set the wrong one right (NTP): quotes are taken for too new or too old, and budgets for used up"
        return [_finding(level, self.about, told, remedy)]


class HoldsCheck:
    """Lists who is ingesting which source at this moment."""

    area, about = Area.DATABASE, "locks"

    def __init__(self, diagnostics: DatabaseDiagnostics, sources: Sequence[str]) -> None:
        self._diagnostics = diagnostics
        self._sources = sources

    async def __call__(self) -> Sequence[Finding]:
        """One finding for each source that is held."""
        holds = await self._diagnostics.holds(self._sources)
        return [_hold(each) for each in holds] or [_finding(Level.OK, self.about, "no source is held by anyone")]


def _hold(hold: Hold) -> Finding:
    run = f"run {hold.run_id}, " if hold.run_id else ""
    if hold.process is None:
        told = f"run {hold.run_id} of {hold.source} runs since {moment(hold.since)}, it says, but nobody holds it"
        remedy = f"nothing to do: the next `crypto ingest {hold.source}` closes it, and goes on where it stopped"
        return _finding(Level.NOTE, "locks", told, remedy)
    told = f"{hold.source} is held by {hold.process} on {hold.host}: {run}since {moment(hold.since)}"
    return _finding(Level.OK, "locks", told)
