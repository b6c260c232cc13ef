"""Runs as tests start them: the real use cases over a store under test."""

from collections.abc import Sequence

from crypto.application.errors import CryptoError, StoreUnavailable
from crypto.application.ingest.ingest_source import IngestSource
from crypto.application.ingest.plan_sweep import PlanSweep
from crypto.application.ingest.reprocess_pages import ReprocessPages
from crypto.application.ports import Clock, Source
from crypto.domain.page import StoredPage
from crypto.domain.run import Checkpoint, Counters, Run
from crypto.domain.sweep_plan import SweepPlan
from tests.support.stores import Store


class Witness:
    """Remembers what runs told of themselves."""

    def __init__(self) -> None:
        self.finished_runs: list[Run] = []
        self.pages: list[tuple[StoredPage, Counters]] = []
        self.crashes: list[BaseException] = []
        self.unasked: list[CryptoError] = []
        self.unknown: list[tuple[str, ...]] = []
        self.outages: list[StoreUnavailable] = []
        self.checkpoints: list[Checkpoint] = []
        self.plans: list[SweepPlan] = []
        self.redeclarations: list[tuple[tuple[str, ...], int]] = []

    def started(self, run: Run, checkpoint: Checkpoint) -> None:
        self.checkpoints.append(checkpoint)

    def planned(self, run: Run, plan: SweepPlan) -> None:
        self.plans.append(plan)

    def page_committed(self, run: Run, stored: StoredPage, outcome: Counters) -> None:
        self.pages.append((stored, outcome))

    def left_unasked(self, run: Run, error: CryptoError) -> None:
        self.unasked.append(error)

    def unknown_coins(self, run: Run, coin_ids: Sequence[str]) -> None:
        self.unknown.append(tuple(coin_ids))

    def redeclared(self, run: Run, parts: Sequence[str], withdrawn: int) -> None:
        self.redeclarations.append((tuple(parts), withdrawn))

    def finished(self, run: Run) -> None:
        self.finished_runs.append(run)

    def database_away(self, run: Run, error: StoreUnavailable) -> None:
        self.outages.append(error)

    def budget_away(self, source: str, error: StoreUnavailable) -> None:
        self.outages.append(error)

    def crashed(self, run: Run, error: BaseException) -> None:
        self.crashes.append(error)


async def ingest(
    store: Store,
    source: Source,
    clock: Clock,
    witness: Witness | None = None,
    plan_sweep: PlanSweep | None = None,
    *,
    accept_list: bool = False,
) -> Run:
    """One ingest run."""
    events = witness or Witness()
    use_case = IngestSource(
        ledger=store.ledger,
        archive=store.archive,
        events=events,
        clock=clock,
        plan_sweep=plan_sweep,
        accept_list=accept_list,
    )
    return await use_case(source)


async def reprocess(
    store: Store,
    source: Source,
    clock: Clock,
    witness: Witness | None = None,
    *,
    current_settings: bool = False,
) -> Run:
    """One re-processing run over all pages."""
    events = witness or Witness()
    use_case = ReprocessPages(ledger=store.ledger, archive=store.archive, events=events, clock=clock)
    return await use_case(source, current_settings=current_settings)
