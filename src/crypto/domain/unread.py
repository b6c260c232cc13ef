"""The fields that a record can stand without: one that cannot be read is left unknown, and why is kept."""

from collections.abc import Callable
from typing import TypeVar

from crypto.domain.rejection import RecordRejected

T = TypeVar("T")


class Unread:
    """What could not be read of one record, while its coin, its moment and its price are sure.

    `fields` has each with the reason why.
    """

    def __init__(self) -> None:
        self.fields: list[tuple[str, RecordRejected]] = []

    def or_none(self, field: str, read: Callable[[], T]) -> T | None:
        """What `read` gives; None, and the reason kept, when it cannot be believed."""
        try:
            return read()
        except RecordRejected as rejected:
            self.fields.append((field, rejected))
            return None
