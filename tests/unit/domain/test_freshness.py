"""Frozen, stale, fresh: by the provider's own stamps, and never a false alarm over a feed that works."""

import csv
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import msgspec
import pytest

from crypto.adapters.memory import MemoryRequestBudget
from crypto.adapters.registry import SOURCES
from crypto.adapters.sources.coinpaprika import UPDATE_CYCLE as COINPAPRIKA_CYCLE
from crypto.domain.freshness import Freshness, freshness, frozen_since
from tests.support.clock import NOON, ManualClock
from tests.support.provider_sources import page_of, source
from tests.support.recordings import recordings

CYCLE = timedelta(minutes=10)
SECOND = timedelta(seconds=1)
BEFORE = NOON - timedelta(hours=1)


@pytest.mark.parametrize(
    ("before", "age", "frozen"),
    [
        (NOON, CYCLE, False),
        (NOON, CYCLE + SECOND, True),
        (NOON + SECOND, CYCLE + SECOND, True),
        (NOON - SECOND, timedelta(days=1), False),
        (None, timedelta(days=1), False),
        (NOON, timedelta(days=-1), False),
    ],
)
def test_frozen_is_what_did_not_move_when_a_working_feed_would_have(
    before: datetime | None, age: timedelta, frozen: bool
) -> None:
    since = frozen_since(NOON, before=before, arrived_at=NOON + age, update_cycle=CYCLE)
    assert since == (NOON if frozen else None)


def test_fresh_up_to_the_last_moment_then_stale_and_frozen_whatever_the_age() -> None:
    assert freshness(NOON, frozen_since=None, now=NOON) is Freshness.FRESH
    assert freshness(NOON, frozen_since=None, now=NOON + SECOND) is Freshness.STALE
    assert freshness(NOON, frozen_since=BEFORE, now=BEFORE) is Freshness.FROZEN


@pytest.mark.parametrize(
    ("name", "options", "max_age"),
    [
        ("coinpaprika", {}, 300 + 900),
        ("coingecko", {}, 1200 + 600),
        ("coinpaprika", {"interval": 60}, 60 + 900),
        ("coingecko", {"interval": 3600}, 3600 + 600),
        ("coingecko", {"interval": 3600, "max_age": 700}, 700),
        ("csv", {"paths": ("prices.csv",), "interval": 10}, 24 * 3600),
        ("csv", {"paths": ("prices.csv",), "max_age": 3600}, 3600),
    ],
)
def test_what_passes_for_current_follows_the_interval_unless_it_is_set(
    name: str, options: dict[str, object], max_age: int
) -> None:
    kind = SOURCES[name]
    clock = ManualClock()
    built = kind.build(msgspec.convert(options, kind.options), clock=clock, budget=MemoryRequestBudget(clock))
    assert built.profile.max_age == timedelta(seconds=max_age)
    assert (built.profile.update_cycle is None) == (name == "csv")


@pytest.mark.parametrize("interval", [60, 300, 600])
def test_real_polls_of_one_coin_are_never_called_frozen_and_never_stale_before_the_next(interval: int) -> None:
    """Recorded every 10 seconds for an hour; asked here every `interval` from each of its moments on."""
    polls = recorded_polls()
    bound = timedelta(seconds=interval) + COINPAPRIKA_CYCLE
    for start in range(interval // 10):
        asked = polls[start :: interval // 10]
        for (_, before), (arrived_at, newest) in pairwise(asked):
            assert (
                frozen_since(newest, before=before, arrived_at=arrived_at, update_cycle=COINPAPRIKA_CYCLE) is None
            )
            assert arrived_at <= before + bound


def recorded_polls() -> Sequence[tuple[datetime, datetime]]:
    """(when it was asked, the stamp it got)"""
    with (recordings() / "csv" / "coinpaprika_update_frequency_result.csv").open() as file:
        rows = list(csv.DictReader(file))
    return [(_moment(row["now_timestamp"]), _moment(row["last_update_timestamp"])) for row in rows]


def _moment(seconds: str) -> datetime:
    return datetime.fromtimestamp(int(seconds), UTC)


@pytest.mark.parametrize(
    ("name", "recording", "most_stale"),
    [
        ("coinpaprika", "tickers/2021-08-12_even_positions.json", 0),
        ("coingecko", "coins_markets/2022-01-29_usd_per_page_250_p1.json", 0),
        ("coingecko", "coins_markets/2025-11-02_usd_100.json", 1),
    ],
)
def test_of_a_real_list_hardly_a_coin_is_stale_on_arrival(name: str, recording: str, most_stale: int) -> None:
    listed = source(name)
    body = (recordings() / name / recording).read_bytes()
    stamps = [quote.observed_at for quote in listed.parse(page_of(body, source=name)).quotes]
    stale = [stamp for stamp in stamps if stamp + listed.profile.max_age < max(stamps)]
    assert len(stale) <= most_stale
    assert len(stamps) >= 100
