"""The one live run of a source, in memory."""

from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from datetime import datetime

from msgspec.structs import replace

from crypto.adapters.memory.open_sweep import MemoryOpenSweep
from crypto.adapters.memory.state import FeedState, without_sweep
from crypto.adapters.memory.transaction import MemoryPageTransaction
from crypto.application.errors import FencedOff
from crypto.application.ports import Clock, PageTransaction
from crypto.domain.feed import Feed
from crypto.domain.page import Cursor
from crypto.domain.quote import Quote
from crypto.domain.run import Counters, Run, RunKind, RunStatus


class MemoryClaim:
    """Held until its block ends, or until a crash; a later claim fences it off.

    A block that awaits another feed of the same source between its statements would lose that one's quotes: no
    use case does, as nothing here is waited for.
    """

    def __init__(
        self,
        feeds: dict[Feed, FeedState],
        holders: dict[Feed, Run],
        run: Run,
        *,
        clock: Clock,
        next_page_id: Callable[[], int],
    ) -> None:
        self.run = run
        self.checkpoint = feeds[run.of].checkpoint
        self.sweep = MemoryOpenSweep(self._state, run, clock=clock)
        self._feeds = feeds
        self._holders = holders
        self._clock = clock
        self._next_page_id = next_page_id

    async def prepare(self, stored_at: datetime, quotes: Iterable[Quote]) -> None:
        """Take a lock that was lost again, if nobody took over; memory needs no room made."""
        self._state()
        self._holders.setdefault(self.run.of, self.run)

    @asynccontextmanager
    async def page_transaction(self) -> AsyncIterator[PageTransaction]:
        """Work on a copy; put it in place when the block ended well and nobody took over meanwhile."""
        copy = self._state().copy()
        transaction = MemoryPageTransaction(copy, self.run, now=self._clock.now(), next_page_id=self._next_page_id)
        yield transaction
        self._state()
        self._feeds[self.run.of] = state = transaction.close()
        for feed, other in self._feeds.items():
            if feed.source == self.run.source:
                other.quotes = state.quotes

    async def pass_over(self, cursor: Cursor) -> None:
        """Record a hole and go on; a second time changes nothing."""
        state = self._state()
        if state.checkpoint.cursor == cursor:
            return
        holes = state.checkpoint.sweep_holes + 1
        state.checkpoint = replace(state.checkpoint, cursor=cursor, sweep_holes=holes)
        self._end(state, counters=state.runs[self.run.run_id].counters + Counters(holes=1))

    async def finish(self, status: RunStatus, *, error: str | None, failed_cursor: Cursor | None = None) -> Run:
        """End the run with this status, and leave the checkpoint where it stands."""
        state = self._state()
        now = self._clock.now()
        self._end(state, status=status, error=error, finished_at=now)
        checkpoint = replace(state.checkpoint, status=status)
        if failed_cursor is not None:
            checkpoint = replace(checkpoint, failed_cursor=failed_cursor)
        if status is RunStatus.SUCCESS and self.run.kind is RunKind.INGEST:
            checkpoint = without_sweep(checkpoint)
        state.checkpoint = checkpoint
        return state.runs[self.run.run_id]

    def _state(self) -> FeedState:
        state = self._feeds[self.run.of]
        if state.checkpoint.epoch != self.run.epoch:
            raise FencedOff(f"{self.run.of} was taken over by a newer run; this one stops")
        return state

    def _end(self, state: FeedState, **changes: object) -> None:
        state.runs[self.run.run_id] = replace(state.runs[self.run.run_id], **changes)
