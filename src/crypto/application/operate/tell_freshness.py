"""Tell whether what is stored of a source passes for current, and if not, why, in words."""

from datetime import datetime

from msgspec import Struct

from crypto.application.formatting import moment, span
from crypto.application.ports import SourceRecord
from crypto.domain.freshness import Freshness, Rhythm, freshness


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
    known = f"no newer stamp since {moment(record.newest_observed_at)}"
    if verdict is Freshness.STALE:
        return f"{known}, which is more than {span(rhythm.max_age)} ago"
    return f"{known}, although the source answers (last at {moment(record.last_success_at)})"
