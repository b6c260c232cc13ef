"""The n-th thing that a run does fails: a request, connection, statement or COMMIT, before or after it is done."""

from typing import Literal

import httpx
import psycopg

from tests.faults.killer.seams import Passing

When = Literal["before", "after"]


class NthFails:
    """Cuts the connection at the n-th passing; `at` is what that was, None while it has not come."""

    def __init__(self, number: int, when: When) -> None:
        self.at: Passing | None = None
        self._left = number
        self._when = when

    async def before(self, passing: Passing) -> None:
        self._see("before", passing)

    async def after(self, passing: Passing) -> None:
        self._see("after", passing)

    def _see(self, when: When, passing: Passing) -> None:
        if when != self._when or passing.kind == "page":
            return
        self._left -= 1
        if self._left == 0:
            self.at = passing
            self._fail(passing)

    def _fail(self, passing: Passing) -> None:
        if passing.kind == "request":
            raise httpx.ReadError("scripted: the connection was cut")
        if passing.connection is not None:
            passing.connection.pgconn.finish()
        raise psycopg.OperationalError("scripted: server closed the connection unexpectedly")
