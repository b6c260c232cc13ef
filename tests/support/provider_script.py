"""The provider fake by hand: its command line, and what can be told to it while it runs."""

import argparse
import asyncio
import json
import signal
from collections import defaultdict
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from tests.support import provider_answers as answers
from tests.support.provider_answers import Answer
from tests.support.provider_market import missing, renamed, retyped

if TYPE_CHECKING:
    from tests.support.provider import Provider

LIST = b'[{"id":"fake-coin-1"},{"id":"fake-coin-2"}]'

NAMED: Mapping[str, Callable[[], Answer]] = {
    "empty": lambda: answers.json_answer(b"[]"),
    "html": answers.html,
    "error-object": answers.error_object,
    "limited": answers.limited,
    "limited-2s": lambda: answers.limited("2"),
    "limited-1h": lambda: answers.limited("3600"),
    "cut-length": lambda: answers.cut_length(LIST),
    "cut-chunked": lambda: answers.cut_chunked(LIST),
    "cut-gzip": lambda: answers.cut_gzip(LIST),
    "close-delimited": lambda: answers.close_delimited(LIST),
    "reset": lambda: answers.reset(LIST),
    "hung-up": answers.hung_up,
    "silence": answers.silence,
    "drip": lambda: answers.drip(LIST, gap=1.0),
    "bomb": lambda: answers.bomb(100),
    "redirect": lambda: answers.redirect("https://elsewhere.example/list"),
}

DRIFTS = {"renamed": renamed, "missing": missing, "retyped": retyped}


def named_answer(name: str) -> Answer:
    """The answer of that name, or of that status.

    :raises ValueError: when there is none.
    """
    if name.isdigit():
        return answers.status(int(name))
    if name not in NAMED:
        raise ValueError(f"no answer {name!r}; there are {', '.join(NAMED)} and every status number")
    return NAMED[name]()


def obey(provider: "Provider", order: str, params: Mapping[str, str]) -> Answer:
    """Do what `/control/ORDER?...` says; the orders are named in `_obey`."""
    try:
        done = _obey(provider, order, params)
    except (ValueError, KeyError) as error:
        return answers.status(400, json.dumps({"error": str(error)}).encode())
    return answers.json_answer(json.dumps({"done": done}).encode())


def _obey(provider: "Provider", order: str, params: Mapping[str, str]) -> object:
    source = params.get("source", "any")
    share = float(params.get("share", "1"))
    orders: Mapping[str, Callable[[], object]] = {
        "always": lambda: provider.always(named_answer(params["answer"]), source=source),
        "next": lambda: provider.next(named_answer(params["answer"]), source=source),
        "normal": lambda: provider.normal(source=source),
        "move": lambda: provider.market.move(share),
        "restate": lambda: provider.market.restate(share),
        "shift": lambda: _shift(provider, int(params["swaps"])),
        "list": provider.market.list_coin,
        "delist": provider.market.delist,
        "drift": lambda: setattr(provider.market, "drift", DRIFTS[params["how"]](params["field"])),
        "latency": lambda: setattr(provider, "latency", float(params["seconds"])),
    }
    return orders[order]()


def _shift(provider: "Provider", swaps: int) -> None:
    """From now on so many coins change places after each page of the list."""
    provider.market.between_pages = lambda: provider.market.shift(swaps)


def main() -> None:
    """Serve until a signal; the first line on stdout is the URL, then one BASE_URL a source."""
    asyncio.run(_serve(_arguments()))


async def _serve(arguments: argparse.Namespace) -> None:
    from tests.support.provider import BASES, Provider

    stopped = asyncio.Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(each, stopped.set)
    async with Provider(
        coins=arguments.coins,
        seed=arguments.seed,
        served=_files(arguments.serve),
        latency=arguments.latency,
        compress=arguments.gzip,
        port=arguments.port,
    ) as provider:
        for source, answer in arguments.always:
            provider.always(named_answer(answer), source=source)
        print(provider.url, *(f"{source}={provider.base_url(source)}" for source in BASES), sep="\n", flush=True)
        mover = asyncio.create_task(_move(provider, arguments.move))
        await stopped.wait()
        mover.cancel()


async def _move(provider: "Provider", seconds: float) -> None:
    while seconds:
        await asyncio.sleep(seconds)
        provider.market.move(0.3)


def _files(pairs: list[tuple[str, str]]) -> dict[str, list[bytes]]:
    served: defaultdict[str, list[bytes]] = defaultdict(list)
    for source, name in pairs:
        served[source].append(Path(name).read_bytes())
    return dict(served)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.support.provider", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0: any free one")
    parser.add_argument("--coins", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--latency", type=float, default=0.0, metavar="SECONDS", help="before each answer")
    parser.add_argument(
        "--move", type=float, default=0.0, metavar="SECONDS", help="new prices for 30 %% this often"
    )
    parser.add_argument("--gzip", action="store_true", help="compress where the client takes it")
    parser.add_argument(
        "--serve",
        type=_pair,
        action="append",
        default=[],
        metavar="SOURCE=FILE",
        help="serve this file, byte for byte; the k-th of a source is its page k",
    )
    parser.add_argument(
        "--always",
        type=_pair,
        action="append",
        default=[],
        metavar="SOURCE=ANSWER",
        help=f"a status number or one of {', '.join(NAMED)}",
    )
    return parser.parse_args()


def _pair(text: str) -> tuple[str, str]:
    source, mark, value = text.partition("=")
    if not mark or source not in {"coinpaprika", "coingecko"}:
        raise argparse.ArgumentTypeError("give it as coinpaprika=... or coingecko=...")
    return source, value
