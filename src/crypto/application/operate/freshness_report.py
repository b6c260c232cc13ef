"""Tell whether what is stored of a source passes for current, and if not, why, in words."""

from datetime import datetime

from msgspec import Struct

from crypto.application.formatting import moment, span
from crypto.application.ports import SourceRecord
from crypto.domain.freshness import Freshness, FreshnessPolicy, freshness


class FreshnessReport(Struct, frozen=True, kw_only=True):
    """All None for a source that is off, or of which there is nothing; `reason` is None when it is fresh."""

    fresh_until: datetime | None = None
    freshness: Freshness | None = None
    reason: str | None = None


def report_freshness(
    record: SourceRecord | None, policy: FreshnessPolicy | None, now: datetime
) -> FreshnessReport:
    """How fresh a source is at this moment, by its newest quote's own stamp and not by when we last asked."""
    if record is None or policy is None or record.newest_observed_at is None:
        return FreshnessReport()
    until = record.newest_observed_at + policy.max_age
    verdict = freshness(until, frozen_since=record.frozen_since, now=now)
    return FreshnessReport(fresh_until=until, freshness=verdict, reason=_reason(verdict, record, policy))


def _reason(verdict: Freshness, record: SourceRecord, policy: FreshnessPolicy) -> str | None:
    if verdict is Freshness.FRESH:
        return None
    known = f"no newer stamp since {moment(record.newest_observed_at)}"
    if verdict is Freshness.STALE:
        return f"{known}, which is more than {span(policy.max_age)} ago"
    return f"{known}, although the source answers (last at {moment(record.last_success_at)})"
