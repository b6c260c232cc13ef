"""The machine's clock."""

import asyncio
from datetime import UTC, datetime


class SystemClock:
    """The present moment, and waiting for a later one."""

    def now(self) -> datetime:
        """Aware UTC."""
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        """Let others work for so long."""
        await asyncio.sleep(seconds)
