"""Wait a little for a database server that says that it takes connections in a moment."""

from collections.abc import Callable

from loguru import logger
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_delay, wait_random_exponential

from crypto.application.errors import StoreOpening
from crypto.application.retries import FIRST_PAUSE, OPENING_SECONDS


def once_open(work: Callable[[], None]) -> None:
    """Do it, again while the server is starting, stopping or full; one that cannot be reached is told at once.

    :raises StoreOpening: when it was not open in time.
    """
    waiting = Retrying(
        retry=retry_if_exception_type(StoreOpening),
        stop=stop_after_delay(OPENING_SECONDS),
        wait=wait_random_exponential(FIRST_PAUSE, max=2),
        before_sleep=_tell_once,
        reraise=True,
    )
    waiting(work)


def _tell_once(state: RetryCallState) -> None:
    if state.attempt_number == 1 and state.outcome:
        logger.warning("waiting up to {:.0f} s for the database: {}", OPENING_SECONDS, state.outcome.exception())
