"""The present moment, as the use cases need it."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """The present moment, and waiting for a later one."""

    def now(self) -> datetime:
        """The present moment, aware and in UTC."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait for so many seconds, and let others work meanwhile."""
        ...
