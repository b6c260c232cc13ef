"""Which sources there are."""

import msgspec
import pytest

from crypto.adapters.memory import MemoryRequestBudget
from crypto.adapters.registry import SOURCES
from tests.support.clock import ManualClock


def test_every_source_is_there() -> None:
    assert set(SOURCES) == {"coinpaprika", "coingecko", "csv"}


@pytest.mark.parametrize("name", SOURCES)
def test_options_come_from_settings_that_say_nothing(name: str) -> None:
    assert msgspec.convert({}, SOURCES[name].options) == SOURCES[name].options()


@pytest.mark.parametrize("name", ["coinpaprika", "coingecko"])
def test_a_source_bears_its_name(name: str) -> None:
    kind = SOURCES[name]
    clock = ManualClock()
    source = kind.build(kind.options(), clock=clock, budget=MemoryRequestBudget(clock))
    assert source.name == name
    assert source.sweep_lifetime == source.interval
    assert source.lists_every_coin
    assert source.parser_version == 1
