"""Leave in order: a process that was told to end goes on for a while, and says that it is not ready any more."""

from crypto.application.errors import CryptoError


class ShuttingDown(CryptoError):
    """This process has been told to end: another one should be asked."""


class Drain:
    """Whether this process has been told to end. While it drains it answers everything, and is not ready."""

    def __init__(self) -> None:
        self.begun = False

    def begin(self) -> None:
        """From now on each answer is the last one of its connection; this is never taken back."""
        self.begun = True

    def check(self) -> None:
        """See that new requests may come.

        :raises ShuttingDown: once it has begun.
        """
        if self.begun:
            raise ShuttingDown("this process was told to end")
