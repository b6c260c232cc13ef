"""A source whose whole list is one answer: it starts at the beginning, and no page of it shifts."""

from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Collection, Mapping
from datetime import timedelta
from typing import ClassVar

from crypto.adapters.fetch.client import PoliteClient
from crypto.adapters.fetch.options import HttpOptions
from crypto.application.ports import Clock, RequestBudget
from crypto.domain.feed import Feed
from crypto.domain.page import Cursor, ParsedPage, RawPage, no_pages


class SinglePageSource(ABC):
    """What such sources share; one of them says what it is called, what it asks for, and how to read the answer.

    `update_cycle`, `cut_from` and `parser_version` are as a FeedProfile has them, `path` and `params` are those of
    the request, `advice` says what to do about the provider's own codes of errors, and about statuses of it.
    """

    name: str
    parser_version: int
    update_cycle: timedelta
    cut_from: int | None = None
    path: str
    params: ClassVar[Mapping[str, str]] = {}
    advice: ClassVar[Mapping[int, str]] = {}

    def __init__(
        self, options: HttpOptions, *, clock: Clock, budget: RequestBudget, key_header: Mapping[str, str]
    ) -> None:
        self._client = PoliteClient(
            self.name, options, clock=clock, budget=budget, key_header=key_header, advice=self.advice
        )
        self.profile = options.profile(
            Feed(source=self.name),
            update_cycle=self.update_cycle,
            parser_version=self.parser_version,
            allowance=self._client.allowance,
            most_pages=1,
            cut_from=self.cut_from,
        )

    async def pages(self, cursor: Cursor) -> AsyncGenerator[RawPage, None]:
        """The only page of the source, fetched anew each time.

        :raises SourceUnavailable: when every attempt failed, or the answer is not a list of coins.
        :raises SourceRefused: when asking again cannot help.
        """
        async with self._client.session() as session:
            answer = await session.get_list(self.path, self.params)
        yield answer.page(cursor_after={}, is_last=True)

    def pages_of(self, coin_ids: Collection[str]) -> AsyncGenerator[RawPage, None]:
        """No pages: a list of one page cannot shift, so no coin is asked for by its id."""
        return no_pages()

    def cursor_past(self, cursor: Cursor) -> Cursor | None:
        """Always None: there is no page after the only one."""
        return None

    def requests_from(self, cursor: Cursor) -> int | None:
        """Always 1: a sweep takes one request."""
        return 1

    @abstractmethod
    def parse(self, page: RawPage) -> ParsedPage:
        """Each record of the page as a quote or a rejection; pure, and never raises."""
