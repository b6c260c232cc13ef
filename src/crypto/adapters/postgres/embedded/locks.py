"""Who uses the embedded server: file locks, which the kernel drops even at a kill -9."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tenacity import Retrying, retry_if_exception_type, stop_after_delay, wait_fixed

from crypto.adapters.platform import HERE
from crypto.application.errors import StoreUnavailable

LOCK_TIMEOUT = 180  # seconds; longer than any start or stop may take
PAUSE = 0.02


class Locks:
    """The locks of one data folder: one for who starts or stops its server, one for all who use it."""

    def __init__(self, folder: Path, *, timeout: float = LOCK_TIMEOUT) -> None:
        self._timeout = timeout
        self._start = folder / "start.lock"
        self._in_use = folder / "in-use.lock"

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Nobody else starts, stops, joins or leaves meanwhile.

        :raises StoreUnavailable: when another process is at it for too long.
        """
        held = _opened(self._start)
        try:
            _take(held, self._start, timeout=self._timeout)
            yield
        finally:
            os.close(held)

    def membership(self) -> int:
        """A file descriptor that makes us a user once it is shared, for as long as it is open.

        It is not inherited by commands we start.
        """
        return _opened(self._in_use)

    def in_use(self) -> bool:
        """Whether any process is a user, this one included. To be called while `changing`."""
        probe = _opened(self._in_use)
        try:
            HERE.seize(probe)
        except BlockingIOError:
            return True
        finally:
            os.close(probe)
        return False


def _opened(path: Path) -> int:
    try:
        return HERE.open_lock(path)
    except OSError as error:
        raise StoreUnavailable(
            f"{path} cannot be opened ({error.strerror}): run as the owner of {path.parent}, "
            "or set CRYPTO_DATA_DIR to a folder of your own"
        ) from error


def _take(held: int, path: Path, *, timeout: float) -> None:
    retrying = Retrying(
        retry=retry_if_exception_type(BlockingIOError),
        stop=stop_after_delay(timeout),
        wait=wait_fixed(PAUSE),
        reraise=True,
    )
    try:
        retrying(HERE.seize, held)
    except BlockingIOError as error:
        raise StoreUnavailable(
            f"another process has been starting or stopping the server for {timeout:.0f} s; end it: fuser {path}"
        ) from error
