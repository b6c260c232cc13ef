"""What is stored of one feed, and how a page changes it."""

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import TypeAlias

from msgspec.structs import asdict, replace

from crypto.domain.market_data import StoredQuote
from crypto.domain.page import StoredPage
from crypto.domain.quote import GENESIS, Key, Quote
from crypto.domain.rejection import Rejection
from crypto.domain.run import Checkpoint, Run, RunStatus
from crypto.domain.schema_drift import FieldType, NotedDrift

RejectionKey: TypeAlias = tuple[int, int, str]
"""Page, position, and the field that could not be read; "" where the whole record was rejected."""

PageChange: TypeAlias = tuple[int, int]
"""A page whose quotes were changed, and as which version of its feed."""

NO_SWEEP: Mapping[str, object] = MappingProxyType(
    {"sweep_started_at": None, "page_seq": 0, "sweep_holes": 0, "listed": False}
)
"""What a checkpoint says of a sweep that has not begun."""


@dataclass(frozen=True, kw_only=True)
class KeptPage:
    """A page in the archive, and in which run and sweep it came."""

    stored: StoredPage
    run_id: int
    sweep_id: int | None
    page_seq: int
    coin_ids: frozenset[str]
    parser_version: int


@dataclass(frozen=True, kw_only=True)
class KeptRejection:
    """A rejected record; `resolved_at` is set once a mended parser reads it."""

    rejection: Rejection
    rejected_at: datetime
    resolved_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Latest:
    """The newest quote of a coin; `unseen_since` is set while complete sweeps do not name it, `below_since` while
    it is below the pages that are read of its source's list. At `asked_at` it was last asked for by id.
    """

    quote: StoredQuote
    unseen_since: datetime | None = None
    below_since: datetime | None = None
    asked_at: datetime | None = None


@dataclass
class Quotes:
    """The quotes of a source, of all its feeds."""

    unified: dict[Key, StoredQuote] = field(default_factory=dict)
    superseded: list[tuple[StoredQuote, datetime]] = field(default_factory=list)
    latest: dict[str, Latest] = field(default_factory=dict)
    changes: list[PageChange] = field(default_factory=list)
    withdrawn: dict[PageChange, dict[Key, datetime]] = field(default_factory=dict)

    def copy(self) -> "Quotes":
        return Quotes(
            dict(self.unified), list(self.superseded), dict(self.latest), list(self.changes), dict(self.withdrawn)
        )


@dataclass
class FeedState:
    """All that is stored of a feed, and the quotes of its source; a transaction works on a copy of it."""

    checkpoint: Checkpoint
    quotes: Quotes = field(default_factory=Quotes)
    pages: dict[int, KeptPage] = field(default_factory=dict)
    rejections: dict[RejectionKey, KeptRejection] = field(default_factory=dict)
    drift: dict[tuple[str, FieldType], NotedDrift] = field(default_factory=dict)
    runs: dict[int, Run] = field(default_factory=dict)
    newest_stamp: datetime | None = None
    frozen_since: datetime | None = None
    marks: int = 0

    @property
    def unified(self) -> dict[Key, StoredQuote]:
        """The quotes that are believed now, by their keys."""
        return self.quotes.unified

    @property
    def superseded(self) -> list[tuple[StoredQuote, datetime]]:
        """The quotes that were believed before, with the moment until which they were."""
        return self.quotes.superseded

    @property
    def latest(self) -> dict[str, Latest]:
        """The newest quote of each coin, by its id."""
        return self.quotes.latest

    def copy(self) -> "FeedState":
        return FeedState(
            checkpoint=self.checkpoint,
            quotes=self.quotes.copy(),
            pages=dict(self.pages),
            rejections=dict(self.rejections),
            drift=dict(self.drift),
            runs=dict(self.runs),
            newest_stamp=self.newest_stamp,
            frozen_since=self.frozen_since,
            marks=self.marks,
        )

    def supersede(self, key: Key, at: datetime) -> None:
        """Move what is believed of a key to history."""
        self.superseded.append((self.unified.pop(key), at))

    def believe(self, key: Key, row: StoredQuote) -> None:
        """Write what is said of a key, and make it the coin's latest if nothing newer is."""
        self.unified[key] = row
        latest = self.latest.get(row.coin_id)
        if latest is None or row.observed_at >= latest.quote.observed_at:
            self.latest[row.coin_id] = dataclasses.replace(latest, quote=row) if latest else Latest(quote=row)

    def recompute_latest(self, coin_id: str) -> None:
        """Make the coin's newest quote its latest, after one was withdrawn."""
        of_coin = [quote for (coin, _), quote in self.unified.items() if coin == coin_id]
        before = self.latest.pop(coin_id, None)
        if of_coin:
            newest = max(of_coin, key=lambda quote: quote.observed_at)
            self.latest[coin_id] = dataclasses.replace(before, quote=newest) if before else Latest(quote=newest)

    def pages_of(self, sweep_id: int | None) -> list[KeptPage]:
        """The pages of a sweep, in order of arrival."""
        return [page for page in self.pages.values() if sweep_id is not None and page.sweep_id == sweep_id]

    def list_pages(self, sweep_id: int | None) -> list[KeptPage]:
        """The pages of a sweep that are part of the source's list."""
        return [page for page in self.pages_of(sweep_id) if not page.stored.page.is_by_id]

    def asked_for(self, sweep_id: int | None) -> frozenset[str]:
        """The ids that a sweep asked for."""
        return frozenset().union(*(page.stored.page.asked_for for page in self.pages_of(sweep_id)))

    def seen(self) -> list[str]:
        """The coins that are not unseen, those first that were not asked for by id for longest."""
        seen = [each for each in self.latest.values() if each.unseen_since is None]
        seen.sort(key=lambda each: (each.asked_at or GENESIS, each.quote.coin_id))
        return [each.quote.coin_id for each in seen]

    def mark_unseen(self, at: datetime, *, cut: bool) -> None:
        """Mark the coins that no page of the sweep named as unseen or below its list, and clear the others.

        A sweep that is cut or has holes may have named any: it calls only coins unseen that were asked for by id.
        One that has records whose coin could not be made out calls none so.
        """
        self.marks += 1
        sweep_id, whole = self.checkpoint.sweep_id, not self.checkpoint.sweep_holes
        named, listed = _named_in(self.pages_of(sweep_id)), _named_in(self.list_pages(sweep_id))
        asked, nameless = self.asked_for(sweep_id), self._has_nameless(sweep_id)
        for coin_id, latest in self.latest.items():
            is_sure = not nameless and ((whole and not cut) or coin_id in asked)
            unseen = None if coin_id in named else latest.unseen_since or (at if is_sure else None)
            below = latest.below_since
            if coin_id in listed or unseen is not None:
                below = None
            elif whole and (coin_id in named or not nameless):
                below = (below or at) if cut else None
            asked_at = at if coin_id in asked else latest.asked_at
            self.latest[coin_id] = Latest(
                quote=latest.quote, unseen_since=unseen, below_since=below, asked_at=asked_at
            )

    def _has_nameless(self, sweep_id: int | None) -> bool:
        """Whether the sweep has a record whose coin could not be made out."""
        page_ids = {page.stored.page_id for page in self.pages_of(sweep_id)}
        return any(
            page_id in page_ids and kept.rejection.coin_id is None
            for (page_id, *_), kept in self.rejections.items()
        )

    def interrupt_orphans(self, at: datetime) -> None:
        """A run that is still `running` when its source can be claimed lost its process."""
        for run_id, run in self.runs.items():
            if run.status is RunStatus.RUNNING:
                ended = {"status": RunStatus.INTERRUPTED, "finished_at": at, "error": "its process ended"}
                self.runs[run_id] = replace(run, **ended)


def _named_in(pages: Iterable[KeptPage]) -> frozenset[str]:
    return frozenset().union(*(page.coin_ids for page in pages))


def as_stored(quote: Quote, *, page_id: int, recorded_at: datetime, version: int) -> StoredQuote:
    """A quote as the store keeps it."""
    return StoredQuote(**asdict(quote), recorded_at=recorded_at, version=version, page_id=page_id)


def without_sweep(checkpoint: Checkpoint) -> Checkpoint:
    """A checkpoint whose sweep is over."""
    return replace(checkpoint, **NO_SWEEP, sweep_id=None, failed_cursor=None)
