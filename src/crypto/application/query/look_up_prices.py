"""Find the price of coins at moments: what a source said then, or last before, and how old that was."""

from collections.abc import Collection, Sequence

from crypto.application.errors import BadRequest, OutOfBounds
from crypto.application.ports import PriceLookupReader
from crypto.domain.market_data import Lookup
from crypto.domain.quote import is_storable

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
        unknown = {each.source for each in asked} - self._sources
        if unknown:
            there_are = ", ".join(sorted(self._sources))
            said = f"there is no source {min(unknown)!r}; there are {there_are}"
            raise BadRequest(said, parameter="lookups")
        if not is_storable("".join([each.coin_id for each in asked])):
            raise BadRequest("a coin_id holds a NUL or a lone surrogate", parameter="lookups")
        return await self._reader.look_up_json(asked)
