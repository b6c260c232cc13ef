"""Sizes, times, ages and long lists as they are told to a person."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

KIBI = 1024
UNITS = ("bytes", "KiB", "MiB", "GiB", "TiB")
SPANS = (
    (timedelta(days=365), "years"),
    (timedelta(days=1), "days"),
    (timedelta(hours=1), "h"),
    (timedelta(minutes=1), "min"),
)


def size(number: int) -> str:
    """A number of bytes as people read it: `12.3 GiB`."""
    value, unit = float(number), 0
    while value >= KIBI and unit < len(UNITS) - 1:
        value, unit = value / KIBI, unit + 1
    return f"{value:.1f} {UNITS[unit]}" if unit else f"{number} bytes"


def span(length: timedelta) -> str:
    """`90 s`, `12 min`, `5 h`, `3 days`, `2 years`: rounded down."""
    for unit, name in SPANS:
        if length >= 2 * unit:
            return f"{length // unit} {name}"
    return f"{length.total_seconds():.0f} s"


def ago(at: datetime, now: datetime) -> str:
    """How long ago, or how far ahead, a moment is: `3 min ago`, `in 3 min`."""
    return f"{span(now - at)} ago" if at <= now else f"in {span(at - now)}"


def moment(at: datetime | None) -> str:
    """A moment in UTC to the second: `2026-11-02 12:00:00Z`."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%SZ") if at else "a time unknown"


def some(names: Sequence[str], *, most: int = 3) -> str:
    """The first names of a list, and how many are left out: `a, b, c and 4 more`."""
    told = ", ".join(names[:most])
    return f"{told} and {len(names) - most} more" if len(names) > most else told
