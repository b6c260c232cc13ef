"""An ingest takes no more memory for many records than for few, and the suite would see it if it did."""

import pytest

from tests.faults.killer.house import House
from tests.faults.parts.memory import SMALL, grown

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_long_list_takes_no_more_than_a_short_one(home: House) -> None:
    growth = await grown(home, "coingecko", (SMALL, 25_000))
    assert growth.beyond_bound() == growth.uneven() == []


async def test_a_long_file_takes_at_most_150_mebibytes_more_than_a_small_one(home: House) -> None:
    assert (await grown(home, "csv", (SMALL, 50_000))).beyond_bound() == []


@pytest.mark.long
async def test_an_ingest_that_keeps_its_pages_is_caught(home: House) -> None:
    growth = await grown(home, "coingecko", (SMALL, 15_000), mutant="keep-pages")
    assert "coingecko: 15000 records took" in growth.uneven()[0]
