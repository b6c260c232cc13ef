"""Show a stored page: what is known of it, and its bytes exactly as they were received."""

from collections.abc import AsyncIterator

from crypto.application.errors import StoreUnavailable, UnknownPage
from crypto.application.ports import PageReader
from crypto.domain.page import PageFacts

PART = 4 * 1024 * 1024
"""Bytes of a body that are in memory at once: so much of it is sent before more is read."""


class ReadPage:
    """Reads stored pages."""

    def __init__(self, *, reader: PageReader) -> None:
        self._reader = reader

    async def __call__(self, page_id: int) -> PageFacts:
        """What is known of the page with this id.

        :raises UnknownPage: when there is none.
        :raises StoreUnavailable: when the database cannot be used.
        """
        found = await self._reader.page_facts(page_id)
        if found is None:
            raise UnknownPage(f"no page {page_id} is stored; each quote and each rejection names its page_id")
        return found

    async def body(self, page: PageFacts) -> AsyncIterator[bytes]:
        """Its bytes, part by part; the first part is read before this returns.

        :raises StoreUnavailable: when the database cannot be used, or the page is gone meanwhile; later on also
            out of the iteration.
        """
        first = await self._part(page, 0)
        return self._parts(page, first)

    async def _parts(self, page: PageFacts, first: bytes) -> AsyncIterator[bytes]:
        yield first
        for start in range(PART, page.size_bytes, PART):
            yield await self._part(page, start)

    async def _part(self, page: PageFacts, start: int) -> bytes:
        part = await self._reader.body_part(page, start=start, size=PART)
        if len(part) != min(PART, page.size_bytes - start):
            raise StoreUnavailable(f"page {page.page_id} is no longer stored as it was a moment ago; ask again")
        return part
