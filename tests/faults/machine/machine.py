"""A state machine: the real use cases over the in-memory store, any step after any other, beside the model of it.

`python -m tests.faults.full --only machine --seed N --scale S` plays the same examples again.
"""

import asyncio
import traceback
from collections import Counter
from collections.abc import Awaitable, Iterable
from decimal import Decimal
from typing import ClassVar

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from crypto.adapters.memory import MemoryStore
from crypto.application.errors import FencedOff, SourceBusy, SourceRateLimited, SourceRefused, SourceUnavailable
from crypto.domain.feed import Feed
from crypto.domain.run import Run
from tests.faults.machine.machine_market import Unsteady
from tests.faults.machine.machine_model import Model, Play
from tests.faults.machine.machine_pages import BY_ID, Listing, Reading
from tests.faults.machine.machine_tables import disagreements
from tests.faults.tiers.result import Part, PartResult, scaled
from tests.support.clock import NOON, ManualClock
from tests.support.market import Record
from tests.support.runs import Witness, ingest, reprocess
from tests.support.stores import InMemory

EXAMPLES = 2000
STEPS = 50
COINS = ("btc", "eth", "BTC")
PAGES = 3

records: st.SearchStrategy[Record] = st.tuples(
    st.sampled_from((*COINS, *COINS, "")),
    st.integers(0, 3),
    st.sampled_from(["1", "2", "2", "3.84e-18", "-1", None]),
)
sweeps = st.lists(st.lists(records, max_size=3), min_size=1, max_size=PAGES)
readings = st.builds(
    Reading,
    shift=st.integers(-1, 2),
    factor=st.sampled_from([Decimal(1), Decimal(2)]),
    drops=st.sets(st.sampled_from(COINS), max_size=1).map(frozenset),
    ceiling=st.sampled_from([None, Decimal(2)]),
)
failures: st.SearchStrategy[Exception] = st.sampled_from(
    [
        SourceUnavailable("away"),
        SourceUnavailable("away"),
        SourceRateLimited("later", until=NOON),
        SourceRefused("no"),
        ValueError("nobody expected this"),
    ]
)
places = st.integers(0, PAGES) | st.just(BY_ID)
repeated = st.builds(lambda page: [page] * PAGES, st.lists(records, min_size=1, max_size=3))
"""A list that loops: its pages are the same bytes."""

by_id = st.none() | st.lists(records, max_size=3).map(lambda known: {each[0]: each for each in known if each[0]})
which = st.integers(0, 5)


class Process:
    """A run that was started, what it sees of the provider, and the model's play of it."""

    def __init__(self, market: Unsteady, task: "asyncio.Task[Run]", play: Play, run_id: int) -> None:
        self.market, self.task, self.play, self.run_id = market, task, play, run_id


class Ingesting(RuleBasedStateMachine):
    """One source whose runs start, pause, fail, crash, are taken over, cancelled and read again, in any order."""

    seen: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.clock = ManualClock()
        self.store = InMemory(MemoryStore(self.clock))
        self.witness = Witness()
        self.model = Model()
        self.reading = Reading()
        self.sweep: list[list[Record]] = [[("btc", 0, "1")], [("eth", 0, "1")]]
        self.by_id: dict[str, Record] | None = None
        self.processes: list[Process] = []
        self.gone: list[Process] = []

    @rule(sweep=sweeps | repeated, by_id=by_id)
    def lists(self, sweep: list[list[Record]], by_id: dict[str, Record] | None) -> None:
        """The provider lists something else from now on, and knows other coins by id."""
        self.sweep, self.by_id = sweep, by_id

    @rule(minutes=st.sampled_from([1, 7, 25]))
    def waits(self, minutes: int) -> None:
        """Time passes: a sweep may grow too old."""
        self.clock.advance(60 * minutes)

    @precondition(lambda self: self.model.holder is None)
    @rule(fails=st.none() | st.tuples(places, failures), accepts=st.sampled_from([False, False, True]))
    def runs(self, fails: tuple[int, Exception] | None, accepts: bool) -> None:
        """A run goes to its end; it may meet a failure, and be told to accept any list."""
        self._starts(None, fails, accepts=accepts)

    @precondition(lambda self: self.model.holder is None)
    @rule(pause_at=places, fails=st.none() | st.tuples(places, failures))
    def starts_and_pauses(self, pause_at: int, fails: tuple[int, Exception] | None) -> None:
        """A run stops before a page, or before its end."""
        self._starts(pause_at, fails)

    @precondition(lambda self: self.model.holder is not None)
    @rule()
    def is_busy(self) -> None:
        """A second run is refused."""
        self._is_refused(ingest(self.store, self._market(), self.clock))

    @precondition(lambda self: self.model.holder is not None)
    @rule(pause_at=st.none() | places)
    def is_taken_over(self, pause_at: int | None) -> None:
        """The paused holder is cut off, and another run starts at once."""
        self.loses_lock()
        self._starts(pause_at, None)

    @precondition(lambda self: self.processes)
    @rule(number=which, pause_at=st.none() | places)
    def wakes(self, number: int, pause_at: int | None) -> None:
        """A paused run goes on; whoever was taken over meanwhile is fenced off."""
        self._goes_on(self._some(number), pause_at)

    @precondition(lambda self: self.processes)
    @rule(number=which)
    def dies(self, number: int) -> None:
        """A paused run's process is killed."""
        process = self._some(number)
        self.processes.remove(process)
        self.gone.append(process)
        self.seen["runs killed"] += 1
        if self.model.holder == process.run_id:
            self.loses_lock()

    @precondition(lambda self: self.model.holder is not None)
    @rule()
    def loses_lock(self) -> None:
        """The holder is cut off: another may take over while it is paused."""
        self.store.memory.crash()
        self.model.lose_lock()

    @precondition(lambda self: self.processes)
    @rule(number=which)
    def is_cancelled(self, number: int) -> None:
        """A paused run is told to stop."""
        process = self._some(number)
        process.task.cancel()
        self.loop.run_until_complete(asyncio.wait({process.task}))
        assert process.task.cancelled()
        self.processes.remove(process)
        self.seen["runs cancelled"] += 1
        self.model.cancel(process.run_id)

    @rule(reading=readings)
    def has_another_parser(self, reading: Reading) -> None:
        """A new version reads otherwise; pages that are in stay as they were read."""
        self.reading = reading

    @rule()
    def reads_again(self) -> None:
        """Every stored page is read with the present parser."""
        work = reprocess(self.store, self._market(), self.clock, self.witness)
        if self.model.holder is not None:
            self._is_refused(work)
            return
        run = self.loop.run_until_complete(work)
        self.seen["re-readings"] += 1
        counted = run.counters
        settled = all(page.reading == self.reading for page in self.model.pages)
        assert not settled or counted.received == counted.unchanged + counted.rejected, "read again, written again"
        self.model.reprocess(self.reading, withdrawn=run.counters.withdrawn)

    @invariant()
    def agrees(self) -> None:
        """Every table is as the model says, and nothing crashed but what was made to."""
        state = self.store.memory.feeds.get(Feed(source=Unsteady.NAME))
        wrong = disagreements(self.model, state) if state else []
        wrong += [repr(crash) for crash in self.witness.crashes if not isinstance(crash, ValueError)]
        assert not wrong, "\n".join(wrong)

    def teardown(self) -> None:
        """Let go of what is still paused."""
        left = {process.task for process in (*self.processes, *self.gone)}
        for task in left:
            task.cancel()
        self.loop.run_until_complete(_all(left))
        self.loop.close()

    def _listing(self, fails: tuple[int, Exception] | None = None, *, accepts: bool = False) -> Listing:
        return Listing(sweep=self.sweep, by_id=self.by_id, reading=self.reading, fails=fails, accepts=accepts)

    def _market(self) -> Unsteady:
        return Unsteady(self.clock, self._listing())

    def _starts(self, pause_at: int | None, fails: tuple[int, Exception] | None, *, accepts: bool = False) -> None:
        listing = self._listing(fails, accepts=accepts)
        market = Unsteady(self.clock, listing)
        work = ingest(self.store, market, self.clock, self.witness, accept_list=accepts)
        task = self.loop.create_task(work)
        play = self.model.ingest(listing, self.clock.now())
        process = Process(market, task, play, run_id=len(self.model.runs) + 1)
        self.processes.append(process)
        self._goes_on(process, pause_at)

    def _some(self, number: int) -> Process:
        return self.processes[number % len(self.processes)]

    def _is_refused(self, work: Awaitable[object]) -> None:
        (outcome,) = self.loop.run_until_complete(_all([work]))
        assert isinstance(outcome, SourceBusy)

    def _goes_on(self, process: Process, pause_at: int | None) -> None:
        """Both go on up to the pause, or to their end."""
        process.market.wake(pause_at)
        self.loop.run_until_complete(process.market.pauses_or_ends(process.task))
        try:
            while next(process.play) != pause_at:
                pass
        except StopIteration as end:
            self.processes.remove(process)
            self.seen[f"runs {end.value}"] += 1
            _ended(process.task, end.value)
        else:
            assert not process.task.done(), f"paused before {pause_at} in the model only"


async def _all(work: Iterable[Awaitable[object]]) -> list[object]:
    """What each came to, be it an error."""
    return await asyncio.gather(*work, return_exceptions=True)


def _ended(task: "asyncio.Task[Run]", status: str) -> None:
    assert task.done(), f"{status} in the model, still running in fact"
    if status == "fenced":
        assert isinstance(task.exception(), FencedOff)
    else:
        assert task.result().status == status


def play(*, examples: int, steps: int, number: int) -> tuple[str, ...]:
    """Play so many examples; what failed, with the shortest steps that lead there."""
    bounds = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    try:
        run_state_machine_as_test(seed(number)(Ingesting), settings=bounds)
    except AssertionError as error:
        return (f"seed {number}: {''.join(traceback.format_exception(error))}",)
    return ()


def run(scale: float, number: int) -> PartResult:
    """Play it at a scale."""
    examples = scaled(EXAMPLES, scale)
    Ingesting.seen.clear()
    failures = play(examples=examples, steps=STEPS, number=number)
    return PartResult(
        rounds=examples,
        checked="after each step: every table, cursor, sweep and run as a dict says",
        figures={"steps": STEPS, **Ingesting.seen},
        failures=failures,
    )


PARTS = (
    Part(
        name="machine",
        rows="1, 14-22, 29-31, 34",
        goal="2,000 examples of 50 steps agree with a dict",
        run=run,
    ),
)
