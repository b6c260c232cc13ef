"""Answers that are kept as bytes, for as long as the data they were taken from are the same."""

from collections import OrderedDict
from collections.abc import Sequence
from typing import TypeAlias

from msgspec import Struct

from crypto.entrypoints.http.kit.query_string import Query

Key: TypeAlias = tuple[bytes, bytes, str | None]
"""The path, the query and the Accept header as sent."""

ENTRY_BYTES = 1024
"""What an entry takes beside its body, about."""


class KeptAnswer(Struct, frozen=True, kw_only=True):
    """An answer without what is of one request only: its body ends before `request_id`.

    `source` is whose data it was taken from (None: of all), `version` theirs. `headers` are all but its
    length and the ids; `query` and `results` are for the log.
    """

    body: bytes
    etag: str
    source: str | None
    version: str
    headers: Sequence[tuple[bytes, bytes]]
    query: Query
    results: int | None


class AnswerCache:
    """Keeps up to `most_bytes` of answers; those that were not asked for longest go first."""

    def __init__(self, *, most_bytes: int) -> None:
        self._most = most_bytes
        self._kept: OrderedDict[Key, KeptAnswer] = OrderedDict()
        self.bytes = 0

    def get(self, key: Key) -> KeptAnswer | None:
        """What is kept for a question; whether it still is true is for who asks to see."""
        found = self._kept.get(key)
        if found:
            self._kept.move_to_end(key)
        return found

    def keep(self, key: Key, answer: KeptAnswer) -> None:
        """Keep an answer in place of the one before, if it is not larger than a tenth of all."""
        self.drop(key)
        if _size(key, answer) > self._most // 10:
            return
        self._kept[key] = answer
        self.bytes += _size(key, answer)
        while self.bytes > self._most:
            oldest, gone = self._kept.popitem(last=False)
            self.bytes -= _size(oldest, gone)

    def drop(self, key: Key) -> None:
        """Forget what is kept for a question."""
        gone = self._kept.pop(key, None)
        if gone:
            self.bytes -= _size(key, gone)


def _size(key: Key, answer: KeptAnswer) -> int:
    return len(answer.body) + len(key[0]) + len(key[1]) + len(key[2] or "") + ENTRY_BYTES
