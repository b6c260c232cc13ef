"""Whose requests a provider counts together, and how many of them a source may send."""

from datetime import timedelta
from hashlib import sha256
from math import ceil
from urllib.parse import urlsplit

from crypto.adapters.fetch.options import HttpOptions
from crypto.domain.allowance import MONTH, Allowance

ACCOUNT_CHARACTERS = 16


def allowance_of(source: str, options: HttpOptions, *, sweep_requests: int) -> Allowance:
    """What the settings allow it to ask; `sweep_requests` is what one sweep takes.

    Half of what the schedule leaves of a month may be spared, the other half is for retries.
    """
    return Allowance(
        source=source,
        account=account_of(options),
        pause=timedelta(seconds=options.pause),
        per_minute=options.per_minute,
        per_month=options.per_month,
        spare_per_month=_spare(options, sweep_requests),
    )


def account_of(options: HttpOptions) -> str:
    """A digest of host and key: another key has a budget of its own, and the key itself is stored nowhere."""
    told = f"{urlsplit(options.base_url).netloc.lower()} {options.api_key or ''}"
    return sha256(told.encode()).hexdigest()[:ACCOUNT_CHARACTERS]


def _spare(options: HttpOptions, sweep_requests: int) -> int | None:
    if options.per_month is None:
        return None
    scheduled = ceil(sweep_requests * MONTH.total_seconds() / options.interval)
    return max(0, options.per_month - scheduled) // 2
