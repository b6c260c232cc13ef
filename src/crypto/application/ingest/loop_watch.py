"""Notice a source that serves one page of its list again and again."""

from collections import deque
from collections.abc import Iterable, Mapping
from hashlib import sha256

from crypto.application.errors import SuspiciousPage
from crypto.domain.page import ParsedPage, RawPage

REMEMBERED = 2
"""Pages; the next one that is the same as they are is one too many. A list that shifts may give one page twice."""


class LoopWatch:
    """Knows the last pages of a sweep by the digests of their bodies, the last one last."""

    def __init__(self, digests: Iterable[bytes] = ()) -> None:
        self._last = deque(digests, maxlen=REMEMBERED)

    def see(self, page: RawPage, parsed: ParsedPage, *, at: Mapping[str, object]) -> None:
        """Take note of the next page, which is the one at that cursor; one without records says nothing.

        :raises SuspiciousPage: when it is the third in a row with the same bytes.
        """
        if parsed.is_empty:
            return
        digest = sha256(page.body).digest()
        if list(self._last) == [digest] * REMEMBERED:
            raise SuspiciousPage(
                f"pagination_loop: the page at {dict(at)} is the third in a row with the same bytes;"
                f" what is stored stands, and the next run asks for that page again"
            )
        self._last.append(digest)
