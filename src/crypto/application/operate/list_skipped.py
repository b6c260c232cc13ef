"""List the records that were passed over, by reading stored pages again: only their bytes are stored."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from msgspec import Struct

from crypto.application.errors import BadRequest, UnknownPage, UnknownRun
from crypto.application.ports import PageArchive, PageReader
from crypto.application.query.list_cursor import cursor_after, key_of
from crypto.domain.page import ParsedPage, RawPage, StoredPage
from crypto.domain.skip import StoredSkip

PAGES_AT_ONCE = 8
"""So many pages of a run are read for one part of the list at most."""


class SkippedFilter(Struct, frozen=True, kw_only=True):
    """Whose records: those of a page, or of the pages that a run brought."""

    page_id: int | None = None
    run_id: int | None = None


class SkippedKey(NamedTuple):
    """The order of the list, that of arrival; `after` counts the positions of the page that are done with."""

    page_id: int
    after: int


class SkippedList(Struct, frozen=True, kw_only=True):
    """Part of the list; it may be short, or empty, before its end. `next_cursor` is None there only."""

    skipped: Sequence[StoredSkip]
    page_size: int
    next_cursor: str | None


class ListSkipped:
    """Reads stored pages with the present parsers, by their feeds as people write them; one page at a time."""

    def __init__(
        self,
        *,
        archive: PageArchive,
        reader: PageReader,
        parsers: Mapping[str, Callable[[RawPage], ParsedPage]],
    ) -> None:
        self._archive = archive
        self._reader = reader
        self._parsers = parsers
        self._one_at_a_time = asyncio.Lock()

    async def __call__(
        self, wanted: SkippedFilter, *, page_size: int = 100, cursor: str | None = None
    ) -> SkippedList:
        """The first part, or the one after `cursor`.

        :raises BadRequest: for neither a page nor a run, or both; for a foreign cursor.
        :raises UnknownPage: when there is no such page.
        :raises UnknownRun: when there is no such run.
        :raises StoreUnavailable: when the database cannot be used.
        """
        if (wanted.page_id is None) == (wanted.run_id is None):
            raise BadRequest("give page_id or run_id: whose skipped records are to be listed", parameter="page_id")
        start = key_of(cursor, wanted, SkippedKey) if cursor else SkippedKey(0, 0)
        page_ids = await self._page_ids(wanted, start)
        found: list[StoredSkip] = []
        for page_id in page_ids[:PAGES_AT_ONCE]:
            done = start.after if page_id == start.page_id else 0
            found += await self._skipped(page_id, done)
            if len(found) > page_size:
                break
        part = found[:page_size]
        follows = next((SkippedKey(page_id, 0) for page_id in page_ids[PAGES_AT_ONCE:]), None)
        if len(found) > page_size:
            follows = SkippedKey(part[-1].page_id, part[-1].skip.position + 1)
        return SkippedList(
            skipped=part,
            page_size=page_size,
            next_cursor=cursor_after(follows, wanted) if follows else None,
        )

    async def _page_ids(self, wanted: SkippedFilter, start: SkippedKey) -> Sequence[int]:
        """The pages to read, and one more where there is one."""
        if wanted.page_id is not None:
            return [wanted.page_id]
        found = await self._reader.pages_of(wanted.run_id or 0, after=start.page_id - 1, limit=PAGES_AT_ONCE + 1)
        if found is None:
            raise UnknownRun(f"there is no run {wanted.run_id}; `crypto runs` or /runs lists them")
        return found

    async def _skipped(self, page_id: int, done: int) -> list[StoredSkip]:
        async with self._one_at_a_time:
            stored = await self._archive.stored_page(page_id)
            if stored is None:
                raise UnknownPage(f"no page {page_id} is stored; each quote and each rejection names its page_id")
            parsed = await asyncio.to_thread(self._parsed, stored)
        return [
            StoredSkip(page_id=page_id, source=stored.page.source, feed=stored.page.feed, skip=each)
            for each in parsed.skips
            if each.position >= done
        ]

    def _parsed(self, stored: StoredPage) -> ParsedPage:
        """What the present parser finds in a page; nothing, where this program has none for its feed any more."""
        parse = self._parsers.get(str(stored.page.of))
        return parse(stored.page) if parse else ParsedPage()
