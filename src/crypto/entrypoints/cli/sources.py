"""`crypto sources`: which sources there are, which are on, how fresh each is, and how often it may be asked."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import rich_click as click

from crypto.entrypoints.cli.options import json_option

if TYPE_CHECKING:
    from crypto.application.list_sources import SourceListing
    from crypto.domain.drift import SeenDrift
    from crypto.entrypoints.container import Container

COLUMNS = ("source", "enabled", "status", "interval_seconds", "freshness", "fresh_until", "coins", "stale_coins",
           "unseen_coins", "below_coins", "open_rejections", "newest_observed_at", "error")  # fmt: skip
REQUESTS = ("source", "requests_used", "requests_left", "requests_reset_at", "requests_used_in_minute",
            "requests_left_in_minute")  # fmt: skip


@click.command("sources")
@json_option
def command(*, as_json: bool) -> None:
    """Show the sources: which are on, how fresh they are, and how to switch on the others.

    Then the requests of the last 31 days, by all processes; `requests_reset_at` is when more will be left. Below
    that: each field of their records that is new, missing, of another type or there twice, and where that was
    first seen.

    \b
      crypto sources
      CRYPTO_SOURCES=csv,coingecko crypto up     just these two
      CRYPTO_SOURCE__COINGECKO__API_KEY=... crypto ingest coingecko
    """
    from msgspec.structs import asdict

    from crypto.entrypoints.cli.exits import say
    from crypto.entrypoints.cli.session import asked
    from crypto.entrypoints.cli.show import show_json, show_lines, show_outcomes, show_table

    found, drift, off = asked(_ask)
    if as_json:
        show_json({"sources": found, "drift": drift, "off": off})
        return
    rows = [{**asdict(each), "error": each.error_message} for each in found]
    show_outcomes(COLUMNS, [[row[column] for column in COLUMNS] for row in rows])
    if counted := [row for row in rows if row["requests_used"] is not None]:
        show_table(REQUESTS, [[row[column] for column in REQUESTS] for row in counted])
    show_lines(map(told, drift))
    for each in found:
        _say_state(each)
    for reason in off.values():
        say(reason)


def _say_state(source: "SourceListing") -> None:
    """Why it is not fresh, and why it is not asked."""
    from crypto.entrypoints.cli.exits import say
    from crypto.entrypoints.cli.show import cell

    if source.freshness_reason:
        say(f"{source.source} is {source.freshness}: {source.freshness_reason}")
    if source.requests_paused_until:
        say(f"{source.source} wants no request until {cell(source.requests_paused_until)}")


async def _ask(
    container: "Container",
) -> "tuple[tuple[SourceListing, ...], Sequence[SeenDrift], dict[str, str]]":
    drift = await container.list_drift()()
    return await container.list_sources()(), drift, dict(container.sources().off)


def told(drift: "SeenDrift") -> str:
    """A drift in one line."""
    from crypto.entrypoints.cli.show import cell

    place = f"first in record {drift.position} of page {drift.page_id}, {cell(drift.first_seen_at)}"
    return f"{drift.source}: {cell(drift.path)} is {drift.type}, {place}: {cell(drift.example)}"
