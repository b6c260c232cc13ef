"""`crypto sources`: which sources there are, which are on, how fresh each is, and how often it may be asked."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import rich_click as click

from crypto.entrypoints.cli.kit.options import json_option, wide_option
from crypto.entrypoints.cli.screen.grid import Column

if TYPE_CHECKING:
    from crypto.application.operate.list_sources import SourceListing
    from crypto.domain.schema_drift import NotedDrift
    from crypto.entrypoints.wiring.container import Container

COLUMNS = (
    Column(name="source"),
    Column(name="feed", unless=("prices",)),
    Column(name="status"),
    Column(name="last run"),
    Column(name="due"),
    Column(name="freshness"),
    Column(name="newest", rank=2),
    Column(name="coins"),
    Column(name="requests_left", rank=1, unless=("-",)),
)
WIDE = ("source", "enabled", "status", "interval_seconds", "freshness", "fresh_until", "coins", "stale_coins",
        "unseen_coins", "below_coins", "open_rejections", "newest_observed_at")  # fmt: skip
REQUESTS = ("source", "requests_used", "requests_left", "requests_reset_at", "requests_used_in_minute",
            "requests_left_in_minute")  # fmt: skip


@click.command("sources")
@wide_option
@json_option
def command(*, wide: bool, as_json: bool) -> None:
    """Show the sources: which are on, how fresh they are, and how to switch on the others.

    `due` is when a schedule asks it again, `requests_left` what the last 31 days leave to all processes. Below a
    source stands what is wrong with it; then each field of their records that is new, missing, of another type or
    there twice, and where that was first seen. With --wide, `requests_reset_at` is when more will be left.

    \b
      crypto sources
      CRYPTO_SOURCES=csv,coingecko crypto up     just these two
      CRYPTO_SOURCE__COINGECKO__API_KEY=... crypto ingest coingecko
    """
    from crypto.entrypoints.cli.kit.exits import say
    from crypto.entrypoints.cli.kit.session import asked
    from crypto.entrypoints.cli.screen.show import MORE, show_json, show_lines, show_table

    found, drift, off = asked(_ask)
    if as_json:
        show_json({"sources": found, "schema_drift": drift, "drift": drift, "off": off})
        return
    if wide:
        _show_wide(found)
    else:
        show_table(COLUMNS, [_shown(each) for each in found], noted="remarks", note=MORE)
    show_lines(map(drift_line, drift))
    for each in found:
        _say_state(each)
    for reason in off.values():
        say(reason)


def _show_wide(found: "Sequence[SourceListing]") -> None:
    from msgspec.structs import asdict

    from crypto.entrypoints.cli.screen.show import show_lines, show_wide

    show_wide(WIDE, [asdict(each) for each in found], noted="error_message")
    if counted := [asdict(each) for each in found if each.requests_used is not None]:
        show_lines([""])
        show_wide(REQUESTS, counted)


def _shown(source: "SourceListing") -> dict[str, object]:
    from crypto.entrypoints.cli.screen.ages import told_ago

    return {
        "source": source.source,
        "feed": source.feed,
        "status": source.status,
        "last run": told_ago(source.last_finished_at),
        "due": _due(source),
        "freshness": source.freshness,
        "newest": told_ago(source.newest_observed_at),
        "coins": source.coins,
        "requests_left": source.requests_left,
        "remarks": "; ".join(_remarks(source)) or None,
    }


def _due(source: "SourceListing") -> str | None:
    """As the schedule reckons: an interval after a success began, or a failure ended."""
    from datetime import timedelta

    from crypto.domain.run import RunStatus
    from crypto.entrypoints.cli.screen.ages import told_ago

    if source.interval_seconds is None:
        return "off"
    if source.status not in {RunStatus.SUCCESS, RunStatus.FAILURE} or source.last_finished_at is None:
        return None if source.status == RunStatus.RUNNING else "now"
    began = source.duration_seconds or 0.0 if source.status == RunStatus.SUCCESS else 0.0
    return told_ago(source.last_finished_at + timedelta(seconds=source.interval_seconds - began))


def _remarks(source: "SourceListing") -> Iterator[str]:
    """A source's last error, and what of its requests, quotes and records is not in order."""
    from crypto.entrypoints.cli.screen.show import cell

    if source.error_message:
        yield source.error_message
    if source.requests_left == 0:
        yield f"more requests from {cell(source.requests_reset_at)}"
    if source.stale_coins:
        yield f"coins without a current quote: {source.stale_coins:,}"
    if source.unseen_coins:
        yield f"coins that are no longer listed: {source.unseen_coins:,}"
    if source.open_rejections:
        yield f"records that are not believed (`crypto rejections`): {source.open_rejections:,}"


def _say_state(source: "SourceListing") -> None:
    """Why it is not fresh, and why it is not asked."""
    from crypto.entrypoints.cli.kit.exits import say
    from crypto.entrypoints.cli.screen.show import cell

    if source.freshness_reason:
        say(f"{source.source} is {source.freshness}: {source.freshness_reason}")
    if source.requests_paused_until:
        say(f"{source.source} wants no request until {cell(source.requests_paused_until)}")


async def _ask(
    container: "Container",
) -> "tuple[tuple[SourceListing, ...], Sequence[NotedDrift], dict[str, str]]":
    drift = await container.list_sources().schema_drift()
    return await container.list_sources()(), drift, dict(container.sources().off)


def drift_line(drift: "NotedDrift") -> str:
    """Schema drift in one line: the field, its type, and where it was first seen."""
    from crypto.entrypoints.cli.screen.show import cell

    place = f"first in record {drift.position} of page {drift.page_id}, {cell(drift.first_seen_at)}"
    return f"{drift.source}: {cell(drift.path)} is {drift.type}, {place}: {cell(drift.example)}"
