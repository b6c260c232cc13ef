"""What changed in the quotes in memory, with the same meaning as the log of changes in PostgreSQL."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from itertools import islice

import msgspec

from crypto.adapters.memory.state import FeedState, PageChange, Quotes
from crypto.application.ports.queries import CHANGED_FIELDS
from crypto.domain.amount import plain
from crypto.domain.changes import ChangeFilter, ChangesJson, FeedPlace
from crypto.domain.market_data import StoredQuote
from crypto.domain.quote import AMOUNTS

ENCODER = msgspec.json.Encoder(decimal_format="number")
GENESIS = datetime.min.replace(tzinfo=UTC)

Told = tuple[dict[str, object] | None, FeedPlace]
"""A change, or None, and the place after it."""


class MemoryChanges:
    """The changes of these sources, each with the state of one of its feeds."""

    def __init__(self, states: Mapping[str, FeedState], wanted: ChangeFilter) -> None:
        self._quotes = {
            source: state.quotes for source, state in sorted(states.items()) if wanted.source in {None, source}
        }
        self._wanted = wanted

    def last(self) -> dict[str, int]:
        """The number of the last change of each source."""
        return {source: len(quotes.changes) for source, quotes in self._quotes.items()}

    def after(self, place: FeedPlace, *, limit: int) -> ChangesJson | None:
        """Up to `limit` changes after a place; None for one where these sources never were."""
        last = self.last()
        if any(number > last.get(source, 0) for source, number in place.seen.items()):
            return None
        found: list[dict[str, object]] = []
        for change, reached in self._following(place):
            if change is not None and len(found) == limit:
                break
            place = reached
            found += [change] if change is not None else []
        behind = any(number > place.seen.get(source, 0) for source, number in last.items())
        has_more = behind or not place.is_between
        return ChangesJson(changes=ENCODER.encode(found), shown=len(found), place=place, has_more=has_more)

    def _following(self, place: FeedPlace) -> Iterator[Told]:
        if place.is_listing:
            yield from self._listed(place)
            place = FeedPlace(place.seen)
        for source in sorted(self._quotes, key=lambda each: (each != place.source, each)):
            for told in self._logged(source, place):
                yield told
                place = FeedPlace(told[1].seen)

    def _listed(self, place: FeedPlace) -> Iterator[Told]:
        for source, quotes in self._quotes.items():
            if source in place.seen and source >= place.source:
                at = place if source == place.source else FeedPlace(place.seen, is_listing=True, source=source)
                changes = [(_upsert(quote), quote.observed_at, quote.coin_id) for quote in quotes.unified.values()]
                yield from self._in_order(changes, at)
        yield None, FeedPlace(place.seen)

    def _logged(self, source: str, place: FeedPlace) -> Iterator[Told]:
        quotes, first = self._quotes[source], place.seen.get(source, 0)
        for number, change in enumerate(islice(quotes.changes, first, None), first + 1):
            at = place if source == place.source else FeedPlace(place.seen, source=source)
            yield from self._in_order(list(_of_change(source, quotes, change)), at)
            place = FeedPlace({**place.seen, source: number})
            yield None, place

    def _in_order(self, changes: list[tuple[dict[str, object], datetime, str]], at: FeedPlace) -> Iterator[Told]:
        """Those that are wanted and come after a place in their list."""
        coins, before = self._wanted.coin_ids, (at.observed_at or GENESIS, at.coin_id)
        for change, observed_at, coin_id in sorted(changes, key=lambda each: each[1:]):
            if (observed_at, coin_id) > before and (not coins or coin_id in coins):
                yield change, at._replace(observed_at=observed_at, coin_id=coin_id)


def _of_change(
    source: str, quotes: Quotes, change: PageChange
) -> Iterator[tuple[dict[str, object], datetime, str]]:
    """What a change did, as far as it still is so."""
    for quote in quotes.unified.values():
        if (quote.page_id, quote.version) == change:
            yield _upsert(quote), quote.observed_at, quote.coin_id
    for (coin_id, observed_at), at in quotes.withdrawn.get(change, {}).items():
        if (coin_id, observed_at) not in quotes.unified:
            key = {"source": source, "coin_id": coin_id, "observed_at": observed_at}
            yield {"change": "withdraw", **key, "recorded_at": at, "quote": None}, observed_at, coin_id


def _upsert(quote: StoredQuote) -> dict[str, object]:
    amounts = {name: plain(getattr(quote, name)) for name in AMOUNTS}
    shown = {name: amounts[name] if name in amounts else getattr(quote, name) for name in CHANGED_FIELDS}
    key = {name: getattr(quote, name) for name in ("source", "coin_id", "observed_at", "recorded_at")}
    return {"change": "upsert", **key, "quote": shown}
