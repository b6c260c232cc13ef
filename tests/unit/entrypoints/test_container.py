"""Every provider of the container can be built."""

from pathlib import Path

import pytest
from dependency_injector.providers import Dependency, Provider
from msgspec.structs import replace

from crypto.adapters.memory import MemoryRequestBudget
from crypto.adapters.registry import SOURCES
from crypto.application.query.list_coins import ListCoins
from crypto.entrypoints.cli.kit.run_events import RunEventPublisher
from crypto.entrypoints.http.kit.endpoint import Service
from crypto.entrypoints.http.v1.router import v1_endpoints
from crypto.entrypoints.settings import BadSetting, Settings, load_settings
from crypto.entrypoints.wiring.container import Container, Sources, build_sources
from crypto.entrypoints.wiring.use_cases import ContainerUseCases
from tests.support.clock import ManualClock


def sources_of(settings: Settings) -> Sources:
    clock = ManualClock()
    return build_sources(settings, clock, MemoryRequestBudget(clock))


def settings_of(**environment: str) -> Settings:
    return load_settings(environment=environment, directory=Path("/nonexistent"))


def test_every_provider_is_built() -> None:
    url = "postgresql+psycopg://nobody@localhost:1/nothing"
    container = Container(settings=settings_of(), url=url, events=RunEventPublisher())
    providers: dict[str, Provider[object]] = container.providers
    built = {name: provider() for name, provider in providers.items()}
    assert all(each is not None for each in built.values())
    assert {name for name, each in providers.items() if isinstance(each, Dependency)} == {
        "settings", "url", "events",
    }  # fmt: skip


def test_the_use_cases_of_a_container_are_found_by_their_types() -> None:
    url = "postgresql+psycopg://nobody@localhost:1/nothing"
    use_case = ContainerUseCases(Container(settings=settings_of(), url=url))
    assert isinstance(use_case(ListCoins), ListCoins)
    with pytest.raises(KeyError):
        use_case(ManualClock)


def test_every_use_case_that_the_api_asks_for_is_in_the_container() -> None:
    url = "postgresql+psycopg://nobody@localhost:1/nothing"
    use_case = ContainerUseCases(Container(settings=settings_of(), url=url))
    assert v1_endpoints(Service(use_case=use_case, sources=["csv"]))


def test_a_source_that_is_not_wanted_is_off_and_says_how_to_switch_it_on() -> None:
    sources = sources_of(settings_of(CRYPTO_SOURCES="coingecko"))
    assert list(sources.on) == ["coingecko"]
    assert set(sources.intervals) == {"coingecko"}
    assert sources.off["coinpaprika"] == "coinpaprika is switched off: add it to CRYPTO_SOURCES"


def test_a_source_that_cannot_live_with_its_options_is_a_bad_setting() -> None:
    settings = replace(settings_of(), source={"coingecko": SOURCES["coingecko"].options(interval=1e300)})
    with pytest.raises(BadSetting, match="CRYPTO_SOURCE__COINGECKO__"):
        sources_of(replace(settings, sources=("coingecko",)))
