"""The stored data, to read."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from msgspec import Struct

from crypto.domain.changes import ChangeFilter, ChangesJson, FeedPlace
from crypto.domain.feed import PRICES, Feed
from crypto.domain.market_data import (
    CoinFilter,
    CoinKey,
    DataVersion,
    Lookup,
    QuoteFilter,
    QuoteJson,
    QuoteKey,
    QuoteList,
    Window,
)
from crypto.domain.page import PageFacts
from crypto.domain.rejection import RejectionFilter, RejectionKey, StoredRejection
from crypto.domain.run import Run
from crypto.domain.schema_drift import NotedDrift

LOOKUP_FIELDS = (
    *("name", "symbol", "price_usd", "market_cap", "volume_24h", "observed_at", "ingested_at"),
    *("page_id", "position"),
)
"""What is shown of a quote that was looked up."""

CHANGED_FIELDS = (
    *("name", "symbol", "price_usd", "market_cap", "volume_24h", "ingested_at", "page_id", "position"),
)
"""What is shown of a quote that is believed now, beside its key."""


class MarketDataReader(Protocol):
    """Reads the stored quotes."""

    async def now(self) -> datetime:
        """Up to when this reader has heard of writes, by the clock that stamps `recorded_at`.

        :raises StoreUnavailable: when the database cannot be used.
        """
        ...

    async def find(self, wanted: QuoteFilter, window: Window[QuoteKey]) -> QuoteList[QuoteKey]:
        """The part of the list, newest first, and how long the list is, of one snapshot.

        :raises StoreUnavailable: when the database cannot be used.
        """
        ...

    async def find_json(
        self,
        wanted: QuoteFilter,
        window: Window[QuoteKey],
        *,
        fields: tuple[str, ...],
        max_ages: Mapping[str, timedelta],
    ) -> QuoteJson[QuoteKey]:
        """The same, as JSON with these fields of a `StoredQuote`: amounts are numbers with every digit.

        A field more is `stale_after`: as long after `observed_at` as `max_ages` says of the source, else null.

        :raises StoreUnavailable: when the database cannot be used.
        """
        ...


class PriceLookupReader(Protocol):
    """Finds single quotes, many in one question."""

    async def look_up_json(self, asked: Sequence[Lookup]) -> bytes:
        """A JSON array with an object for each, in their order and of one snapshot.

        It has `source`, `coin_id` and `time` as asked; `quote`, the newest one at that time or before (null for
        none), with the fields of `LOOKUP_FIELDS`, and its `age_seconds` then; `next_observed_at`, the moment of
        the first quote after it (null for none), and how many `next_after_seconds` it comes after that time. One
        that has neither is a coin that the source never named.

        :raises StoreUnavailable: when the database cannot be used.
        """
        ...


class ChangeReader(Protocol):
    """Reads what changed in the stored quotes."""

    async def feed_place(self, wanted: ChangeFilter, *, from_beginning: bool) -> FeedPlace:
        """The place after all that changed until now; or the one before all quotes that are believed.

        :raises StoreUnavailable: when the database cannot be used.
        """
        ...

    async def changes_json(self, wanted: ChangeFilter, after: FeedPlace, *, limit: int) -> ChangesJson | None:
        """Up to `limit` changes after a place, of one snapshot; None where the store never was at that place.

        Each is an object: `change` is `upsert` for a quote that is believed now, with its `quote` (the fields of
        `CHANGED_FIELDS`), `withdraw` for one that is not believed any more, with null for its `quote`; `source`,
        `coin_id` and `observed_at` are its key, `recorded_at` is when it was written. A quote that changed again
        since is told as it is now: who applies all changes in their order has what the table has.

        :raises StoreUnavailable: when the database cannot be used.
        """
        ...


class DataVersionReader(Protocol):
    """Reads which version the stored data are of."""

    async def data_version(self) -> DataVersion:
        """The version of each source's quotes and coins, at this moment.

        :raises StoreUnavailable: when the database cannot be used.
        """
        ...


class CoinReader(Protocol):
    """The newest quote of each coin of each source, to read."""

    async def coins(self, wanted: CoinFilter, window: Window[CoinKey]) -> QuoteList[CoinKey]:
        """The part of the list, in the order of `CoinKey`, and how long the list is, of one snapshot.

        :raises StoreUnavailable: when the database cannot be used.
        """
        ...

    async def coins_json(
        self,
        wanted: CoinFilter,
        window: Window[CoinKey],
        *,
        fields: tuple[str, ...],
        max_ages: Mapping[str, timedelta],
    ) -> QuoteJson[CoinKey]:
        """The same as JSON, as `MarketDataReader.find_json` has it.

        :raises StoreUnavailable: when the database cannot be used.
        """
        ...

    async def known_ids(self, coin_ids: Collection[str], *, source: str | None = None) -> frozenset[str]:
        """Which of these ids some source, or this one, gave a coin, now or in what was believed before.

        :raises StoreUnavailable: when the database cannot be used.
        """
        ...


class SourceRecord(Struct, frozen=True, kw_only=True):
    """What is known of a feed that was ingested at least once. `last_run` is its newest ingest.

    `frozen_since` is the newest stamp of a feed that does not move any more.
    """

    source: str
    feed: str = PRICES
    last_run: Run | None
    last_success_at: datetime | None
    last_failure_at: datetime | None
    coins: int
    unseen_coins: int
    below_coins: int
    open_rejections: int
    newest_observed_at: datetime | None
    frozen_since: datetime | None = None

    @property
    def of(self) -> Feed:
        """The feed that this is known of."""
        return Feed(source=self.source, name=self.feed)


class RunReader(Protocol):
    """Reads the run log."""

    async def runs(self, *, source: str | None, limit: int, offset: int) -> tuple[Sequence[Run], int]:
        """Runs, newest first, and how many there are in all.

        :raises StoreUnavailable: when the database cannot be used.
        """
        ...

    async def source_records(self) -> Mapping[str, SourceRecord]:
        """What is known of each feed that was ever ingested, by its name as people write it."""
        ...

    async def stale_coins(self, oldest: Mapping[str, datetime]) -> Mapping[str, int]:
        """How many coins of each source have no quote of its `oldest` moment or later; if none, it is left out."""
        ...

    async def total_records(self) -> int:
        """The number of quotes that are believed now, of all sources."""
        ...


class RejectionReader(Protocol):
    """Reads the records that are not believed."""

    async def rejections(
        self, wanted: RejectionFilter, window: Window[RejectionKey], *, count_to: int
    ) -> tuple[Sequence[StoredRejection], int]:
        """The part of the list, those that arrived last first, and how long the list is: counted up to `count_to`.

        :raises StoreUnavailable: when the database cannot be used.
        """
        ...


class PageReader(Protocol):
    """The stored pages, to look at: what is known of each, and its bytes."""

    async def page_facts(self, page_id: int) -> PageFacts | None:
        """What is known of the page with this id; None when there is none.

        :raises StoreUnavailable: when the database cannot be used.
        """
        ...

    async def pages_of(self, run_id: int, *, after: int, limit: int) -> Sequence[int] | None:
        """The ids of the first pages that this run brought after page `after`, in order; None for an unknown run.

        :raises StoreUnavailable: when the database cannot be used.
        """
        ...

    async def body_part(self, page: PageFacts, *, start: int, size: int) -> bytes:
        """So many of its bytes, from `start` (0: the first) on; fewer at their end.

        :raises StoreUnavailable: when the database cannot be used.
        """
        ...


class SchemaDriftReader(Protocol):
    """What differs from the records that the sources are known to send, to read."""

    async def drift(self) -> Sequence[NotedDrift]:
        """All schema drift that is on record, sorted by source and path.

        :raises StoreUnavailable: when the database cannot be used.
        """
        ...


class HealthProbe(Protocol):
    """Asks whether the database can be used."""

    async def ping(self) -> timedelta | None:
        """See that the database answers, and is migrated to what this program needs.

        How far what is read is behind what is written at most: None where both are one database.

        :raises StoreUnavailable: when it does not answer, or is not migrated to what this program needs.
        """
        ...
