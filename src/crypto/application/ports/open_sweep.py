"""What an ingest needs to know of the sweep under way, and how it ends the sweep."""

from collections.abc import Sequence
from typing import Protocol

from crypto.domain.coverage import Coverage


class OpenSweep(Protocol):
    """The sweep that a claim's run goes on with: what it has read so far."""

    async def last_digests(self, count: int) -> Sequence[bytes]:
        """The SHA-256 of the bodies of the sweep's last `count` list pages, the newest at the end.

        :raises FencedOff: when a newer holder took over.
        """
        ...

    async def coverage(self, *, most_pages: int | None, followed: Sequence[str] = ()) -> Coverage:
        """What was covered so far of what the first `most_pages` pages (None: all) of the last good list named.

        The coins that are `followed` are expected, too.

        :raises FencedOff: when a newer holder took over.
        """
        ...

    async def complete(self, coverage: Coverage, *, believed: bool, cut: bool) -> None:
        """End it, once, with these figures in its run; `cut`: its list may go on below its last page.

        A believed one marks the coins that no page of it named as unseen, and clears the others. One that is cut,
        or has a hole, marks only coins that were asked for by id; one with a record whose coin could not be made
        out marks none: it may have been named there. Without a hole its list is the last good one from now on,
        and where that is cut, the coins that it does not name are below it, unless they are unseen.

        :raises FencedOff: when a newer holder took over.
        """
        ...
