"""A large file streams: memory does not grow with it."""

import subprocess
import sys
import time
from pathlib import Path

from tests.support.csv_files import HEADER, row

SIZE = 60_000_000
PEAK_KILOBYTES = 40_000

DRAIN = """
import asyncio, resource, sys
from crypto.adapters.sources.csv_file import Options, build
from crypto.adapters.system_clock import SystemClock

async def drain():
    source = build(Options(paths=(sys.argv[1],)), clock=SystemClock())
    return sum([len(page.body) async for page in source.pages({})])

before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(asyncio.run(drain()), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def test_a_large_file_streams_in_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    block = row("plain") * 99 + row('"quoted, and more"')
    path.write_bytes(HEADER + block * (SIZE // len(block)))
    begun = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", DRAIN, str(path)], capture_output=True, text=True, check=True, timeout=60
    )
    read, grown = map(int, done.stdout.split())
    assert read == path.stat().st_size - len(HEADER)
    assert grown < PEAK_KILOBYTES
    assert time.monotonic() - begun < 15
