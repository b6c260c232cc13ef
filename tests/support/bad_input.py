"""Bad input by the page, how a run of it ended, and all that the database holds of a source, to compare."""

import asyncio
import json
import os
import pwd
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import psycopg
import pytest

import crypto
from crypto.adapters.postgres.connection.url import conninfo
from crypto.application.ingest.ingest_sources import SourceResult
from crypto.entrypoints.cli.kit.session import closing, container_of
from crypto.entrypoints.settings import load_settings
from tests.support.commands import Ended

Settings = dict[str, str]

HEADER = b"coin_id,name,price_usd,observed_at\n"
ROW = b"%s,Name,%s,2026-01-02T03:04:05Z\n"
GOOD = HEADER + ROW % (b"a", b"1") + ROW % (b"b", b"2")

PRICE = {"coinpaprika": '"price":1.5', "coingecko": '"current_price":1.5'}

BAD_PRICES = {
    "NaN": "not_a_number",
    "Infinity": "not_a_number",
    "-Infinity": "not_a_number",
    '"1,5"': "not_a_number",
    "true": "not_a_number",
    "{}": "not_a_number",
    "-1": "negative",
    "1e999": "out_of_range",
    "1e9999999999999999999999": "out_of_range",
}
BAD_TEXTS = {
    '"id":"bad",': ("", "missing_id"),
    '"id":"bad"': ('"id":null', "missing_id"),
    '"bad"': ('""', "missing_id"),
    '"id":"bad" ': ('"id":7', "bad_field"),
    '"name":"Name"': ('"name":"Na\\u0007me\x07"', "bad_text"),
    '"name":"Name" ': ('"name":"Na\\ud800me"', "bad_text"),
    '"id":"bad"  ': ('"id":"b\\u0000d"', "bad_text"),
    '"id":"bad"   ': ('"id":"b\\udc00d"', "bad_text"),
}
NO_RECORDS = ("null", "5", "[]")


def record(source: str, coin_id: str) -> str:
    """A record as that provider sends it."""
    told: dict[str, Any] = {"id": coin_id, "symbol": "sym", "name": "Name", "last_updated": "2026-11-01T00:00:00Z"}
    if source == "coinpaprika":
        told["quotes"] = {"USD": {"price": 1.5, "market_cap": 10, "volume_24h": 5}}
    else:
        told |= {"current_price": 1.5, "market_cap": 10, "total_volume": 5}
    return json.dumps(told, separators=(",", ":"))


def page(source: str, *, good: int) -> tuple[bytes, list[str]]:
    """A page of so many good records and every bad one; the reasons that the bad ones are to be rejected for."""
    coins = [record(source, f"good-{number}") for number in range(good)]
    price = PRICE[source]
    field = price.partition(":")[0]
    prices = [record(source, "bad").replace(price, f"{field}:{bad}") for bad in BAD_PRICES]
    texts = [record(source, "bad").replace(old.strip(), new) for old, (new, _) in BAD_TEXTS.items()]
    twin = coins[0].replace(price, price.replace("1.5", "2.5"))
    body = f"[{','.join([*coins, *prices, *texts, *NO_RECORDS, twin])}]"
    reasons = [*BAD_PRICES.values(), *(reason for _, reason in BAD_TEXTS.values()), "contradicted_in_page"]
    return body.encode(), sorted([*reasons, *("not_a_record" for _ in NO_RECORDS)])


class Stored(msgspec.Struct, frozen=True, kw_only=True):
    """What the database holds of a source: whole rows of its quotes, the bytes of its pages, the last run."""

    unified: list[tuple[Any, ...]]
    latest: list[tuple[Any, ...]]
    pages: list[bytes]
    reasons: list[str]
    runs: list[tuple[str, str | None]]
    checkpoint: tuple[Any, ...]

    @property
    def quotes(self) -> tuple[object, ...]:
        """What a failure may not touch."""
        return self.unified, self.latest, self.reasons


def stored(url: str, source: str) -> Stored:
    """All of it, now; the checkpoint as (status, cursor, failed_cursor, records_processed)."""
    with psycopg.connect(conninfo(url)) as connection:

        def rows(question: str) -> list[tuple[Any, ...]]:
            return connection.execute(question.encode(), [source]).fetchall()

        bodies = rows("SELECT coalesce(body_bytes, convert_to(body_json::text, 'UTF8')) FROM raw_pages"
                      " WHERE source = %s ORDER BY page_id")  # fmt: skip
        reasons = rows("SELECT reason FROM rejected_records WHERE source = %s AND resolved_at IS NULL ORDER BY 1")
        checkpoints = rows("SELECT status, cursor, failed_cursor, records_processed FROM checkpoints"
                           " WHERE source = %s")  # fmt: skip
        return Stored(
            unified=rows("SELECT * FROM unified_crypto_data WHERE source = %s ORDER BY coin_id, observed_at"),
            latest=rows("SELECT * FROM latest_crypto_data WHERE source = %s ORDER BY coin_id"),
            pages=[bytes(body) for (body,) in bodies],
            reasons=[reason for (reason,) in reasons],
            runs=[(status, error) for status, error in rows(
                "SELECT status, error FROM runs WHERE source = %s ORDER BY run_id")],
            checkpoint=checkpoints[0] if checkpoints else (),
        )  # fmt: skip


def files(url: str) -> Settings:
    """Two files of quotes."""
    return {"DATABASE_URL": url, "SOURCES": "csv", "SOURCE__CSV__PATHS": "good.csv,prices.csv"}


def inserted(result: SourceResult) -> int:
    """How many quotes a good run brought."""
    assert result.succeeded, result.run or result.error
    assert result.run
    return result.run.counters.inserted


def outcome(done: Ended) -> tuple[int, str, str]:
    """Exit code, status and reason of the one source of an `ingest --json`."""
    (row,) = json.loads(done.out)["data"]
    assert "Traceback" not in done.everything
    return done.code, row["status"], row["error"] or ""


async def ingested(settings: Mapping[str, str], folder: Path, *, accept_list: bool = False) -> SourceResult:
    """One ingest of the one source that is on, in this process: what the command does, without its start."""
    environment = {f"CRYPTO_{name}": value for name, value in settings.items()}
    container = container_of(load_settings(environment=environment, directory=folder), settings["DATABASE_URL"])
    async with closing(container):
        ingest_source = container.ingest_source(accept_list=accept_list)
        ingest_sources = container.ingest_sources(ingest_source=ingest_source)
        (result,) = await ingest_sources(list(container.sources().on.values()))
    return result


async def crypto_of_an_ordinary_user(*arguments: str, folder: Path, settings: Mapping[str, str]) -> Ended:
    """Run a command as someone who may not read everything: as `nobody` when we are root."""
    user: dict[str, Any] = {}
    environment = {f"CRYPTO_{name}": value for name, value in settings.items()} | {"PATH": os.defpath, "HOME": ""}
    python = sys.executable
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        user = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        packages = [str(Path(module.__file__ or "").parents[1]) for module in (crypto, psycopg)]
        environment["PYTHONPATH"] = ":".join(packages)
        python = await _python_for(user, environment)
    process = await asyncio.create_subprocess_exec(
        python, "-m", "crypto", *arguments, cwd=folder, env=environment, stdin=DEVNULL, stdout=PIPE, stderr=PIPE,
        **user,
    )  # fmt: skip
    out, err = await process.communicate()
    return Ended(process.returncode or 0, out.decode(), err.decode())


async def _python_for(user: dict[str, Any], environment: dict[str, str]) -> str:
    """An interpreter that this user can run with our packages."""
    for python in (sys.executable, f"/usr/bin/python3.{sys.version_info.minor}"):
        try:
            process = await asyncio.create_subprocess_exec(
                python, "-c", "import crypto.adapters.postgres.embedded", cwd="/", env=environment, stderr=DEVNULL,
                **user,
            )  # fmt: skip
        except (PermissionError, FileNotFoundError):
            continue
        if await process.wait() == 0:
            return python
    pytest.skip("an ordinary user can read no interpreter with our packages here")
