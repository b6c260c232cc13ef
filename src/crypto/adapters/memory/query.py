"""Questions answered from memory, with the same meaning as the SQL ones."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from hashlib import sha256
from typing import Any

import msgspec
from msgspec.structs import replace

from crypto.adapters.memory.state import FeedState, KeptPage
from crypto.application.ports import SourceRecord
from crypto.application.ports.queries import LOOKUP_FIELDS
from crypto.domain.amount import plain
from crypto.domain.feed import PRICES, Feed
from crypto.domain.market_data import (
    CoinFilter,
    CoinKey,
    Count,
    ListKey,
    Lookup,
    QuoteFilter,
    QuoteJson,
    QuoteKey,
    QuoteList,
    StoredQuote,
    Window,
)
from crypto.domain.page import PageFacts
from crypto.domain.quote import AMOUNTS, CLOCK_TOLERANCE
from crypto.domain.rejection import RejectionFilter, StoredRejection
from crypto.domain.run import RunKind, RunStatus

ENCODER = msgspec.json.Encoder(decimal_format="number")


def find(states: Iterable[FeedState], wanted: QuoteFilter, window: Window[QuoteKey]) -> QuoteList[QuoteKey]:
    """One part of the list of quotes, newest first, and how long the list is."""
    by_source = {state.checkpoint.source: state for state in states}
    believed = (quote for state in by_source.values() for quote in _believed(state, wanted.as_of))
    listed = sorted((each for each in believed if _matches(each, wanted)), key=_key, reverse=True)
    rest = [quote for quote in listed if window.after is None or quote.key < window.after]
    part = rest[window.offset :]
    quotes = tuple(_aged(quote, by_source[quote.source], wanted.as_of) for quote in part[: window.limit])
    return QuoteList(quotes=quotes, next_after=_last_of(part, window, _key), **_told(window, len(listed)))


def _last_of(
    rest: Sequence[StoredQuote], window: Window[ListKey], key: Callable[[StoredQuote], ListKey]
) -> ListKey | None:
    """The key of the last one shown, where more follow."""
    return key(rest[window.limit - 1]) if len(rest) > window.limit else None


def _told(window: Window[ListKey], length: int) -> dict[str, Any]:
    """What a part of a list says of the whole: counting is cheap here, and so exact where it is asked for."""
    is_told = window.count is not Count.NONE
    return {"total": length if is_told else None, "count": Count.EXACT if is_told else Count.NONE, "version": ""}


def as_json(
    found: QuoteList[ListKey], fields: tuple[str, ...], max_ages: Mapping[str, timedelta]
) -> QuoteJson[ListKey]:
    """A part of a list with these fields of each quote, as the API sends it."""
    told = {name: getattr(found, name) for name in ("total", "count", "version", "next_after")}
    shown = [_shown(quote, fields, max_ages.get(quote.source)) for quote in found.quotes]
    return QuoteJson(quotes=ENCODER.encode(shown), shown=len(shown), **told)


def look_up_json(states: Iterable[FeedState], asked: Sequence[Lookup]) -> bytes:
    """An answer to each, in their order."""
    by_source = {state.checkpoint.source: state for state in states}
    return ENCODER.encode([_looked_up(by_source.get(each.source), each) for each in asked])


def _looked_up(state: FeedState | None, asked: Lookup) -> dict[str, object]:
    of_coin = [quote for quote in state.unified.values() if quote.coin_id == asked.coin_id] if state else []
    until = max((each for each in of_coin if each.observed_at <= asked.time), key=_key, default=None)
    following = min((each.observed_at for each in of_coin if each.observed_at > asked.time), default=None)
    return {
        "source": asked.source,
        "coin_id": asked.coin_id,
        "time": asked.time.astimezone(UTC),
        "quote": _shown(until, LOOKUP_FIELDS, None) if until else None,
        "age_seconds": (asked.time - until.observed_at).total_seconds() if until else None,
        "next_observed_at": following,
        "next_after_seconds": (following - asked.time).total_seconds() if following else None,
    }


def _shown(quote: StoredQuote, fields: tuple[str, ...], max_age: timedelta | None) -> dict[str, object]:
    amounts = {name: plain(getattr(quote, name)) for name in AMOUNTS}
    more = {"stale_after": None if max_age is None else quote.observed_at + max_age, **amounts}
    return {name: more[name] if name in more else getattr(quote, name) for name in fields}


def _aged(quote: StoredQuote, state: FeedState, as_of: datetime | None) -> StoredQuote:
    """The quote with what is known of its coin: unseen or below its list since when, if it was so then."""
    latest = state.latest.get(quote.coin_id)
    if latest is None:
        return quote
    unseen, below = (_so_then(since, as_of) for since in (latest.unseen_since, latest.below_since))
    return replace(quote, unseen_since=unseen, below_since=below)


def _so_then(since: datetime | None, as_of: datetime | None) -> datetime | None:
    return since if since is not None and (as_of is None or since <= as_of) else None


def _key(quote: StoredQuote) -> QuoteKey:
    return quote.key


def _believed(state: FeedState, as_of: datetime | None) -> Iterator[StoredQuote]:
    if as_of is None:
        yield from state.unified.values()
        return
    known = as_of + CLOCK_TOLERANCE
    now = (row for row in state.unified.values() if row.recorded_at <= as_of)
    before = (row for row, until in state.superseded if row.recorded_at <= as_of < until)
    yield from (row for rows in (now, before) for row in rows if row.observed_at <= known)


def coins(states: Iterable[FeedState], wanted: CoinFilter, window: Window[CoinKey]) -> QuoteList[CoinKey]:
    """One part of the list of coins, the largest first, and how long the list is."""
    newest = (
        replace(latest.quote, unseen_since=latest.unseen_since, below_since=latest.below_since)
        for state in states
        for latest in state.latest.values()
    )
    listed = sorted((each for each in newest if _is_wanted(each, wanted)), key=lambda coin: _rank(coin.coin_key))
    after = window.after
    rest = [coin for coin in listed if after is None or _rank(coin.coin_key) > _rank(after)]
    part = rest[window.offset :]
    next_after = _last_of(part, window, lambda coin: coin.coin_key)
    return QuoteList(quotes=tuple(part[: window.limit]), next_after=next_after, **_told(window, len(listed)))


def known_ids(states: Iterable[FeedState], source: str | None) -> frozenset[str]:
    """Every id that they, or this one of them, gave a coin, now or before."""
    known: set[str] = set()
    for state in states:
        if source in {None, state.checkpoint.source}:
            known |= state.latest.keys() | {quote.coin_id for quote, _ in state.superseded}
    return frozenset(known)


def _rank(key: CoinKey) -> tuple[Decimal, str, str]:
    """What the order of coins compares: the largest first, those without a market cap last."""
    market_cap, coin_id, source = key
    return Decimal("Infinity") if market_cap is None else -market_cap, coin_id, source


def _is_wanted(coin: StoredQuote, wanted: CoinFilter) -> bool:
    return (
        wanted.source in {None, coin.source}
        and wanted.coin_id in {None, coin.coin_id}
        and (wanted.symbol is None or _folded(wanted.symbol) == _folded(coin.symbol))
    )


def _matches(quote: StoredQuote, wanted: QuoteFilter) -> bool:
    return (
        wanted.source in {None, quote.source}
        and (not wanted.coin_ids or quote.coin_id in wanted.coin_ids)
        and (wanted.symbol is None or _folded(wanted.symbol) == _folded(quote.symbol))
        and _within(quote.observed_at, wanted.observed_from, wanted.observed_to)
        and _within(quote.ingested_at, wanted.ingested_from, wanted.ingested_to)
    )


def _folded(symbol: str | None) -> bytes | None:
    """Lower case in ASCII only, as SQL does it."""
    return None if symbol is None else symbol.encode().lower()


def _within(moment: datetime, start: datetime | None, end: datetime | None) -> bool:
    return (start is None or moment >= start) and (end is None or moment < end)


def source_record(feed: Feed, state: FeedState) -> SourceRecord:
    """What is known of a feed; coins are counted with the prices."""
    latest = state.latest.values() if feed.name == PRICES else ()
    ingests = [run for run in state.runs.values() if run.kind is RunKind.INGEST]
    newest = _last(row.quote.observed_at for row in latest)
    still_frozen = newest and state.frozen_since and newest <= state.frozen_since
    unresolved = [each for each in state.rejections.values() if each.resolved_at is None]
    return SourceRecord(
        source=feed.source,
        feed=feed.name,
        last_run=max(ingests, key=lambda run: run.run_id, default=None),
        last_success_at=_last(run.finished_at for run in ingests if run.status is RunStatus.SUCCESS),
        last_failure_at=_last(run.finished_at for run in ingests if run.status is RunStatus.FAILURE),
        coins=len(latest),
        unseen_coins=sum(1 for each in latest if each.unseen_since),
        below_coins=sum(1 for each in latest if each.below_since),
        open_rejections=len(unresolved),
        newest_observed_at=newest,
        frozen_since=state.frozen_since if still_frozen else None,
    )


def rejections(states: Mapping[Feed, FeedState], wanted: RejectionFilter) -> list[StoredRejection]:
    """All that are wanted, those that arrived last first."""
    found = [each for feed, state in states.items() for each in _rejections(feed, state)]
    return sorted(filter(partial(_is_listed, wanted), found), key=lambda each: each.key, reverse=True)


def _is_listed(wanted: RejectionFilter, found: StoredRejection) -> bool:
    return (
        wanted.source in {None, found.source}
        and wanted.feed in {None, found.feed}
        and wanted.reason in {None, found.reason}
        and wanted.coin_id in {None, found.coin_id}
        and wanted.is_resolved == (found.resolved_at is not None)
    )


def _rejections(feed: Feed, state: FeedState) -> Iterator[StoredRejection]:
    for (page_id, position, field), kept in state.rejections.items():
        yield StoredRejection(
            source=feed.source,
            feed=feed.name,
            page_id=page_id,
            position=position,
            field=field or None,
            received_at=state.pages[page_id].stored.page.received_at,
            coin_id=kept.rejection.coin_id,
            reason=kept.rejection.reason,
            detail=kept.rejection.detail,
            excerpt=kept.rejection.excerpt,
            rejected_at=kept.rejected_at,
            resolved_at=kept.resolved_at,
        )


def page_facts(kept: KeptPage) -> PageFacts:
    """What is known of a page without reading its bytes."""
    page = kept.stored.page
    return PageFacts(
        page_id=kept.stored.page_id,
        source=page.source,
        feed=page.feed,
        run_id=kept.run_id,
        sweep_id=kept.sweep_id,
        page_seq=kept.page_seq,
        request=page.request,
        context=page.context,
        requested_at=page.requested_at,
        received_at=page.received_at,
        status=page.status,
        headers=page.headers,
        sha256=sha256(page.body).hexdigest(),
        size_bytes=len(page.body),
        coins=len(kept.coin_ids),
        parser_version=kept.parser_version,
        is_last=page.is_last,
    )


def _last(moments: Iterable[datetime | None]) -> datetime | None:
    return max((moment for moment in moments if moment), default=None)
