"""Random histories of sources: what providers say, how it is cut into runs, and what is read again."""

from datetime import timedelta
from decimal import Decimal

from hypothesis import strategies as st
from msgspec.structs import replace

from crypto.application.errors import SourceUnavailable
from crypto.domain.page import RawPage
from tests.support.clock import NOON, ManualClock
from tests.support.market import Market, Record
from tests.support.runs import Witness, ingest, reprocess
from tests.support.stores import Store

COINS = ("btc", "eth", "BTC")
SOURCES = ("coingecko", "coinpaprika")

records: st.SearchStrategy[Record] = st.tuples(
    st.sampled_from(COINS), st.integers(0, 3), st.sampled_from(["1", "2", "3.84e-18", "-1", None])
)
pages = st.lists(records, min_size=1, max_size=4)
sweeps = st.lists(pages, min_size=1, max_size=5)
sayings = st.fixed_dictionaries(dict.fromkeys(SOURCES, sweeps))
readings = st.tuples(
    st.integers(-1, 2),
    st.sampled_from(["1", "2"]),
    st.sets(st.sampled_from(COINS), max_size=1),
    st.sampled_from([None, "2"]),
)
"""What a parser fix changes: minutes added to stamps, factor of prices, coins not found, a price ceiling."""

steps = st.lists(
    st.one_of(
        st.tuples(st.just("ingest"), st.sampled_from(SOURCES), st.integers(1, 3)),
        st.tuples(st.just("reprocess"), st.sampled_from(SOURCES), st.none()),
    ),
    max_size=8,
)
fixes = st.lists(
    st.one_of(
        st.tuples(st.just("ingest"), st.sampled_from(SOURCES), st.integers(1, 3)),
        st.tuples(st.just("reprocess"), st.sampled_from(SOURCES), readings),
    ),
    max_size=8,
)
Step = tuple[str, str, object]


class DatedMarket(Market):
    """A page's arrival is told by its number, whenever it is fetched: histories can be compared."""

    def page(self, records: list[Record], number: int = 0) -> RawPage:  # type: ignore[override]
        arrival = NOON + timedelta(seconds=number)
        return replace(super().page(records, number), received_at=arrival, requested_at=arrival)


class Told:
    """Sources that say what they were given, page after page, in runs as long as a step allows."""

    def __init__(self, store: Store, clock: ManualClock, says: dict[str, list[list[Record]]]) -> None:
        self.store, self.clock, self.witness = store, clock, Witness()
        self._says = says
        self._done = dict.fromkeys(says, 0)
        self.markets = {
            name: DatedMarket(clock, name=name, sweep_lifetime=None, lists_every_coin=False) for name in says
        }

    async def take(self, step: Step) -> None:
        kind, name, how = step
        self.clock.advance(1)
        if kind == "ingest":
            await self._ingest(name, int(str(how)))
        else:
            self._read(name, how)
            await reprocess(self.store, self.markets[name], self.clock, self.witness)

    async def _ingest(self, name: str, how_many: int) -> None:
        """A run that gets so many more pages, then finds its provider away, if pages are left."""
        market, said = self.markets[name], self._says[name]
        if self._done[name] == len(said):
            return
        self._done[name] = reached = min(self._done[name] + how_many, len(said))
        market.sweep = [*said[:reached], *([SourceUnavailable("away")] if reached < len(said) else [])]
        await ingest(self.store, market, self.clock, self.witness)

    def _read(self, name: str, reading: object) -> None:
        if isinstance(reading, tuple):
            shift, factor, drops, ceiling = reading
            market = self.markets[name]
            market.shift, market.factor, market.drops = shift, Decimal(factor), frozenset(drops)
            market.ceiling = None if ceiling is None else Decimal(ceiling)

    async def finish(self) -> None:
        """Everything that is said is taken."""
        for name, said in self._says.items():
            await self._ingest(name, len(said))
