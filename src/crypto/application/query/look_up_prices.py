"""Find the price of coins at moments: what a source said then, or last before, and how old that was."""

from collections.abc import Collection, Sequence

from crypto.application.errors import BadRequest, OutOfBounds
from crypto.application.ports import PriceLookupReader
from crypto.application.query.quote_page import check_text
from crypto.domain.market_data import Lookup

MOST_LOOKUPS = 10_000
"""In one question."""


class LookUpPrices:
    """Looks up quotes; `sources` are those that there are, on or off."""

    def __init__(self, *, reader: PriceLookupReader, sources: Collection[str]) -> None:
        self._reader = reader
        self._sources = frozenset(sources)

    async def __call__(self, asked: Sequence[Lookup]) -> bytes:
        """An answer to each, in their order, as JSON: see `PriceLookupReader`.

        :raises BadRequest: for too many, for a source that there is not, and for text that no coin can have.
        :raises StoreUnavailable: when the database cannot be used.
        """
        if len(asked) > MOST_LOOKUPS:
            raise OutOfBounds(
                f"ask for at most {MOST_LOOKUPS:,} prices at once, not for {len(asked):,}", parameter="lookups"
            )
        for place, each in enumerate(asked):
            self._check(place, each)
        return await self._reader.look_up_json(asked)

    def _check(self, place: int, asked: Lookup) -> None:
        if asked.source not in self._sources:
            there_are = ", ".join(sorted(self._sources))
            said = f"lookups[{place}]: there is no source {asked.source!r}; there are {there_are}"
            raise BadRequest(said, parameter="lookups")
        check_text(asked)
