"""How old a price may be and still pass for current, and whether a source's feed still moves."""

from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct


class FreshnessPolicy(Struct, frozen=True, kw_only=True):
    """How often a source is asked, and how old its quotes may be, by the moment the source says they are of.

    `update_cycle` is the age that the newest quote of a working feed does not reach before the next one is there;
    None for what does not tick, such as a file.
    """

    interval: timedelta
    max_age: timedelta
    update_cycle: timedelta | None = None


class Freshness(StrEnum):
    """Whether a source's newest quote passes for current; a frozen feed answers, and nothing in it moves."""

    FRESH = "fresh"
    STALE = "stale"
    FROZEN = "frozen"


def freshness(fresh_until: datetime, *, frozen_since: datetime | None, now: datetime) -> Freshness:
    """What is to be said of a source at this moment."""
    if frozen_since is not None:
        return Freshness.FROZEN
    return Freshness.FRESH if now <= fresh_until else Freshness.STALE


def frozen_since(
    newest: datetime, *, before: datetime | None, arrived_at: datetime, update_cycle: timedelta
) -> datetime | None:
    """The moment of a frozen feed's newest quote; None for a feed that moves.

    Frozen is one that had no newer quote than `before`, its newest one after the sweep before, when a working
    one would have had.
    """
    moved = before is None or newest > before
    return None if moved or arrived_at - newest <= update_cycle else newest
