"""Wait for something that another process does and that can only be looked at."""

import asyncio
from collections.abc import Callable


async def until(happened: Callable[[], bool], *, look_every: float = 0.002) -> None:
    """Look again and again, until it happened."""
    while not happened():  # noqa: ASYNC110 - no event of ours tells of another process
        await asyncio.sleep(look_every)
