"""Answers made to fill memory: whatever is sent, an ingest takes at most 64 MiB more than for a usual page."""

import asyncio
import json
import os
import sys
from asyncio.subprocess import PIPE
from collections.abc import Callable, Iterable, Sequence

import pytest

from tests.support.bombs import BOMBS, LARGEST_PAGES
from tests.support.provider import Provider, Request
from tests.support.provider_answers import Answer, json_answer

GOAL = 64 * 1024
"""KiB"""

JUST_THE_SCHEDULE = "2232"
"""Requests a month: one every 20 minutes, and none to spare for coins that an earlier answer named."""

TABLE = "{:<40} {:>8.1f} MiB  {}"

Grown = tuple[int, str]
"""KiB, and the error of the run."""


async def grown(database_url: str, answers: Sequence[Callable[[], Answer]]) -> list[Grown]:
    """What each of the answers takes, in a process of its own."""
    async with Provider(coins=100) as provider:
        for answer in answers:
            provider.next(_usual(provider), _made_late(answer), source="coingecko")
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.support.growth", str(len(answers)), stdout=PIPE,
            env={**os.environ, **_settings(database_url, provider)},
        )  # fmt: skip
        out, _ = await process.communicate()
    told = [json.loads(line) for line in out.splitlines()]
    assert process.returncode == 0
    assert len(told) == len(answers)
    return [(each["grown"], each["error"]) for each in told]


def batched(names: Iterable[str], size: int) -> list[tuple[str, ...]]:
    """Groups of names, that no test takes too long."""
    rest = list(names)
    return [tuple(rest[at : at + size]) for at in range(0, len(rest), size)]


OF_EACH_KIND = (
    "gzip, 128 MiB", "100 MiB plain", "50,000 chunks of a byte", "a header of 50 MiB", "490,000 brackets",
    "a number of 11 MiB", "5 million tiny records", "3 million lists",
)  # fmt: skip
"""One each: packed, plain, in pieces, before the body, deep, long, many, wide."""


def _made_late(answer: Callable[[], Answer]) -> Callable[[Request], Answer]:
    return lambda _: answer()


def _usual(provider: Provider) -> Answer:
    return json_answer(provider.market.markets(1, 100))


def _settings(database_url: str, provider: Provider) -> dict[str, str]:
    prefix = "CRYPTO_SOURCE__COINGECKO__"
    return {
        "CRYPTO_DATABASE_URL": database_url, "CRYPTO_SOURCES": "coingecko", "CRYPTO_LOG_LEVEL": "error",
        f"{prefix}BASE_URL": provider.base_url("coingecko"), f"{prefix}PAUSE": "0", f"{prefix}RETRIES": "0",
        f"{prefix}PAGES": "1", f"{prefix}PER_MINUTE": "1000", f"{prefix}PER_MONTH": JUST_THE_SCHEDULE,
    }  # fmt: skip


@pytest.mark.parametrize(
    "names",
    [
        pytest.param(OF_EACH_KIND, id="one of each kind"),
        *(pytest.param(names, id=names[0], marks=pytest.mark.long) for names in batched(BOMBS, 9)),
    ],
)
async def test_no_bomb_takes_more_than_64_mebibytes(database_url: str, names: tuple[str, ...]) -> None:
    told = await grown(database_url, [BOMBS[name][0] for name in names])
    for name, (kibibytes, error) in zip(names, told, strict=True):
        print(TABLE.format(name, kibibytes / 1024, error[:90]))
        assert BOMBS[name][1] in error, name
    assert {name: size for name, (size, _) in zip(names, told, strict=True) if size > GOAL} == {}


@pytest.mark.long
async def test_what_the_largest_pages_take(database_url: str) -> None:
    told = await grown(database_url, list(LARGEST_PAGES.values()))
    for name, (kibibytes, error) in zip(LARGEST_PAGES, told, strict=True):
        print(TABLE.format(name, kibibytes / 1024, error[:90]))
        assert error == "None", name
