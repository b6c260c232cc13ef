"""A connection that waits for the server only so long: a network that swallows everything ends no wait."""

import asyncio
from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen
from psycopg.errors import OperationalError
from psycopg.waiting import wait_async

T = TypeVar("T")

WAIT_SECONDS = 15.0
"""How long the server may take over one answer; longer than any statement may (`statement_timeout`)."""

LOOK_SECONDS = 0.1
"""How often a wait looks whether it was interrupted; psycopg's own default."""


class TimedConnection(psycopg.AsyncConnection[tuple[Any, ...]]):
    """Closed when the server does not answer, or when nobody waits for the answer any more.

    psycopg itself would wait for ever, and on being cancelled ask the server to stop and wait up to 10 s for that.
    """

    patience = WAIT_SECONDS

    async def wait(self, gen: PQGen[T], interval: float = LOOK_SECONDS, timeout: float | None = None) -> T:  # noqa: ASYNC109 - psycopg's own signature
        """What the driver's exchange with the server gives; `timeout` is of those who listen for notifications.

        :raises OperationalError: when the server did not answer.
        """
        if timeout is not None:
            return await super().wait(gen, interval, timeout)
        try:
            async with asyncio.timeout(self.patience):
                return await wait_async(gen, self.pgconn.socket, interval)
        except TimeoutError as error:
            self.pgconn.finish()
            raise OperationalError(f"the server did not answer within {self.patience:.0f} s") from error
        except asyncio.CancelledError:
            self.pgconn.finish()
            raise
