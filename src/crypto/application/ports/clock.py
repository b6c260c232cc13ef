"""The present moment, as the use cases need it."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """The present moment, and waiting for a later one."""

    def now(self) -> datetime:
        """Aware UTC."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Let others work for so long."""
        ...
