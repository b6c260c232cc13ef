"""Which sources there are."""

from importlib import import_module
from pkgutil import iter_modules

import msgspec
import pytest

from crypto.adapters import sources
from crypto.adapters.memory import MemoryRequestBudget
from crypto.adapters.registry import SOURCES
from tests.support.clock import ManualClock
from tests.support.provider_sources import REST


def test_every_module_of_sources_is_registered_by_its_name() -> None:
    modules = [import_module(each.name) for each in iter_modules(sources.__path__, f"{sources.__name__}.")]
    assert {each.NAME: (each.Options, each.build) for each in modules} == {
        name: (kind.options, kind.build) for name, kind in SOURCES.items()
    }
    assert {"coinpaprika", "coingecko", "csv"} <= SOURCES.keys()


@pytest.mark.parametrize("name", SOURCES)
def test_options_come_from_settings_that_say_nothing(name: str) -> None:
    assert msgspec.convert({}, SOURCES[name].options) == SOURCES[name].options()


@pytest.mark.parametrize("name", REST)
def test_a_source_bears_its_name(name: str) -> None:
    kind = SOURCES[name]
    clock = ManualClock()
    source = kind.build(kind.options(), clock=clock, budget=MemoryRequestBudget(clock))
    assert source.profile.source == name
    assert source.profile.sweep_lifetime == source.profile.interval
    assert source.profile.lists_every_coin
    assert source.profile.parser_version == 2
