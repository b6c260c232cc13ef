"""What can go wrong, named by what to do next."""

from datetime import datetime


class CryptoError(Exception):
    """A failure we expected; its message is for the person who reads it and names the next step."""


class SourceUnavailable(CryptoError):
    """The source did not give the page although it was asked again and again: ask later.

    Also for bodies that are not the expected envelope; `beginning` keeps their first 512 bytes.
    """

    def __init__(self, message: str, *, beginning: bytes = b"") -> None:
        super().__init__(message)
        self.beginning = beginning[:512]


class SourceRateLimited(SourceUnavailable):
    """The source asks to wait longer than this run may: ask again at `until` (aware UTC)."""

    def __init__(self, message: str, *, until: datetime) -> None:
        super().__init__(message)
        self.until = until


class SourceRefused(CryptoError):
    """Asking again gives the same answer: a setting, a key, a plan or a file must change first."""


class SuspiciousPage(CryptoError):
    """A page is not believed as a whole: a list without any coin, or one page that comes again and again."""


class UnknownSource(CryptoError):
    """There is no source of this name; the message lists those that there are."""


class UnknownCoin(CryptoError):
    """No source gave a coin this id; the message says which may have been meant."""


class UnknownPage(CryptoError):
    """No page of this id is stored; the message says where such ids come from."""


class UnknownRun(CryptoError):
    """There is no run of this id; the message says where such ids come from."""


class SourceBusy(CryptoError):
    """The source is being ingested by another process; the message says which, and since when."""

    def __init__(self, source: str, *, holder: str, since: datetime | None) -> None:
        when = f" since {since.isoformat(timespec='seconds')}" if since else ""
        super().__init__(f"{source} is being ingested by {holder}{when}; wait for it to end, or stop it")
        self.source = source
        self.holder = holder
        self.since = since


class FencedOff(CryptoError):
    """A newer holder took the source over while this one was away: nothing more may be written."""


class StoreUnavailable(CryptoError):
    """The database cannot be used: read-only, full, not migrated, too new, gone. Something must be done first."""


class TooManyStreams(CryptoError):
    """So many streams of changes are open that no other one is; one that ends makes room."""


class StoreContended(StoreUnavailable):
    """A deadlock, or a lock that did not come in time: the same page can be tried again at once."""


class StoreAway(StoreUnavailable):
    """The database cannot be reached or the connection was lost: it restarts, or the network is cut.

    What was not committed is rolled back; in the middle of a run it is waited for.
    """


class ReplicaBehind(StoreUnavailable):
    """The replica that is read is further behind its primary than it may be; it may catch up."""


class StoreLost(StoreAway):
    """A connection that was kept for reading was lost meanwhile: the same can be asked at once, on another one."""


class StoreOpening(StoreAway):
    """The server says itself that it takes connections in a moment: it starts, stops, or has too many."""


class TooManyExports(CryptoError):
    """As many exports run as may at once: ask again when one of them has ended."""


class BadRequest(CryptoError):
    """The question cannot be answered as asked; `parameter` is the one to change."""

    def __init__(self, message: str, *, parameter: str) -> None:
        super().__init__(message)
        self.parameter = parameter


class OutOfBounds(BadRequest):
    """A number, a length or a depth that is more, or less, than can be answered."""


class ConflictingParameters(BadRequest):
    """Two parameters that exclude each other; the message says which to leave out."""


class EmptyRange(BadRequest):
    """A range of time that ends before it begins: nothing can lie in it."""


class TooRecent(BadRequest):
    """What was believed at a moment that is not over yet, so that the answer could still change."""


class InvalidCursor(BadRequest):
    """A cursor that this service did not give out, or gave out for another list."""


class SourceOff(CryptoError):
    """The source is not switched on; the message says how to do it."""
