"""End a run as its work went: succeeded, failed with a reason, cancelled; never left hanging."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, TypeVar

from crypto.application.errors import CryptoError, FencedOff, SourceUnavailable, StoreUnavailable
from crypto.application.ports import Claim, Clock, RunEvents
from crypto.application.retries import OUTAGE_SECONDS, retried
from crypto.domain.page import Cursor
from crypto.domain.rejection import printable
from crypto.domain.run import Run, RunStatus

T = TypeVar("T")

STOP_SECONDS = 5.0
"""How long a run that was told to stop goes on trying to write how it ended; else the next holder ends it."""

ERROR_CHARACTERS = 2000
"""What is kept of an error: providers' words may be long, and hold what no database takes."""

Problems = Sequence[str]
"""What makes a run a failure although its work was done to the end."""


class SettleRun:
    """Does the work of a run and ends the run, whatever comes of it."""

    def __init__(self, *, events: RunEvents, clock: Clock) -> None:
        self._events = events
        self._clock = clock

    async def __call__(
        self,
        claim: Claim,
        work: Awaitable[Problems],
        *,
        failed_at: Callable[[CryptoError], Cursor | None] = lambda _: None,
    ) -> Run:
        """The run as it ended; `failed_at` tells where the page is that an error kept from coming.

        :raises FencedOff: when a newer holder took over; it ends the run.
        :raises StoreUnavailable: when the database cannot be used, or was away for too long; the run is a failure
            if that could be written.
        """
        try:
            problems = await work
        except asyncio.CancelledError as stopped:
            await self._cancel(claim, stopped)
            raise
        except FencedOff:
            raise
        except StoreUnavailable as error:
            with suppress(StoreUnavailable):  # then the next holder ends the run
                await self._end(claim, RunStatus.FAILURE, error=f"storage: {error}", seconds=0)
            raise
        except CryptoError as error:
            return await self._end(claim, RunStatus.FAILURE, error=_told(error), failed_cursor=failed_at(error))
        except Exception as error:  # noqa: BLE001 - the boundary that isolates one source from the next
            self._events.crashed(claim.run, error)
            return await self._end(claim, RunStatus.FAILURE, error=f"{type(error).__name__}: {error}")
        status = RunStatus.FAILURE if problems else RunStatus.SUCCESS
        return await self._end(claim, status, error="; ".join(problems) or None)

    async def _cancel(self, claim: Claim, stopped: asyncio.CancelledError) -> None:
        try:
            async with asyncio.timeout(STOP_SECONDS):
                stop = partial(claim.finish, RunStatus.CANCELLED, error="stopped by a signal")
                await self._written(claim, stop, seconds=OUTAGE_SECONDS)
        except (CryptoError, TimeoutError) as error:
            raise stopped from error  # who stopped us must see that we stop

    async def _end(
        self,
        claim: Claim,
        status: RunStatus,
        *,
        error: str | None,
        failed_cursor: Cursor | None = None,
        seconds: float = OUTAGE_SECONDS,
    ) -> Run:
        told = None if error is None else _shortened(error)
        finish = partial(claim.finish, status, error=told, failed_cursor=failed_cursor)
        return await _to_its_end(self._written(claim, finish, seconds=seconds))

    async def _written(self, claim: Claim, finish: Callable[[], Awaitable[Run]], *, seconds: float) -> Run:
        hear = partial(self._events.database_away, claim.run)
        run = await retried(self._clock, finish, seconds=seconds, hear=hear)
        self._events.finished(run)
        return run


def _shortened(error: str) -> str:
    """What is kept of it; one that is cut ends with dots."""
    cut = len(error) > ERROR_CHARACTERS
    return (
        f"{printable(error, characters=ERROR_CHARACTERS - 4)} ..."
        if cut
        else printable(error, characters=len(error))
    )


def _told(error: CryptoError) -> str:
    """What went wrong, and how the answer began that was none."""
    beginning = error.beginning if isinstance(error, SourceUnavailable) else b""
    began = " ".join(beginning.decode("utf-8", "backslashreplace").split())
    return f"{error}; it began: {began}" if began else str(error)


async def _to_its_end(work: Coroutine[Any, Any, T]) -> T:
    """What the work gives; a cancellation waits for it, as it must not be half done, but not for ever."""
    task = asyncio.create_task(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait({task}, timeout=STOP_SECONDS)
        task.cancel()
        await asyncio.wait({task})
        raise
