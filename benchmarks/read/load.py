"""Ask a program as fast as it answers, with wrk, and say how fast that was and what it cost."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

import msgspec
from benchmarks.read.cluster import Cluster
from benchmarks.read.processes import cpu_seconds
from benchmarks.read.server_process import Program
from msgspec import Struct

from crypto.adapters.postgres.embedded.configuration import LOOPBACK, ROLE

CLIENTS = 8
SECONDS = 2
FEW = 20
"""With fewer answers than this the same is asked for longer."""

LONGEST = 10
SCRIPT = Path(__file__).with_name("questions.lua")


class Load(Struct, frozen=True, kw_only=True):
    """What came of it. CPU is in milliseconds an answer: of the program with all its processes, of PostgreSQL's.

    `refused` answers have a status from 400 on; `broken` ones never came.
    """

    completed: int
    seconds: float
    p50_ms: float
    p95_ms: float
    p99_ms: float
    refused: int = 0
    broken: int = 0
    program_cpu_ms: float = 0
    database_cpu_ms: float = 0

    @property
    def rate(self) -> float:
        """Answers a second."""
        return self.completed / self.seconds

    @property
    def cpu_ms(self) -> float:
        """What an answer costs altogether."""
        return self.program_cpu_ms + self.database_cpu_ms


def require_wrk() -> None:
    """See that wrk is there.

    :raises SystemExit: when it is not; the message names the package.
    """
    if shutil.which("wrk") is None:
        raise SystemExit("wrk is not installed; on Debian: apt install wrk")


def ask(
    program: Program, cluster: Cluster, questions: Sequence[str], *, clients: int = CLIENTS, seconds: int = SECONDS
) -> Load:
    """Ask the questions in turn, by so many clients at once, each as soon as it has its last answer."""
    before = cpu_seconds(program.pid), cpu_seconds(cluster.pid)
    load = _wrk(program, questions, clients=clients, seconds=seconds)
    program_cpu, database_cpu = cpu_seconds(program.pid) - before[0], cpu_seconds(cluster.pid) - before[1]
    cluster.wait_until_idle()
    if load.completed < FEW and seconds < LONGEST:
        return ask(program, cluster, questions, clients=clients, seconds=LONGEST)
    answers = max(load.completed, 1)
    return msgspec.structs.replace(
        load, program_cpu_ms=program_cpu / answers * 1e3, database_cpu_ms=database_cpu / answers * 1e3
    )


def pgbench(cluster: Cluster, database: str, script: str, *, seconds: int = SECONDS) -> Load:
    """Let pgbench run a script in prepared statements: what the database itself could answer."""
    before = cpu_seconds(cluster.pid)
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(script)
        file.flush()
        options = ["-n", "-M", "prepared", "-c", str(CLIENTS), "-T", str(seconds), "-f", file.name]
        place = ["-h", LOOPBACK, "-p", str(cluster.port), "-U", ROLE, database]
        said = _run([str(cluster.binaries.program("pgbench")), *options, *place], PGPASSWORD=cluster.password)
    completed = int(_found(r"actually processed: (\d+)", said))
    latency = _found(r"latency average = ([\d.]+)", said)
    cost = (cpu_seconds(cluster.pid) - before) / max(completed, 1) * 1e3
    return Load(
        completed=completed,
        seconds=completed / _found(r"tps = ([\d.]+)", said),
        p50_ms=latency,
        p95_ms=latency,
        p99_ms=latency,
        database_cpu_ms=cost,
    )


def _wrk(program: Program, questions: Sequence[str], *, clients: int, seconds: int) -> Load:
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write("\n".join(questions))
        file.flush()
        options = ["-t1", f"-c{clients}", f"-d{seconds}s", "--timeout", f"{LONGEST}s", "-s", str(SCRIPT)]
        said = _run(["wrk", *options, program.address, "--", file.name])
    return msgspec.json.decode(said.splitlines()[-1], type=Load)


def _run(command: Sequence[str], **environment: str) -> str:
    done = subprocess.run(command, env={**os.environ, **environment}, check=False, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{command[0]} failed: {done.stderr.strip() or done.stdout.strip()}")
    return str(done.stdout)


def _found(pattern: str, text: str) -> float:
    found = re.search(pattern, text)
    if found is None:
        raise SystemExit(f"pgbench did not say what was expected ({pattern}): {text}")
    return float(found[1])
