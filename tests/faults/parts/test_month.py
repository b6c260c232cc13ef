"""The default schedules fit the free plans, failures included: no request ever meets a 429."""

from datetime import timedelta

import pytest

from tests.faults.parts.month import WINDOWS, broken, simulate


@pytest.mark.parametrize("name", WINDOWS)
async def test_a_quarter_of_a_day_with_faults_and_with_all_that_can_be_spared_meets_no_429(name: str) -> None:
    figures = await simulate(name, lasts=timedelta(hours=6), with_discretionary=True)
    assert broken(figures) == []
    assert figures.failed > 0
    assert figures.calls >= figures.sweeps * {"coinpaprika": 1, "coingecko": 4}[name]
    assert figures.spared == 4 * figures.sweeps
