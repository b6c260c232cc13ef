"""A feed: one data set of one source, and how it behaves."""

from datetime import timedelta

from msgspec import Struct

from crypto.domain.allowance import Allowance

PRICES = "prices"
"""The feed that every source has: what its coins cost now."""


class Feed(Struct, frozen=True, kw_only=True, order=True):
    """What lock, checkpoint, schedule, runs, raw pages, rejections and schema drift belong to.

    The budget of requests belongs to the account of the `source`, so that all its feeds share it.
    """

    source: str
    name: str = PRICES

    def __str__(self) -> str:
        """As people write it: `coingecko`, or `coingecko/catalogue` for a feed beside the prices."""
        return self.source if self.name == PRICES else f"{self.source}/{self.name}"

    @classmethod
    def called(cls, text: str) -> "Feed":
        """The feed that people write so: `coingecko`, or `coingecko/categories`."""
        source, _, name = text.partition("/")
        return cls(source=source, name=name or PRICES)


class FeedProfile(Struct, frozen=True, kw_only=True):
    """What the use cases must know of a feed before they read it.

    `interval`: how often it is read. `max_age`: how old a quote may be, by the source's own stamp, and still pass
    for current. `update_cycle`: the age that the newest stamp of a working feed does not reach; None for what does
    not tick. `sweep_lifetime`: how old a half-done sweep may be and still be resumed; None: always.
    `parser_version` is raised whenever `parse` reads the same bytes differently, and stored with each page.
    `allowance`: how often its provider may be asked; None: it reads files, and no one counts.

    `lists_every_coin`: whether a complete sweep names every coin that is listed, down to where its list is cut.
    `most_pages`: how many pages its list is read for at most, as it is set up now; None: as many as there are.
    `cut_from`: a list of so many coins or more may go on below its last page, if that names any: a coin that it
    does not name is then below the pages that are read, and asked for by id; None: it never does. `followed`: the
    ids of coins that each sweep asks for if its list does not name them; a person chose them.
    """

    feed: Feed
    interval: timedelta
    max_age: timedelta
    parser_version: int
    update_cycle: timedelta | None = None
    sweep_lifetime: timedelta | None = None
    allowance: Allowance | None = None
    lists_every_coin: bool = False
    most_pages: int | None = None
    cut_from: int | None = None
    followed: tuple[str, ...] = ()

    @property
    def source(self) -> str:
        """The name of its source in settings, tables and answers."""
        return self.feed.source

    def is_cut(self, coins: int) -> bool:
        """Whether a list of so many coins may go on below its last page."""
        return self.cut_from is not None and coins >= self.cut_from
