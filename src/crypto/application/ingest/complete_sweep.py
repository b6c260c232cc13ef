"""End a sweep whose list was read to its end: ask by id for the coins it missed, then say how complete it is."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import aclosing

from crypto.application.errors import SourceRefused, SourceUnavailable
from crypto.application.ingest.settle_run import Problems
from crypto.application.ingest.write_page import PageWriter
from crypto.application.ports import Claim, RunEvents, Source
from crypto.domain.coverage import Coverage
from crypto.domain.page import RawPage

MOST_PAGES_BY_ID = 4
"""Requests by id a sweep; each may ask for many coins, so a list of four pages could be asked for as a whole."""

Take = Callable[[RawPage], Awaitable[None]]
"""Writes a page."""


class CompleteSweep:
    """Reconciles what a sweep named with what the last good list named, and with the coins that are known.

    Lists shift while they are paged: a coin that moves up past the border of two pages at the wrong moment is on
    neither. And where a list is not read to its end, a coin may slip below the last page. With `accept_list` a
    list that lost more than half of its coins is believed, too.
    """

    def __init__(self, *, events: RunEvents, writer: PageWriter, accept_list: bool) -> None:
        self._events = events
        self._writer = writer
        self._accept_list = accept_list

    async def __call__(self, source: Source, claim: Claim, take: Take) -> Problems:
        """Ask, have the answers written by `take`, and end the sweep; what makes its run a failure."""
        coverage = await self._coverage(source, claim)
        cut = _is_cut(source, coverage)
        if coverage.has_shrunk and not self._accept_list:
            await self._end(claim, coverage, believed=False, cut=cut)
            return [_shrunken(source, coverage)]
        if coverage.unfollowed or coverage.unasked or (cut and coverage.below):
            others = coverage.unasked + (coverage.below if cut else ())
            await self._ask(source, claim, coverage, others, take)
            coverage = await self._coverage(source, claim)
        if coverage.unknown:
            self._events.unknown_coins(claim.run, coverage.unknown)
        await self._end(claim, coverage, believed=True, cut=cut)
        return []

    async def _ask(
        self, source: Source, claim: Claim, coverage: Coverage, others: Sequence[str], take: Take
    ) -> None:
        """Ask by id for the coins that are followed, and for others as often as a sweep may.

        The sweep is complete without that, and its figures say so.
        """
        left = MOST_PAGES_BY_ID - coverage.pages_by_id
        wanted = [*coverage.unfollowed, *(others if left > 0 else ())]
        followed = set(coverage.unfollowed)
        try:
            async with aclosing(source.pages_of(wanted)) as pages:
                while (left > 0 or followed) and (page := await anext(pages, None)):
                    await take(page)
                    left -= not followed
                    followed -= page.asked_for
        except (SourceUnavailable, SourceRefused) as error:
            self._events.left_unasked(claim.run, error)

    async def _coverage(self, source: Source, claim: Claim) -> Coverage:
        return await self._writer.with_retries(
            claim,
            lambda: claim.sweep.coverage(most_pages=source.profile.most_pages, followed=source.profile.followed),
        )

    async def _end(self, claim: Claim, coverage: Coverage, *, believed: bool, cut: bool) -> None:
        await self._writer.with_retries(claim, lambda: claim.sweep.complete(coverage, believed=believed, cut=cut))


def _is_cut(source: Source, coverage: Coverage) -> bool:
    """Whether a coin that the list does not name may still be listed, below its last page."""
    return not coverage.ends and source.profile.is_cut(coverage.listed)


def _shrunken(source: Source, coverage: Coverage) -> str:
    return (
        f"shrunken_list: {source.profile.feed} lists {coverage.listed} coins where the last good list had"
        f" {coverage.expected}; what is stored stands. If it really lists so few now:"
        f" crypto ingest {source.profile.feed} --accept-list"
    )
