"""Show quotes in the words of the API: a table for people, JSON for programs."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from crypto.adapters.platform.system_clock import SystemClock
from crypto.application.formatting import ago
from crypto.domain.quote import AMOUNTS, VALUES
from crypto.entrypoints.cli.kit.exits import say
from crypto.entrypoints.cli.screen.show import MORE, plain, show_json, show_table, show_wide

if TYPE_CHECKING:
    from crypto.application.query.list_coins import Coin
    from crypto.application.query.quote_page import QuotePage
    from crypto.domain.market_data import StoredQuote
    from crypto.entrypoints.cli.screen.grid import Column

MOST_NAMED = 5

_TOLD_OF = ("stale_after", "unseen_since", "ingested_at", "page_id", "position")
WIDE_QUOTES = ("observed_at", "coin_id", *VALUES, "source", *_TOLD_OF)
WIDE_COINS = ("coin_id", *VALUES, "source", "observed_at", *_TOLD_OF)


def page_as_json(found: "QuotePage", **more: object) -> None:
    """Part of a list, and where the next begins; then what `more` there is to tell."""
    show_json(
        {
            "data": rows_of(found),
            "total": found.total,
            "count": found.count,
            "page": found.page,
            "page_size": found.page_size,
            "next_cursor": found.next_cursor,
            **more,
        }
    )


def page_as_table(found: "QuotePage", columns: "Sequence[Column]", *, what: str, wide: Sequence[str]) -> None:
    """Part of a list of `what`; how to see more of it stands below."""
    as_table(found, columns, wide=wide, note=f"{len(found.quotes)}{_of(found)} {what}")
    if found.next_cursor:
        say(f"the next: --cursor {found.next_cursor}")


def _of(found: "QuotePage") -> str:
    """Of how many; nothing where that was not asked for."""
    if found.total is None:
        return ""
    return f" of {'about ' if found.count == 'estimated' else ''}{found.total:,}"


def as_table(
    found: "QuotePage | Coin", columns: "Sequence[Column]", *, wide: Sequence[str], note: str = ""
) -> None:
    """One row a quote; with all that is told of it, in this order, when it is to be `wide`."""
    rows = rows_of(found)
    if wide:
        show_wide(wide, rows, note=note)
        return
    now = SystemClock().now()
    told = [
        {**row, "age": ago(quote.observed_at, now), "state": _state(quote, until, now)}
        for row, quote, until in zip(rows, found.quotes, found.stale_after, strict=True)
    ]
    show_table(columns, told, note="; ".join(filter(None, (note, MORE if rows else ""))))


def _state(quote: "StoredQuote", stale_after: datetime | None, now: datetime) -> str | None:
    """Why it does not pass for current."""
    if quote.unseen_since is not None:
        return "unseen"
    return "stale" if stale_after is not None and now > stale_after else None


def say_below(found: "QuotePage | Coin") -> None:
    """Which of them are below the pages that are read of their source's list, if any are."""
    below = [f"{quote.coin_id!r} ({quote.source})" for quote in found.quotes if quote.below_since]
    if below:
        named = ", ".join(below[:MOST_NAMED]) + (
            f" and {len(below) - MOST_NAMED} more" if below[MOST_NAMED:] else ""
        )
        say(f"below the pages that are read of the list, and asked for by id as far as the budget allows: {named}")


def rows_of(found: "QuotePage | Coin") -> list[dict[str, object]]:
    """Each quote's fields, with how long it is good."""
    return [quote_fields(*each) for each in zip(found.quotes, found.stale_after, strict=True)]


def quote_fields(quote: "StoredQuote", stale_after: datetime | None) -> dict[str, object]:
    """What is shown of a quote, by the names of its columns."""
    return {
        "coin_id": quote.coin_id,
        **{name: getattr(quote, name) for name in VALUES},
        **{name: plain(getattr(quote, name)) for name in AMOUNTS},
        "source": quote.source,
        "observed_at": quote.observed_at,
        "ingested_at": quote.ingested_at,
        "stale_after": stale_after,
        "unseen_since": quote.unseen_since,
        "below_since": quote.below_since,
        "page_id": quote.page_id,
        "position": quote.position,
    }
