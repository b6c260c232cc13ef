"""Who hears of what a run does."""

from collections.abc import Sequence
from typing import Protocol

from crypto.application.errors import CryptoError, StoreUnavailable
from crypto.domain.page import StoredPage
from crypto.domain.run import Checkpoint, Counters, Run
from crypto.domain.sweep_plan import SweepPlan


class RunEvents(Protocol):
    """Told of what a run does while it does it: for progress bars and logs."""

    def started(self, run: Run, checkpoint: Checkpoint) -> None:
        """A source was claimed; it goes on where the checkpoint says."""
        ...

    def planned(self, run: Run, plan: SweepPlan) -> None:
        """What the rest of the sweep will cost and when it will end; told before the first request."""
        ...

    def page_committed(self, run: Run, stored: StoredPage, outcome: Counters) -> None:
        """A page is stored; `outcome` counts what became of its records."""
        ...

    def left_unasked(self, run: Run, error: CryptoError) -> None:
        """Coins that the list missed could not be asked for by id; the sweep ends without them."""
        ...

    def unknown_coins(self, run: Run, coin_ids: Sequence[str]) -> None:
        """The source gives no coin of these ids, which it is set up to follow."""
        ...

    def redeclared(self, run: Run, parts: Sequence[str], withdrawn: int) -> None:
        """So many quotes of these parts are withdrawn, as the parts are declared otherwise by now."""
        ...

    def finished(self, run: Run) -> None:
        """A run ended; its status says how."""
        ...

    def database_away(self, run: Run, error: StoreUnavailable) -> None:
        """The database cannot be reached, and the run waits for it."""
        ...

    def budget_away(self, source: str, error: StoreUnavailable) -> None:
        """The database that counts a source's requests is away; its run waits for it."""
        ...

    def crashed(self, run: Run, error: BaseException) -> None:
        """A run ended by an error nobody expected: its traceback belongs in the log."""
        ...
