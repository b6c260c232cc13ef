"""Every kill point is passed by a run as it is, so that none can go without being noticed."""

from contextlib import ExitStack
from datetime import UTC, datetime

import pytest

from crypto.adapters.postgres.connection.database import Database, opened
from tests.faults.killer.points import OF_PAGES, POINTS, Point, kill_at
from tests.faults.killer.seams import Passing, watching
from tests.faults.upstream.upstream import Upstream
from tests.support.clock import ManualClock
from tests.support.provider_sources import source_at
from tests.support.runs import ingest
from tests.support.stores import InPostgres

PAGES = 3


class Count:
    """How often a point was passed."""

    def __init__(self, point: Point) -> None:
        self.point = point
        self.times = 0

    async def before(self, passing: Passing) -> None:
        self.times += self.point.is_passed("before", passing)

    async def after(self, passing: Passing) -> None:
        self.times += self.point.is_passed("after", passing)


async def test_a_run_passes_each_point_once_or_once_a_page(database_url: str) -> None:
    counts = {name: Count(point) for name, point in POINTS.items()}
    clock = ManualClock(datetime.now(UTC))
    database = Database(database_url, pool_size=2, application_name="crypto-test")
    async with Upstream(pages=PAGES) as upstream, opened(database):
        source = source_at(upstream, "coingecko", clock, pages=PAGES)
        with ExitStack() as stack:
            for count in counts.values():
                stack.enter_context(watching(count))
            await ingest(InPostgres(database), source, clock)
    assert {name: count.times for name, count in counts.items()} == {
        name: PAGES if name in OF_PAGES else 1 for name in POINTS
    }


def test_a_kill_point_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="there is no kill point 'after-lunch'"):
        kill_at("after-lunch:1")
