"""A provider of market data, as the use cases need it."""

from collections.abc import AsyncGenerator, Collection
from typing import Protocol, runtime_checkable

from crypto.domain.feed import FeedProfile
from crypto.domain.page import Cursor, ParsedPage, RawPage


class Source(Protocol):
    """One feed of a provider of market data. Two halves: `pages` does the I/O, `parse` is pure."""

    @property
    def profile(self) -> FeedProfile:
        """The source's name, and how its feed behaves: how often it moves, how old its quotes may be."""
        ...

    def requests_from(self, cursor: Cursor) -> int | None:
        """How many requests the sweep from `cursor` on takes if none fails; None: that cannot be known."""
        ...

    def pages(self, cursor: Cursor) -> AsyncGenerator[RawPage, None]:
        """The pages from `cursor` on ({}: from the start), fetched one by one, the last marked `is_last`.

        No page at all means that there is nothing new.

        :raises SourceUnavailable: when every attempt at a page failed, or its body is not the envelope.
        :raises SourceRefused: when asking again cannot help.
        """
        ...

    def pages_of(self, coin_ids: Collection[str]) -> AsyncGenerator[RawPage, None]:
        """The answers for these coins, asked for by id: pages whose context names the ids as `asked_for`.

        Their `cursor_after` is where the next sweep starts. Coins that cannot be asked for are left out, and all
        of them when the source has no such question. Those that are `followed` come first, as part of its
        schedule; the others are left out when its budget has no request to spare.

        :raises SourceUnavailable: when every attempt at a page failed, or its body is not the envelope.
        :raises SourceRefused: when asking again cannot help.
        """
        ...

    def cursor_past(self, cursor: Cursor) -> Cursor | None:
        """Where the page after the one at `cursor` starts; None when it is the last or cannot be known."""
        ...

    def parse(self, page: RawPage) -> ParsedPage:
        """Read a page's records. Pure, and never raises: each record is a quote or a rejection."""
        ...


class Outdated(Protocol):
    """Pages of some `parts` of a source that were kept as was declared before, and are not to stay so."""

    @property
    def parts(self) -> Collection[str]:
        """The names of the parts whose stored pages are outdated."""
        ...

    @property
    def cursor_after(self) -> Cursor:
        """Where the source goes on once all outdated pages are stored as they are declared now."""
        ...

    def now(self, page: RawPage) -> RawPage | None:
        """A stored page of these parts as it is to be kept; None when that is as it is."""
        ...


@runtime_checkable
class DeclaredSource(Protocol):
    """A source whose pages do not say all of themselves: a person declares the rest, and each page keeps it."""

    def declared_now(self, page: RawPage) -> RawPage:
        """The page as it would be kept under the present settings; itself when they say nothing of it.

        :raises SourceRefused: when it cannot be read as they say.
        """
        ...

    def declared_anew(self, page: RawPage, *, at: Cursor) -> Cursor:
        """Where the source goes on, from `at`, once a stored page is kept as its part is declared now.

        An ingest reads that part anew then, and finds out whether it still is declared so.
        """
        ...

    def outdated(self, cursor: Cursor) -> "Outdated | None":
        """The stored pages of parts that were read anew as they are declared now; None if there are none.

        `cursor` is where the pages that were read last go on.
        """
        ...
