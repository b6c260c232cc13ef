"""The database as a whole, in memory: it says of itself what it is told to."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from crypto.adapters.memory.store import MemoryStore
from crypto.application.ports import DatabaseFacts, Hold
from crypto.domain.feed import Feed
from crypto.domain.run import Run, RunStatus

FACTS = DatabaseFacts(
    version="18.4",
    major=18,
    encoding="UTF8",
    tables="up_to_date",
    revision="0002",
    needed_revision="0002",
    is_replica=False,
    lag=None,
    size=0,
    sizes={},
)


class MemoryDiagnostics:
    """Looks at a store in memory; `ahead` is how much its clock is ahead of the store's."""

    def __init__(
        self, store: MemoryStore, *, facts: DatabaseFacts = FACTS, ahead: timedelta = timedelta()
    ) -> None:
        self._store = store
        self._facts = facts
        self._ahead = ahead

    async def facts(self) -> DatabaseFacts:
        """The facts that the test gave."""
        return self._facts

    async def now(self) -> datetime:
        """The moment by the store's clock, with as much added as it is to be ahead."""
        return self._store.clock.now() + self._ahead

    async def holds(self, sources: Sequence[str]) -> Sequence[Hold]:
        """Who holds these sources now, and which runs only say that they are running."""
        running = {name: run for name in sorted(sources) if (run := self._running(name))}
        return [self._hold(name, run) for name, run in running.items()]

    def _running(self, source: str) -> Run | None:
        state = self._store.feeds.get(Feed.called(source))
        runs = state.runs.values() if state else ()
        return next((run for run in runs if run.status is RunStatus.RUNNING), None)

    def _hold(self, source: str, run: Run) -> Hold:
        held = self._store.is_held(Feed.called(source))
        return Hold(
            source=source,
            run_id=run.run_id,
            since=run.started_at,
            process="this process" if held else None,
            host="this machine" if held else None,
        )
