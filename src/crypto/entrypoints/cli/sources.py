"""`crypto sources`: which sources there are, which are on, and how fresh each is."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import rich_click as click

from crypto.entrypoints.cli.options import json_option

if TYPE_CHECKING:
    from crypto.application.report_run_stats import RunStats
    from crypto.domain.drift import SeenDrift
    from crypto.entrypoints.container import Container

COLUMNS = ("source", "enabled", "status", "interval_seconds", "freshness", "fresh_until", "coins", "stale_coins",
           "unseen_coins", "open_rejections", "newest_observed_at", "error")  # fmt: skip


@click.command("sources")
@json_option
def command(*, as_json: bool) -> None:
    """Show the sources: which are on, how fresh they are, and how to switch on the others.

    Below the table: each field of their records that is new, missing, of another type or there twice, and where
    that was first seen.

    \b
      crypto sources
      CRYPTO_SOURCES=csv,coingecko crypto up     just these two
      CRYPTO_SOURCE__COINGECKO__API_KEY=... crypto ingest coingecko
    """
    from msgspec.structs import asdict

    from crypto.entrypoints.cli.exits import say
    from crypto.entrypoints.cli.session import asked
    from crypto.entrypoints.cli.show import show_json, show_lines, show_outcomes

    found, drift, off = asked(_ask)
    if as_json:
        show_json({"sources": found.sources, "drift": drift, "off": off})
        return
    rows = [{**asdict(each), "error": each.error_message} for each in found.sources]
    show_outcomes(COLUMNS, [[row[column] for column in COLUMNS] for row in rows])
    show_lines(map(told, drift))
    for each in found.sources:
        if each.freshness_reason:
            say(f"{each.source} is {each.freshness}: {each.freshness_reason}")
    for reason in off.values():
        say(reason)


async def _ask(container: "Container") -> "tuple[RunStats, Sequence[SeenDrift], dict[str, str]]":
    drift = await container.list_drift()()
    return await container.report_run_stats()(), drift, dict(container.sources().off)


def told(drift: "SeenDrift") -> str:
    """A drift in one line."""
    from crypto.entrypoints.cli.show import cell

    place = f"first in record {drift.position} of page {drift.page_id}, {cell(drift.first_seen_at)}"
    return f"{drift.source}: {cell(drift.path)} is {drift.type}, {place}: {cell(drift.example)}"
