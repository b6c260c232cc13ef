"""An attempt at a page that failed: in a way that may pass, or by its sheer size."""


class TryAgain(Exception):
    """Ask again: `reason` says what happened, `retry_after` how many seconds the provider asks to wait.

    `beginning` holds the first bytes of what came instead of a page.
    """

    def __init__(
        self,
        reason: str,
        *,
        status: int | None = None,
        retry_after: float | None = None,
        beginning: bytes = b"",
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status
        self.retry_after = retry_after
        self.beginning = beginning


class NoSuchName(TryAgain):
    """The host's name is not known: a resolver may be wrong once or twice, so ask again, but not for long."""


class TooLarge(Exception):
    """The body is larger than any page; asking again would bring it again."""
