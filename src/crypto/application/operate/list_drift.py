"""List what differs from the records that the sources are known to send."""

from collections.abc import Sequence

from crypto.application.ports import DriftReader
from crypto.domain.drift import SeenDrift


class ListDrift:
    """Reads what is on record of schema drift."""

    def __init__(self, *, reader: DriftReader) -> None:
        self._reader = reader

    async def __call__(self) -> Sequence[SeenDrift]:
        """All of it, by source and path.

        :raises StoreUnavailable: when the database cannot be used.
        """
        return await self._reader.drift()
