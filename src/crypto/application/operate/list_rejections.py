"""List the records that are not believed, each with the reason why."""

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta

from msgspec import Struct

from crypto.application.operate.report_run_stats import check_known
from crypto.application.ports import RejectionReader, RunReader
from crypto.domain.rejection import OpenRejection


class RejectionList(Struct, frozen=True, kw_only=True):
    """Part of the open rejections, those that arrived last first; `total` is how many there are in all."""

    rejections: Sequence[OpenRejection]
    total: int


class ListRejections:
    """Reads the open rejections; `intervals` has each source that is switched on and how often it is asked.

    `off` names the others that there are.
    """

    def __init__(
        self,
        *,
        reader: RejectionReader,
        run_log: RunReader,
        intervals: Mapping[str, timedelta],
        off: Collection[str] = (),
    ) -> None:
        self._reader = reader
        self._run_log = run_log
        self._names = {*intervals, *off}

    async def __call__(self, *, source: str | None = None, page: int = 1, page_size: int = 20) -> RejectionList:
        """The `page`-th part of them, from 1.

        :raises UnknownSource: for a source that there is not, and that was never ingested.
        :raises StoreUnavailable: when the database cannot be used.
        """
        await check_known(source, self._names, self._run_log)
        offset = (page - 1) * page_size
        rejections, total = await self._reader.rejections(source=source, limit=page_size, offset=offset)
        return RejectionList(rejections=rejections, total=total)
