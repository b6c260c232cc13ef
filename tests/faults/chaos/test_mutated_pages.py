"""Recorded pages with one change each: every change shows, as rejection, drift, other quotes or page error."""

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from random import Random

import pytest

from crypto.adapters.fetch.json_list import NotAList, split
from crypto.domain.page import ParsedPage
from tests.support.mutations import MUTATIONS, Expected, Mutant, encoded, records_of
from tests.support.provider_sources import page_of, source
from tests.support.recordings import recordings

RECORDS = 40
"""The first of each page: a change must not be lost among them."""

LATER = datetime(2026, 11, 2, 12, tzinfo=UTC)

PAGES = (
    ("coingecko", "coingecko/coins_markets/2022-01-29_usd_per_page_250_p1.json"),
    ("coingecko", "coingecko/coins_markets/2022-01-18_category_nft_50_rows.json"),
    ("coingecko", "coingecko/coins_markets/2022-11-01_usd_per_page_20.json"),
    ("coingecko", "coingecko/coins_markets/2025-11-02_usd_100.json"),
    ("coinpaprika", "coinpaprika/tickers/2021-08-12_even_positions.json"),
    ("coinpaprika", "coinpaprika/tickers/2026-09-29_free_plan_first_16_transcribed.json"),
)


@cache
def recorded(path: str) -> bytes:
    return (recordings() / path).read_bytes()


def parsed(name: str, body: bytes) -> ParsedPage | None:
    """What the source makes of it; None when it is not a page."""
    try:
        list(split(body))
    except NotAList:
        return None
    return source(name).parse(page_of(body, source=name, received_at=LATER))


def quotes(page: ParsedPage) -> Mapping[str, object]:
    return {quote.coin_id: (quote.observed_at, quote.said) for quote in page.quotes}


def observed(before: ParsedPage, after: ParsedPage | None) -> Expected:
    """What became of a change."""
    if after is None:
        return Expected(no_page=True)
    was, now = quotes(before), quotes(after)
    return Expected(
        changed=frozenset(coin for coin in {*was, *now} if was.get(coin) != now.get(coin)),
        rejected=len(after.rejections),
        unread=len(after.unread),
        drift=frozenset((each.path, str(each.type)) for each in after.drift),
    )


def test_recorded_pages_of_all_years_are_quiet() -> None:
    for name, path in PAGES:
        page = parsed(name, recorded(path))
        assert page is not None
        assert (page.drift, page.rejections, page.unread) == ((), (), ()), path


@pytest.mark.parametrize("rounds", [len(MUTATIONS), pytest.param(200, marks=pytest.mark.long)])
def test_no_change_of_a_recorded_page_is_silent(rounds: int) -> None:
    table: Counter[tuple[str, str]] = Counter()
    names = list(MUTATIONS)
    for seed in range(rounds):
        dice = Random(seed)
        (name, path), mutation = dice.choice(PAGES), names[seed % len(names)]
        records = records_of(recorded(path), RECORDS)
        before = parsed(name, encoded(records))
        mutant = Mutant(name, records, dice)
        expected = MUTATIONS[mutation](mutant)
        assert before is not None

        found = observed(before, parsed(name, mutant.body))

        assert found == expected, f"seed {seed}: {mutation} of {path}, record {mutant.position}"
        table[mutation, found.outcome] += 1
    for (mutation, outcome), times in sorted(table.items()):
        print(f"{mutation:<12}{times:>4}  {outcome}")
    assert not [key for key in table if key[1] == "SILENT"]
