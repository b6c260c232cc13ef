"""A trickle of reads that looks into every answer: `python -m tests.faults.upstream.loadcheck http://127.0.0.1:8000`.

Every other question says which answer it has. Right is 200 with a body of the right shape whose total is none that
was passed longer ago than a kept answer may be old, 304 to who has that answer, or 503 with Retry-After. Anything
else is told, and gives exit code 1.
"""

import argparse
import asyncio
import sys
import time
from collections import Counter, deque
from typing import Any

import httpx
import msgspec

from crypto.application.query.watch_data import BOUND
from crypto.entrypoints.http.kit.quote_answer import QuoteListAnswer
from crypto.entrypoints.http.v1 import quotes, stats
from crypto.entrypoints.http.v1.router import BASE
from crypto.entrypoints.http.v1.stats import StatsAnswer
from tests.faults.tiers.figures import percentile

PAGE = f"{BASE}{quotes.PATH}?page_size=20"
STATS = f"{BASE}{stats.PATH}"
SHAPES: dict[str, type[Any]] = {PAGE: QuoteListAnswer, STATS: StatsAnswer}
KEPT = BOUND.total_seconds()
"""Seconds; a kept answer may be so old, an answer to another question is of now."""

UNHEARD = 2.0
"""Seconds an answer may take before the connection counts as broken."""


class LoadCheck:
    """Asks again and again; `statuses` counts the answers, `wrong` tells of each that may not be."""

    def __init__(self, url: str, *, per_second: float = 20.0) -> None:
        self.statuses: Counter[int] = Counter()
        self.wrong: list[str] = []
        self.milliseconds: list[float] = []
        self.recovered_at: float | None = None
        self._url = url
        self._gap = 1 / per_second
        self._passed: deque[tuple[float, int]] = deque(maxlen=1000)
        self._etags: dict[str, str] = {}

    async def run(self, seconds: float | None = None) -> None:
        """For so many seconds, or until it is cancelled."""
        ends = time.monotonic() + (seconds or float("inf"))
        async with httpx.AsyncClient(base_url=self._url, trust_env=False, timeout=UNHEARD) as client:
            while time.monotonic() < ends:
                for path in SHAPES:
                    await self._ask(client, path)
                    await asyncio.sleep(self._gap)

    async def _ask(self, client: httpx.AsyncClient, path: str) -> None:
        began = time.monotonic()
        etag = self._etags.pop(path, None)
        try:
            answer = await client.get(path, headers={"If-None-Match": etag} if etag else {})
        except httpx.TransportError as error:
            self.wrong.append(f"GET {path}: no answer, {type(error).__name__} {error}")
            return
        self.milliseconds.append((time.monotonic() - began) * 1000)
        self.statuses[answer.status_code] += 1
        if answer.status_code == httpx.codes.NOT_MODIFIED and answer.headers.get("etag") == etag is not None:
            return
        if complaint := self._complaint(path, answer, began=began):
            self.wrong.append(f"GET {path}: {complaint}")

    def _complaint(self, path: str, answer: httpx.Response, *, began: float) -> str | None:
        if answer.status_code == httpx.codes.SERVICE_UNAVAILABLE:
            return None if answer.headers.get("retry-after", "").isdigit() else "503 without Retry-After"
        if answer.status_code != httpx.codes.OK:
            return f"{answer.status_code} {answer.text[:200]}"
        if etag := answer.headers.get("etag"):
            self._etags[path] = etag
        return self._of_body(path, answer.content, began=began)

    def _of_body(self, path: str, body: bytes, *, began: float) -> str | None:
        self.recovered_at = self.recovered_at or time.monotonic()
        try:
            said = msgspec.json.decode(body, type=SHAPES[path])
        except msgspec.DecodeError as error:
            return f"a body of another shape: {error}"
        total = said.total if isinstance(said, QuoteListAnswer) else said.total_records
        least = max((passed for moment, passed in self._passed if moment < began - KEPT), default=0)
        if total is None or total < least:
            return f"the total went back from {least} to {total}"
        self._passed.append((time.monotonic(), total))
        return None


def main() -> int:
    """The exit code: 1 when an answer was wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.upstream.loadcheck", description=__doc__)
    parser.add_argument("url", help="where `crypto serve` listens")
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--per-second", type=float, default=20.0, metavar="GETS")
    given = parser.parse_args()
    check = LoadCheck(given.url, per_second=given.per_second)
    asyncio.run(check.run(given.seconds))
    print(f"{dict(check.statuses)}, p99 {percentile(check.milliseconds, 0.99)} ms, {len(check.wrong)} wrong")
    print(*check.wrong[:20], sep="\n")
    return 1 if check.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
