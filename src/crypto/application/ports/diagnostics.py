"""What a diagnosis looks at: the database as a whole, who holds which source, this machine's disk and files."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal, Protocol, TypeAlias

from msgspec import Struct

Tables: TypeAlias = Literal["empty", "behind", "up_to_date", "newer"]


class DatabaseFacts(Struct, frozen=True, kw_only=True):
    """What a database says of itself: `version` as the server writes it, `sizes` in bytes by table, largest first.

    `lag` is how far a replica is behind; None when it has replayed all that it got, or is not a replica.
    """

    version: str
    major: int
    encoding: str
    tables: Tables
    revision: str | None
    needed_revision: str
    is_replica: bool
    lag: timedelta | None
    size: int
    sizes: Mapping[str, int]


class Hold(Struct, frozen=True, kw_only=True):
    """A source that someone holds, or whose last run says that it is running.

    `process` and `host` are None when nobody holds the lock: the process of that run is gone.
    """

    source: str
    run_id: int | None
    since: datetime | None
    process: str | None
    host: str | None


class DatabaseDiagnostics(Protocol):
    """The database as a whole, to look at; nothing in it changes."""

    async def facts(self) -> DatabaseFacts:
        """What the database says of itself, whether its tables are there or not.

        :raises StoreUnavailable: when it cannot be asked.
        """
        ...

    async def now(self) -> datetime:
        """The present moment by the database's clock, aware and in UTC.

        :raises StoreUnavailable: when it cannot be asked.
        """
        ...

    async def holds(self, sources: Sequence[str]) -> Sequence[Hold]:
        """Which of these sources are held, or are said to be running, and by whom; sorted by name.

        :raises StoreUnavailable: when it cannot be asked, or has no tables.
        """
        ...


class Space(Struct, frozen=True, kw_only=True):
    """A disk, in bytes; `folder` is the one that exists, `writable` whether this process may write there."""

    folder: Path
    free: int
    total: int
    writable: bool


class Disk(Protocol):
    """The disk of this machine, to be read only."""

    def space(self, folder: Path) -> Space:
        """The disk under a folder; of the nearest one above that exists.

        :raises OSError: when even that cannot be looked at.
        """
        ...


class PathFacts(Struct, frozen=True, kw_only=True):
    """What a path stands for: `name` is how it may be shown, `obstacles` which files cannot be read, and why.

    `files` is how many can; None where only an ingest can tell: standard input, an address.
    """

    name: str
    files: int | None
    obstacles: tuple[str, ...] = ()


class Files(Protocol):
    """The files that a source reads, to be found but not read."""

    def look(self, path: str) -> PathFacts:
        """How many files the path stands for now, and what stands in the way; no row is read."""
        ...
