"""A second feed of a source: a module that builds it, and its name in the registry; nothing else has to know."""

from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from crypto.adapters import registry
from crypto.adapters.memory import MemoryRequestBudget
from crypto.adapters.registry import SOURCES, feeds
from crypto.application.errors import UnknownSource
from crypto.application.ports import Clock, RequestBudget, Source
from crypto.domain.feed import Feed
from crypto.entrypoints.settings import load_settings
from crypto.entrypoints.wiring import container
from crypto.entrypoints.wiring.container import Sources, build_sources
from tests.support.clock import ManualClock
from tests.support.market import Market


def build(options: Any, *, clock: Clock, budget: RequestBudget) -> Source:
    """What a second module of a provider's package would hold."""
    return Market(clock, name="coingecko", feed="catalogue")


@pytest.fixture(autouse=True)
def second_feed(monkeypatch: pytest.MonkeyPatch) -> None:
    with_another = {**SOURCES, "coingecko": replace(SOURCES["coingecko"], feeds={"catalogue": build})}
    for module in (registry, container):
        monkeypatch.setattr(module, "SOURCES", with_another)


def sources_of(names: str) -> Sources:
    clock = ManualClock()
    settings = load_settings(environment={"CRYPTO_SOURCES": names}, directory=Path("/nonexistent"))
    return build_sources(settings, clock, MemoryRequestBudget(clock))


def test_it_is_on_with_its_source_and_has_a_schedule_of_its_own() -> None:
    sources = sources_of("coingecko,coinpaprika")
    assert list(sources.on) == ["coingecko", "coingecko/catalogue", "coinpaprika"]
    assert list(sources.intervals) == list(sources.policies) == list(sources.on)
    assert "coingecko" in sources_of("coinpaprika").off


def test_the_name_of_a_source_means_its_prices() -> None:
    sources = sources_of("coingecko")
    assert [str(each.profile.feed) for each in sources.called(["coingecko"])] == ["coingecko"]
    assert [each.profile.feed.name for each in sources.called(["coingecko/catalogue"])] == ["catalogue"]
    assert [each.profile.feed.name for each in sources.called([])] == ["prices", "catalogue"]


def test_a_feed_that_a_source_does_not_have_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(
        UnknownSource, match="there is no feed 'coingecko/ohlcv'; there are: coingecko, coingecko/cat"
    ):
        sources_of("coingecko").called(["coingecko/ohlcv"])


def test_the_shell_completes_it() -> None:
    assert "coingecko/catalogue" in feeds()


@pytest.mark.parametrize(("text", "feed"), [("csv", Feed(source="csv")), ("a/b", Feed(source="a", name="b"))])
def test_a_feed_is_written_as_it_is_read(text: str, feed: Feed) -> None:
    assert (Feed.called(text), str(feed)) == (feed, text)
    assert Feed.called(f"{feed.source}/prices") == Feed(source=feed.source)
