"""The scripted upstream: the provider fake with a scenario, and a log of every byte that it served.

By hand: `python -m tests.faults.upstream.upstream --seed 7` plays the scenario of seed 7 (`--show` prints it,
`--scenario FILE` plays another), and tells what it served at `/control/served`, the bytes of an answer at
`/control/wire?number=3`.
"""

import argparse
import asyncio
import json
import signal
from collections.abc import Sequence
from pathlib import Path

from msgspec.structs import replace

from tests.faults.upstream import scenario
from tests.faults.upstream.scenario import Scenario, Step
from tests.faults.upstream.served import Served, served
from tests.support.provider import BASES, Provider, Request
from tests.support.provider_answers import Answer, json_answer


class Upstream(Provider):
    """Pages of `per_page` coins at most, whatever is asked for; `log` is what was served, in order."""

    def __init__(
        self, *, pages: int = 10, per_page: int = 25, steps: Sequence[Step] = (), seed: int = 1, port: int = 0
    ) -> None:
        super().__init__(coins=pages * per_page, seed=seed, port=port)
        self.log: list[Served] = []
        self.pages = pages
        self.per_page = per_page
        self._scenario = Scenario(steps)

    def whole(self, source: str) -> list[Served]:
        """The answers to this source that a client may believe."""
        return [each for each in self.log if each.source == source and each.is_whole]

    def _answer(self, request: Request) -> Answer:
        answer = self._scenario.answer(self.market) or super()._answer(request)
        self.log.append(served(len(self.log), request, answer))
        return answer

    def _page(self, request: Request) -> bytes:
        asked = int(request.params.get("per_page", "100"))
        fewer = {**request.params, "per_page": str(min(asked, self.per_page))}
        return super()._page(replace(request, params=fewer))

    def _control(self, request: Request) -> Answer:
        if request.path == "/control/served":
            return json_answer(json.dumps([_told(each) for each in self.log]).encode())
        if request.path == "/control/wire":
            return json_answer(self.log[int(request.params["number"])].wire)
        return super()._control(request)


def _told(entry: Served) -> dict[str, object]:
    asked = {"number": entry.number, "at": entry.at, "source": entry.source, "params": dict(entry.params)}
    return {**asked, "whole": entry.is_whole, "end": entry.end, "bytes": len(entry.wire)}


async def _serve(given: argparse.Namespace, steps: Sequence[Step]) -> None:
    stopped = asyncio.Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(each, stopped.set)
    upstream = Upstream(pages=given.pages, per_page=given.per_page, steps=steps, seed=given.seed, port=given.port)
    async with upstream:
        print(upstream.url, *(f"{source}={upstream.base_url(source)}" for source in BASES), sep="\n", flush=True)
        await stopped.wait()


def main() -> None:
    """Serve until a signal; the first line on stdout is the URL, then one BASE_URL a source."""
    given = _arguments()
    steps = scenario.read(given.scenario.read_text()) if given.scenario else scenario.generated(given.seed)
    if given.show:
        print(scenario.written(steps))
    else:
        asyncio.run(_serve(given, steps))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.faults.upstream.upstream",
        description=f"{__doc__}\n{scenario.__doc__}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--seed", type=int, default=1, help="makes the market and, without --scenario, the steps")
    parser.add_argument("--scenario", type=Path, metavar="FILE", help="the steps to play")
    parser.add_argument("--show", action="store_true", help="print the steps, serve nothing")
    parser.add_argument("--pages", type=int, default=10)
    parser.add_argument("--per-page", type=int, default=25, metavar="COINS")
    parser.add_argument("--port", type=int, default=0, help="0: any free one")
    return parser.parse_args()


if __name__ == "__main__":
    main()
