"""The proxy before PostgreSQL by hand: `python -m tests.faults.killer.pgproxy DATABASE_URL`.

It prints the URL that leads through it, and then takes orders, one a line:

    before-commit    cut the next COMMIT before the server has it
    after-commit     cut the answer to the next COMMIT
    stall            swallow everything from now on
    delay 0.2        pass on everything so many seconds later
    go               pass everything on again, at once
    cut              cut every connection
"""

import argparse
import asyncio
import sys

from crypto.adapters.postgres.connection.url import database_url
from tests.support.proxy import Proxy, proxied


def obey(proxy: Proxy, order: str) -> None:
    """Do what a line says.

    :raises ValueError: when it says nothing that is known.
    """
    word, _, amount = order.strip().partition(" ")
    match word:
        case "before-commit":
            proxy.cut_before_commit = True
        case "after-commit":
            proxy.cut_after_commit = True
        case "stall":
            proxy.stalled = True
        case "delay":
            proxy.delay = float(amount)
        case "go":
            proxy.stalled, proxy.delay = False, 0.0
        case "cut":
            proxy.cut_clients()
        case _:
            raise ValueError(f"{order.strip()!r} is not an order; see --help")


async def _serve(url: str) -> None:
    async with proxied(database_url(url)) as proxy:
        print(proxy.url, flush=True)
        while line := await asyncio.to_thread(sys.stdin.readline):
            try:
                obey(proxy, line)
            except ValueError as error:
                print(error, file=sys.stderr)


def main() -> None:
    """Until standard input ends."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.faults.killer.pgproxy",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("url", metavar="DATABASE_URL")
    asyncio.run(_serve(parser.parse_args().url))


if __name__ == "__main__":
    main()
