"""Try again what the database did not take: at once when another was in the way, with waits when it is away."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import TypeAlias, TypeVar

from crypto.application.errors import StoreAway, StoreContended, StoreUnavailable
from crypto.application.ports import Clock
from crypto.application.ports.ledger import unheard

T = TypeVar("T")

ATTEMPTS = 5
"""How often a write is tried that meets another transaction."""

OUTAGE_SECONDS = 60.0
"""How long a run waits for a database that is away, attempts included: a restart or a failover takes less."""

OPENING_SECONDS = 10.0
"""How long a command that begins waits for a server that says it is starting, stopping or full."""

FIRST_PAUSE, LONGEST_PAUSE = 0.1, 5.0
"""Seconds between attempts, doubled each time; the longest bounds how late a server that is back is noticed."""


Hear: TypeAlias = Callable[[StoreUnavailable], None]
"""What is called, once, when a database that is away is waited for."""


async def retried(
    clock: Clock,
    attempt: Callable[[], Awaitable[T]],
    *,
    seconds: float = OUTAGE_SECONDS,
    waits_for: type[StoreAway] = StoreAway,
    hear: Hear = unheard,
) -> T:
    """What an attempt gives that may meet another transaction or a database that is away.

    Only failures of the kind `waits_for` are waited out, for so many `seconds` in all. `hear` is told
    of the first.

    :raises StoreContended: when the last of the attempts met another transaction, too.
    :raises StoreUnavailable: when the database was not back in time, or cannot be used.
    """
    contended, away, waited = 0, 0, 0.0
    while True:
        began = asyncio.get_running_loop().time()
        try:
            return await attempt()
        except StoreContended:
            contended += 1
            if contended == ATTEMPTS:
                raise
            pause = pause_before(contended)
        except waits_for as error:
            away += 1
            pause = pause_before(away)
            waited += asyncio.get_running_loop().time() - began + pause
            if waited > seconds:
                raise StoreUnavailable(_given_up(error, seconds)) from error
            if away == 1:
                hear(error)
        await clock.sleep(pause)


def pause_before(number: int) -> float:
    """Seconds before the next attempt after so many; with jitter, so that not all who wait come back at once."""
    longest = min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** (number - 1))
    return longest * (0.5 + random.random() / 2)  # noqa: S311 - spreads waits, guards no secret


def _given_up(error: StoreAway, seconds: float) -> str:
    return f"{error}; it was waited for {seconds:.0f} s" if seconds else str(error)
