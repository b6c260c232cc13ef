"""List the records that are not believed, each with the reason why."""

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta

from msgspec import Struct
from msgspec.structs import replace

from crypto.application.operate.report_run_stats import check_known
from crypto.application.ports import RejectionReader, RunReader
from crypto.application.query.list_cursor import cursor_after
from crypto.application.query.quote_page import PageRequest, check_text
from crypto.domain.rejection import RejectionFilter, RejectionKey, StoredRejection

MOST_COUNTED = 10_000
"""A longer list is not counted to its end: the count would take longer than the answer."""

OPEN = RejectionFilter()


class RejectionList(Struct, frozen=True, kw_only=True):
    """Part of the rejections, those that arrived last first.

    `total` is how many there are in all, or where `is_counted` is false the number up to which they were counted.
    `page` is None after a cursor, `next_cursor` at the end.
    """

    rejections: Sequence[StoredRejection]
    total: int
    is_counted: bool
    page: int | None
    page_size: int
    next_cursor: str | None


class ListRejections:
    """Reads the rejections; `intervals` has each source that is switched on and how often it is asked.

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

    async def __call__(
        self,
        wanted: RejectionFilter = OPEN,
        *,
        page: int | None = None,
        page_size: int = 20,
        cursor: str | None = None,
    ) -> RejectionList:
        """The `page`-th part of them, from 1, or the one after `cursor`.

        :raises UnknownSource: for a source that there is not, and that was never ingested.
        :raises BadRequest: for a foreign cursor, a page out of reach, text that cannot be stored.
        :raises StoreUnavailable: when the database cannot be used.
        """
        check_text(wanted)
        await check_known(wanted.source, self._names, self._run_log)
        asked = PageRequest(page=page, page_size=page_size, cursor=cursor).window(wanted, RejectionKey)
        window = replace(asked, limit=page_size + 1)
        found, total = await self._reader.rejections(wanted, window, count_to=MOST_COUNTED + 1)
        part = found[:page_size]
        return RejectionList(
            rejections=part,
            total=min(total, MOST_COUNTED),
            is_counted=total <= MOST_COUNTED,
            page=window.offset // page_size + 1 if window.after is None else None,
            page_size=page_size,
            next_cursor=cursor_after(part[-1].key, wanted) if len(found) > page_size else None,
        )
