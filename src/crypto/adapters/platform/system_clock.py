"""The machine's clock."""

import asyncio
from datetime import UTC, datetime


class SystemClock:
    """The machine's clock: tells the present moment, and waits for a later one."""

    def now(self) -> datetime:
        """The present moment, aware and in UTC."""
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        """Wait for so many seconds, and let others work meanwhile."""
        await asyncio.sleep(seconds)
