"""How long PostgreSQL says that its statements took, of a program whose statements it was told to log."""

import re
from collections.abc import Iterable
from urllib.parse import quote

from benchmarks.read.cluster import Cluster
from benchmarks.read.server_process import Program, status_of

OK = 200
DURATION = re.compile(r"LOG:  duration: ([\d.]+) ms")
LOGGED = quote("-c log_min_duration_statement=0")


def logged(url: str) -> str:
    """The address of a database, for a program whose statements are to be logged with their times."""
    return f"{url}?options={LOGGED}"


def milliseconds(program: Program, cluster: Cluster, questions: Iterable[str]) -> list[float] | int:
    """Of each question, asked one after the other, what its statements took; the status of one that was refused.

    Preparing, binding and executing count, whatever the statement.
    """
    taken = []
    for question in questions:
        before = cluster.log.stat().st_size
        status = status_of(program, question)
        if status != OK:
            return status or 0
        with cluster.log.open() as log:
            log.seek(before)
            taken.append(sum(map(float, DURATION.findall(log.read()))))
    return taken
