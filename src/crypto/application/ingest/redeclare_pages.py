"""Keep stored pages of a source as their parts are declared now, once those were read anew under that."""

from crypto.application.ingest.write_page import PageWriter
from crypto.application.ports import Claim, DeclaredSource, PageArchive, RunEvents, Source
from crypto.domain.page import Cursor


class RedeclarePages:
    """What an ingest does last: no quote stays that was read as nobody declares it any more.

    Cut off in the middle it is begun again by the next ingest, as the cursor still tells of the pages.
    """

    def __init__(self, *, archive: PageArchive, events: RunEvents, writer: PageWriter) -> None:
        self._archive = archive
        self._events = events
        self._writer = writer

    async def __call__(self, source: Source, claim: Claim, cursor: Cursor) -> None:
        """Do so with the pages that the source finds to be outdated at this cursor, and move on."""
        outdated = source.outdated(cursor) if isinstance(source, DeclaredSource) else None
        if outdated is None:
            return
        withdrawn = 0
        async for stored in self._archive.stored_pages(
            source.profile.feed, parts=outdated.parts, hear=self._writer.hears(claim)
        ):
            if page := outdated.now(stored.page):
                outcome = await self._writer.reprocess(source, claim, stored, page=page, at=cursor)
                withdrawn += outcome.withdrawn
        await self._writer.settle_withdrawn(source, claim, self._archive, at=cursor, withdrawn=withdrawn)
        await self._writer.move(claim, outdated.cursor_after)
        if withdrawn:
            self._events.redeclared(claim.run, sorted(outdated.parts), withdrawn)
