"""Whole results as files: the rows of one snapshot, and what writes them in a format."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol

from msgspec import Struct

from crypto.domain.market_data import QuoteFilter
from crypto.domain.quote import AMOUNTS, TEXTS, VALUES

COLUMNS = ("coin_id", *VALUES, "source", "observed_at", "ingested_at", "page_id", "position")
"""What a file says of a quote: what answers say of it, without what is about the present moment."""

TEXT_COLUMNS = frozenset({"coin_id", *TEXTS, "source"})
MOMENT_COLUMNS = frozenset({"observed_at", "ingested_at"})
AMOUNT_COLUMNS = AMOUNTS
"""The kinds of COLUMNS; the others are whole numbers."""


class Digits(Struct, frozen=True, kw_only=True):
    """The most digits before and after the point that any amount of a column has."""

    before: int
    after: int


class ExportFacts(Struct, frozen=True, kw_only=True):
    """What is known of a result before its first row: the number of rows, and the moment they were believed.

    `digits` has each column of amounts, when they were measured.
    """

    total: int
    taken_at: datetime
    digits: Mapping[str, Digits] = {}


class QuoteRows(Protocol):
    """The quotes of one snapshot, in no order that is promised."""

    @property
    def facts(self) -> ExportFacts:
        """What is known of them before the first."""
        ...

    def blocks(self) -> AsyncGenerator[bytes, None]:
        """The rows as text: whole lines of COLUMNS between commas, in UTF-8, each ended by a line feed.

        Nothing between commas is null, `""` the empty text; texts with commas, quotes or line ends are in quotes,
        quotes in them doubled. Amounts are plain digits, moments as `2026-11-02 10:00:31.123+00`.

        :raises StoreUnavailable: when the database cannot be used any more.
        """
        ...


class QuoteExport(Protocol):
    """Opens whole results."""

    def open(self, wanted: QuoteFilter, *, measured: bool) -> AbstractAsyncContextManager[QuoteRows]:
        """The quotes that are wanted, for as long as the block; with their digits when they are to be measured.

        :raises StoreUnavailable: when the database cannot be used.
        """
        ...


class FileWriter(Protocol):
    """Writes one file; each method gives the bytes that come next, and is asked in this order."""

    def begin(self) -> bytes:
        """What stands before the rows."""
        ...

    def rows(self, block: bytes) -> bytes:
        """A block of `QuoteRows`, or what is ready of it."""
        ...

    def end(self) -> bytes:
        """What stands after the rows."""
        ...

    def broken(self, reason: str) -> bytes:
        """In place of the end, what tells a reader that rows are missing; nothing where the format has no such."""
        ...


class FileFormat(Protocol):
    """A format of files."""

    @property
    def name(self) -> str:
        """As people ask for it."""
        ...

    @property
    def media_type(self) -> str:
        """As HTTP calls it."""
        ...

    @property
    def suffixes(self) -> tuple[str, ...]:
        """How the names of such files end; the usual one first."""
        ...

    @property
    def is_typed(self) -> bool:
        """Whether a writer has to know the digits of amounts before the first row."""
        ...

    def writer(self, facts: ExportFacts) -> FileWriter:
        """Writes a file of rows of which these facts are known."""
        ...
