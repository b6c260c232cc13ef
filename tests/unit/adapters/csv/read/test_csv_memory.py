"""A large file streams: memory does not grow with it, and it is read once."""

import subprocess
import sys
from pathlib import Path

from tests.support.csv_files import HEADER, row

SIZE = 60_000_000
PEAK_KILOBYTES = 40_000
ONCE = 1.1
"""Its bytes, and what little is imported meanwhile."""

DRAIN = """
import asyncio, resource, sys
from crypto.adapters.sources.csv_files import Options, build
from crypto.adapters.platform.system_clock import SystemClock

async def drain():
    source = build(Options(paths=(sys.argv[1],)), clock=SystemClock())
    return sum([len(page.body) async for page in source.pages({})])

def measures():
    read = open("/proc/self/io").readline().removeprefix("rchar:")
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, int(read)

before = measures()
drained = asyncio.run(drain())
print(drained, *(now - then for now, then in zip(measures(), before, strict=True)))
"""


def test_a_large_file_is_read_once_and_in_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    block = row("plain") * 99 + row('"quoted, and more"')
    path.write_bytes(HEADER + block * (SIZE // len(block)))
    done = subprocess.run(
        [sys.executable, "-c", DRAIN, str(path)], capture_output=True, text=True, check=True, timeout=60
    )
    drained, grown, read = map(int, done.stdout.split())
    size = path.stat().st_size
    assert drained == size - len(HEADER)
    assert grown < PEAK_KILOBYTES
    assert read < ONCE * size
