"""Who writes for a source, page by page, and what is kept of each."""

from collections.abc import AsyncIterator, Callable, Collection, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from typing import Protocol

from msgspec import Struct

from crypto.application.errors import StoreUnavailable
from crypto.application.ports.open_sweep import OpenSweep
from crypto.domain.feed import Feed
from crypto.domain.page import Cursor, RawPage, StoredPage
from crypto.domain.quote import Quote
from crypto.domain.rejection import Rejection
from crypto.domain.run import Checkpoint, Counters, Run, RunKind, RunStatus
from crypto.domain.schema_drift import SchemaDrift


def unheard(*told: object) -> None:
    """Let an outage pass that nobody asked to hear of."""


class WriteOutcome(Struct, frozen=True, kw_only=True):
    """What became of a page's quotes.

    `refused` are those that the database itself would not take, or that another part of the source contradicts.
    """

    inserted: int = 0
    unchanged: int = 0
    restated: int = 0
    refused: tuple[Rejection, ...] = ()


class PageTransaction(Protocol):
    """One page, fully in or not at all: it commits at the end of its block and never in the middle."""

    async def keep(self, page: RawPage, *, coin_ids: Sequence[str], parser_version: int) -> StoredPage:
        """Keep a page as received; its `page_id` is the next one."""
        ...

    async def redeclare(self, stored: StoredPage, *, coin_ids: Sequence[str]) -> None:
        """Keep the context that a stored page has now in the place of the one it was kept with."""
        ...

    async def write_quotes(
        self, stored: StoredPage, quotes: Sequence[Quote], *, rivals: Collection[str] = ()
    ) -> WriteOutcome:
        """Write a page's quotes, at most one a key, with the rule of inserted, unchanged and restated.

        A quote that a page of one of the `rivals`, other parts of the source, says otherwise is not restated but
        refused: with another price, market cap or volume.

        A quote that a mended parser reads from another place of the same page is restated, too: what is stored
        leads to the record it was read from.
        """
        ...

    async def withdraw_absent(self, stored: StoredPage, quotes: Sequence[Quote]) -> int:
        """Move to history each stored quote of that page that is not among `quotes`; how many."""
        ...

    async def write_rejections(self, stored: StoredPage, rejections: Sequence[Rejection]) -> None:
        """Make these the page's open rejections: new ones are added, those that healed are resolved."""
        ...

    async def note_drift(self, stored: StoredPage, drift: Sequence[SchemaDrift]) -> None:
        """Note each path and type that is new for the source, and where an earlier page turns out to have it.

        What was first seen in this page and is no longer found there is forgotten: the parser knows it by now.
        A source with `MOST_DRIFTS` on record gets no more.
        """
        ...

    async def move_cursor(self, cursor: Cursor, *, listed: bool = False, sweep_complete: bool = False) -> None:
        """Go on at `cursor`. A complete sweep ends; one whose list is read to its end is `listed` from now on."""
        ...

    async def watch_feed(self, *, arrived_at: datetime, update_cycle: timedelta) -> None:
        """The sweep is complete: say since when the feed is frozen, or that it is not, for who reads sources.

        Frozen is a feed with no newer stamp than after its last complete sweep, once its newest is older than
        `update_cycle` at `arrived_at`.
        """
        ...

    async def count(self, counters: Counters) -> None:
        """Add these counts of records, pages and holes to those of the run."""
        ...


class Claim(Protocol):
    """The one live run of a feed: held by a lock, fenced by an epoch."""

    @property
    def run(self) -> Run:
        """The run as it began."""
        ...

    @property
    def checkpoint(self) -> Checkpoint:
        """Where the source stood when it was claimed; a sweep too old to resume is closed already."""
        ...

    @property
    def sweep(self) -> OpenSweep:
        """The sweep that the run goes on with."""
        ...

    async def prepare(self, stored_at: datetime, quotes: Iterable[Quote]) -> None:
        """Make room for a page received then and its quotes, before the transaction that writes them.

        A lock that was lost is taken again, if nobody took over.

        :raises FencedOff: when a newer holder took over.
        :raises StoreAway: when the database cannot be reached.
        """
        ...

    def page_transaction(self) -> AbstractAsyncContextManager[PageTransaction]:
        """A block that writes one page, whole or not at all.

        :raises FencedOff: when a newer holder took over.
        :raises StoreContended: when the block was rolled back and can be run again as it is.
        :raises StoreAway: when it was rolled back, and can be run again once the database is back.
        :raises StoreUnavailable: when the database cannot be used.
        """
        ...

    async def pass_over(self, cursor: Cursor) -> None:
        """Record a hole at the present place and go on at `cursor`; when it stands there already, nothing changes.

        :raises FencedOff: when a newer holder took over.
        """
        ...

    async def finish(self, status: RunStatus, *, error: str | None, failed_cursor: Cursor | None = None) -> Run:
        """End the run, once; a `failed_cursor` says which page could not be fetched."""
        ...


class IngestLedger(Protocol):
    """Who may write for a feed, and where it stands."""

    def claim(
        self,
        feed: Feed,
        *,
        kind: RunKind,
        sweep_lifetime: timedelta | None = None,
        hear: Callable[[Run, StoreUnavailable], None] = unheard,
    ) -> AbstractAsyncContextManager[Claim]:
        """Hold a feed to the end of the block, as a new run under a new epoch.

        An orphaned `running` run becomes `interrupted`. A sweep older than `sweep_lifetime` is closed and a new
        one begun (by an ingest; a re-processing run leaves sweep and cursor alone).

        :raises SourceBusy: when someone else holds it.
        :raises StoreUnavailable: when the database cannot be used.
        """
        ...


class PageArchive(Protocol):
    """The stored pages, each exactly as it was received."""

    def stored_pages(
        self,
        feed: Feed,
        *,
        received_from: datetime | None = None,
        received_to: datetime | None = None,
        parts: Collection[str] | None = None,
        hear: Callable[[StoreUnavailable], None] = unheard,
    ) -> AsyncIterator[StoredPage]:
        """The pages in order of arrival, from `received_from` to before `received_to`, of these `parts`."""
        ...

    async def stored_page(self, page_id: int) -> StoredPage | None:
        """The page with this id, or None when there is none."""
        ...
