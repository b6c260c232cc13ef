"""The `crypto` command with a second feed of CoinGecko, as a module more and a line of the registry would add it.

python -m tests.support.second_feed ingest coingecko/catalogue
"""

from collections.abc import AsyncGenerator
from types import MappingProxyType

from msgspec.structs import replace

from crypto.adapters import registry
from crypto.adapters.sources.coingecko import CoinGecko, Options
from crypto.application.ports import Clock, RequestBudget, Source
from crypto.domain.feed import Feed
from crypto.domain.page import Cursor, RawPage

CATALOGUE = Feed(source="coingecko", name="catalogue")


class Catalogue(CoinGecko):
    """The same list once more, as a data set of its own."""

    def __init__(self, options: Options, *, clock: Clock, budget: RequestBudget) -> None:
        super().__init__(options, clock=clock, budget=budget)
        self.profile = replace(self.profile, feed=CATALOGUE, lists_every_coin=False)

    async def pages(self, cursor: Cursor) -> AsyncGenerator[RawPage, None]:
        async for page in super().pages(cursor):
            yield replace(page, feed=CATALOGUE.name)


def build(options: Options, *, clock: Clock, budget: RequestBudget) -> Source:
    return Catalogue(options, clock=clock, budget=budget)


def register() -> None:
    kinds = dict(registry.SOURCES)
    kinds["coingecko"] = replace(kinds["coingecko"], feeds=MappingProxyType({CATALOGUE.name: build}))
    registry.SOURCES = MappingProxyType(kinds)


if __name__ == "__main__":
    register()
    from crypto.entrypoints.cli import main  # only now: what it imports holds the registry as it is then

    main()
