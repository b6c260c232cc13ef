"""Tell whether what is stored of a source passes for current, and if not, why, in words."""

from datetime import UTC, datetime, timedelta

from msgspec import Struct

from crypto.application.ports import SourceRecord
from crypto.domain.freshness import Freshness, Rhythm, freshness

UNITS = ((86_400, "d"), (3600, "h"), (60, "min"))
"""Seconds."""


class Told(Struct, frozen=True, kw_only=True):
    """All None for a source that is off, or of which there is nothing; `reason` is None when it is fresh."""

    fresh_until: datetime | None = None
    freshness: Freshness | None = None
    reason: str | None = None


def tell_freshness(record: SourceRecord | None, rhythm: Rhythm | None, now: datetime) -> Told:
    """How fresh a source is at this moment, by its newest quote's own stamp and not by when we last asked."""
    if record is None or rhythm is None or record.newest_observed_at is None:
        return Told()
    until = record.newest_observed_at + rhythm.max_age
    verdict = freshness(until, frozen_since=record.frozen_since, now=now)
    return Told(fresh_until=until, freshness=verdict, reason=_reason(verdict, record, rhythm))


def _reason(verdict: Freshness, record: SourceRecord, rhythm: Rhythm) -> str | None:
    if verdict is Freshness.FRESH:
        return None
    known = f"no newer stamp since {_told(record.newest_observed_at)}"
    if verdict is Freshness.STALE:
        return f"{known}, which is more than {_in_words(rhythm.max_age)} ago"
    return f"{known}, although the source answers (last at {_told(record.last_success_at)})"


def _told(moment: datetime | None) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%SZ}" if moment else "a time unknown"


def _in_words(span: timedelta) -> str:
    """In the largest unit that it is whole in."""
    seconds = round(span.total_seconds())
    size, unit = next((each for each in UNITS if seconds % each[0] == 0), (1, "s"))
    return f"{seconds // size} {unit}"
