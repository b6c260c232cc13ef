"""REST sources set up against the provider fake, and pages made of bytes for `parse`."""

from datetime import datetime
from typing import Any

from crypto.adapters.fetch.options import HttpOptions
from crypto.adapters.memory import MemoryRequestBudget
from crypto.adapters.registry import SOURCES
from crypto.application.ports import RequestBudget, Source
from crypto.domain.page import Cursor, RawPage
from tests.support.clock import NOON, ManualClock
from tests.support.provider import Provider

REST = tuple(name for name, kind in SOURCES.items() if issubclass(kind.options, HttpOptions))
COIN_LISTS = ("coinpaprika", "coingecko")
"""Those that list coins by an `id`, with name and market cap, and take a key."""

ONE_PAGE: dict[str, dict[str, Any]] = {**{name: {} for name in REST}, "coingecko": {"pages": 1}}
"""Options that make a sweep of one request."""


def source_at(
    provider: Provider, name: str, clock: ManualClock, budget: RequestBudget | None = None, **options: Any
) -> Source:
    """The source, with the fake in its provider's place, and a budget of its own if none is given."""
    kind = SOURCES[name]
    made = kind.options(**{"base_url": provider.base_url(name), **options})
    return kind.build(made, clock=clock, budget=budget or MemoryRequestBudget(clock))


def source(name: str) -> Source:
    """The source as it is by default; for its `parse`."""
    kind = SOURCES[name]
    clock = ManualClock()
    return kind.build(kind.options(), clock=clock, budget=MemoryRequestBudget(clock))


async def all_pages(source: Source, cursor: Cursor | None = None) -> list[RawPage]:
    """Every page from a cursor on."""
    return [page async for page in source.pages(cursor or {})]


def page_of(body: bytes, *, source: str, received_at: datetime = NOON) -> RawPage:
    """A page with these bytes."""
    return RawPage(
        source=source,
        request={"url": "http://127.0.0.1/list"},
        context={},
        requested_at=received_at,
        received_at=received_at,
        status=200,
        headers={},
        body=body,
        cursor_after={},
        is_last=True,
    )
