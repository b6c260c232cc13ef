"""Every table of the command line on a screen of 80 columns, over what people and providers really send."""

import asyncio
import json
import os
import sys
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len

from crypto.entrypoints.cli.screen.show import grouped
from tests.support import provider_answers as answers
from tests.support.commands import Ended, crypto
from tests.support.provider import Provider
from tests.support.readme import PATIENCE, Terminal
from tests.support.recordings import recordings

SAMPLE = Path(__file__).parents[2] / "data" / "sample.csv"

LONG = "an-identifier-of-a-bridged-and-wrapped-coin-on-some-chain-that-nobody-knows"

ODD = f"""id,name,symbol,price_usd,market_cap,volume_24h,last_updated
tiny,Tiny coin,TNY,0.00000000000000000384,,12,2026-01-02T03:04:05Z
large,Large coin,LRG,12345678901234.56,2201000000000.123456789,98765432109876.54,2026-01-03T03:04:06Z
exact,Exact coin,EXA,123456789.123456789123456789,2201000000000,,2026-01-03T03:04:06Z
{LONG}-v1,A name that nobody can remember,VERYLONGSYMBOLXX,1.5,2000,300,2026-01-03T03:04:06Z
{LONG}-v2,A name that nobody can remember,VERYLONGSYMBOLXX,2.5,2000,300,2026-01-03T03:04:06Z
龙币,龙的硬币在链上,龙币,0.0123,5000,600,2026-01-03T03:04:06Z
emoji,🚀🌕 to the moon,🚀🌕,0.5,7000,800,2026-01-03T03:04:06Z
bad,Bad,BAD,not known,1,2,2026-01-03T03:04:06Z
"""

COMMANDS: Sequence[tuple[str, ...]] = (
    ("coins", "--limit", "100"),
    ("coins", "bitcoin"),
    ("data", "--limit", "100"),
    ("runs",),
    ("stats",),
    ("sources",),
    ("rejections",),
    ("ingest",),
    ("csv", "check", "odd.csv", "--rows", "9"),
    ("csv", "check", "sample.csv"),
    ("doctor", "--offline", "--all"),
    ("db", "status"),
)

PASTED = ("export ", "paths = ", "postgresql", "the next: --cursor")
"""Lines that are copied as they are, and so never folded."""


def recorded() -> dict[str, list[bytes]]:
    """A page of each provider, as it was sent."""
    gecko = "coingecko/coins_markets/2025-11-02_usd_100.json"
    paprika = "coinpaprika/tickers/2026-09-29_free_plan_first_16_transcribed.json"
    pages = {"coingecko": gecko, "coinpaprika": paprika}
    return {source: [(recordings() / name).read_bytes()] for source, name in pages.items()}


async def filled(folder: Path, database_url: str, provider: Provider) -> dict[str, str]:
    """The settings of a service that has run with all its sources, and failed once with one."""
    (folder / "odd.csv").write_text(ODD)
    (folder / "sample.csv").write_bytes(SAMPLE.read_bytes())
    settings = {"DATABASE_URL": database_url, "SOURCE__CSV__PATHS": "sample.csv,odd.csv"}
    for name in ("COINGECKO", "COINPAPRIKA"):
        settings[f"SOURCE__{name}__BASE_URL"] = provider.base_url(name.lower())
        settings[f"SOURCE__{name}__PAUSE"], settings[f"SOURCE__{name}__RETRIES"] = "0", "0"
    await crypto("ingest", folder=folder, settings=settings)
    provider.always(answers.html(), source="coinpaprika")
    await crypto("ingest", "coinpaprika", folder=folder, settings=settings)
    return settings


@pytest.mark.parametrize(
    "pages", [pytest.param({}, id="made up"), pytest.param(None, id="recorded", marks=pytest.mark.long)]
)
async def test_no_table_is_wider_than_the_screen_and_every_price_is_there_in_full(
    database_url: str, tmp_path: Path, pages: dict[str, list[bytes]] | None
) -> None:
    served = recorded() if pages is None else pages
    async with Provider(coins=100, served=served) as provider:
        settings = await filled(tmp_path, database_url, provider)
        shown = {each: await crypto(*each, folder=tmp_path, settings=settings, columns=80) for each in COMMANDS}
        quotes = {
            name: json.loads(
                (await crypto(name, "--limit", "100", "--json", folder=tmp_path, settings=settings)).out,
                parse_float=Decimal,
            )["data"]
            for name in ("coins", "data")
        }
    assert {each: wider_than_the_screen(done) for each, done in shown.items()} == {each: [] for each in COMMANDS}
    for name, rows in quotes.items():
        assert prices_missing(shown[name, "--limit", "100"].out, rows) == []


@pytest.mark.parametrize("command", ["coins", "data", "runs", "stats", "sources", "rejections"])
async def test_every_column_is_legible_on_a_terminal_and_in_a_pipe_a_row_is_a_line(
    database_url: str, tmp_path: Path, command: str
) -> None:
    async with Provider(coins=3) as provider:
        settings = await filled(tmp_path, database_url, provider)
    environment = {**os.environ, **{f"CRYPTO_{name}": value for name, value in settings.items()}}
    terminal = Terminal(f"{sys.executable} -m crypto {command} --wide", folder=tmp_path, environment=environment)
    assert await asyncio.to_thread(terminal.wait, PATIENCE) == 0
    piped = await crypto(command, "--wide", folder=tmp_path, settings=settings, columns=80)
    assert [line for line in terminal.text.splitlines() if cell_len(line) > 80 and LONG not in line] == []
    heading, rule, first = piped.out.splitlines()[:3]
    names = heading.split()
    assert (set(rule.strip()), len(first) > 80) == ({"─"}, True)
    assert [f" {name} " in terminal.text for name in names[:5]] == [True] * 5
    assert terminal.text.count(f"\n {names[1]} ") == len(piped.out.split("\n\n")[0].splitlines()) - 2


def wider_than_the_screen(done: Ended) -> list[str]:
    assert "Traceback" not in done.everything
    return [line for line in done.out.splitlines() if cell_len(line) > 80 and not line.strip().startswith(PASTED)]


def prices_missing(text: str, rows: Sequence[dict[str, Any]]) -> list[str]:
    """The prices that do not stand there one after the other."""
    missing, place = [], 0
    for row in rows:
        found = text.find(f" {grouped(row['price_usd'])}", place)
        missing += [] if found >= 0 else [row["coin_id"]]
        place = max(found, place)
    return missing
