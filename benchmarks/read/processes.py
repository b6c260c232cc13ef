"""What processes cost, from Linux's /proc: the CPU and memory of a process and all its children."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
PARENT, TIMES = 1, slice(11, 15)
"""Fields of a stat line after the name: the parent; ticks in user and kernel mode, own and of ended children."""

SECONDS_A_TICK = 1 / os.sysconf("SC_CLK_TCK")
KILOBYTES = re.compile(r"^(Rss|Pss):\s+(\d+) kB", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class Memory:
    """Megabytes (10^6 bytes): resident, and with each shared page divided among those who share it."""

    rss: float
    pss: float


def family(pid: int) -> list[int]:
    """A process, its children and theirs."""
    parents = {each: _stat(each)[PARENT] for each in _all()}
    found = [pid]
    for parent in found:
        found += [child for child, of in parents.items() if of == parent]
    return found


def cpu_seconds(pid: int) -> float:
    """What a process, its children and theirs have used so far, those that ended included."""
    return sum(sum(_stat(each)[TIMES]) for each in family(pid)) * SECONDS_A_TICK


def worker_of(pid: int) -> int:
    """The process that answers: the largest of a server's children, else itself."""
    return max(family(pid)[1:] or [pid], key=lambda each: memory(each).rss)


def memory(pid: int) -> Memory:
    """What one process holds; nothing when it is gone."""
    try:
        found = dict(KILOBYTES.findall((PROC / str(pid) / "smaps_rollup").read_text()))
    except OSError:
        found = {}
    rss, pss = (int(found.get(name, 0)) * 1024 / 1e6 for name in ("Rss", "Pss"))
    return Memory(rss=rss, pss=pss)


def _all() -> Iterator[int]:
    return (int(each.name) for each in PROC.iterdir() if each.name.isdigit())


def _stat(pid: int) -> list[int]:
    """The numbers of a stat line, from the parent's on; zeros when the process is gone."""
    try:
        line = (PROC / str(pid) / "stat").read_text()
    except OSError:
        return [0] * TIMES.stop
    _, *numbers = line.rpartition(") ")[2].split()
    return [0, *map(int, numbers)]
