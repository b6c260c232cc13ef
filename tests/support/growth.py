"""How much memory an ingest takes beyond that of a usual one: `python -m tests.support.growth RUNS`.

Each run is one process, forked from this one. It ingests a usual page, so that all is warm, then another one, and
tells how far its resident memory rose above that before (KiB), and the error of its run. The settings are those of
the environment; the source's answers come from outside.
"""

import asyncio
import gc
import json
import os
import sys
from pathlib import Path

from crypto.application.ingest.ingest_sources import SourceResult
from crypto.entrypoints.cli.kit.session import closing, container_of
from crypto.entrypoints.settings import load_settings
from crypto.entrypoints.wiring.container import Container

STATUS = Path("/proc/self/status")
CLEAR = Path("/proc/self/clear_refs")
RESET_PEAK = "5"


def memory(field: str) -> int:
    """KiB."""
    (line,) = [line for line in STATUS.read_text().splitlines() if line.startswith(f"{field}:")]
    return int(line.split()[1])


def forget_peak() -> None:
    """From now on, `VmHWM` is the highest since now."""
    CLEAR.write_text(RESET_PEAK)


async def one(container: Container) -> SourceResult:
    """A run that believes any list: the pages of one process and those of the next name other coins."""
    ingest_sources = container.ingest_sources(ingest_source=container.ingest_source(accept_list=True))
    (result,) = await ingest_sources(list(container.sources().on.values()))
    return result


async def measured() -> tuple[int, str]:
    settings = load_settings()
    assert settings.database_url is not None
    container = container_of(settings, settings.database_url)
    async with closing(container):
        usual = await one(container)
        assert usual.succeeded, usual
        gc.collect()
        before = memory("VmRSS")
        forget_peak()
        result = await one(container)
        grown = memory("VmHWM") - before
    return grown, str(result.run.error if result.run else result.error)


def tell() -> None:
    grown, error = asyncio.run(measured())
    print(json.dumps({"grown": grown, "error": error}), flush=True)


def main(runs: int) -> None:
    """One after the other."""
    import crypto.adapters.fetch.session  # so that no run imports it while it is measured

    assert crypto.adapters.fetch.session
    for _ in range(runs):
        child = os.fork()
        if child == 0:
            tell()
            os._exit(0)
        os.waitpid(child, 0)


if __name__ == "__main__":
    main(int(sys.argv[1]))
