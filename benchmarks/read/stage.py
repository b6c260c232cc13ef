"""Who is measured: one server, its databases, and the programs on them, started when first needed."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.read import programs
from benchmarks.read.cluster import Cluster, running_cluster
from benchmarks.read.fill import peers_database, quotes_database
from benchmarks.read.server_process import Program
from benchmarks.read.statement_times import logged

FEW, MANY = 1_000, 1_000_000
"""The sizes that goals name beside the largest: of a fresh service, and of what is compared with the peers."""


@dataclass(frozen=True, kw_only=True)
class Stage:
    """`most` quotes are in the largest database; no database has more."""

    cluster: Cluster
    folder: Path
    most: int
    _stack: ExitStack
    _started: dict[str, Program] = field(default_factory=dict)
    _databases: dict[int, str] = field(default_factory=dict)

    @property
    def many(self) -> int:
        """How many quotes are in the database that is compared with the peers'."""
        return min(self.most, MANY)

    def database(self, rows: int) -> str:
        """The name of ours with so many quotes."""
        if rows not in self._databases:
            self._databases[rows] = quotes_database(self.cluster, rows)
        return self._databases[rows]

    def ours(self, rows: int) -> Program:
        """Our program on so many quotes."""
        return self._program(f"ours {rows}", lambda: programs.ours(self._url(rows), folder=self.folder))

    def ours_logged(self, rows: int) -> Program:
        """Another of ours, whose statements the server logs."""
        url = logged(self._url(rows))
        return self._program(f"ours logged {rows}", lambda: programs.ours(url, folder=self.folder))

    def fresh(self) -> AbstractContextManager[Program]:
        """Another of ours that has answered nothing yet."""
        return programs.ours(self._url(self.many), folder=self.folder)

    def fastapi(self) -> Program:
        return self._program("fastapi", lambda: programs.fastapi(self._peers_url()))

    def litestar(self) -> Program:
        return self._program("litestar", lambda: programs.litestar(self._peers_url()))

    def static(self) -> Program:
        return self._program("static", programs.static)

    def _url(self, rows: int) -> str:
        return self.cluster.url(self.database(rows))

    def _peers_url(self) -> str:
        return self.cluster.url(peers_database(self.cluster, self.many))

    def _program(self, name: str, start: Callable[[], AbstractContextManager[Program]]) -> Program:
        if name not in self._started:
            self._started[name] = self._stack.enter_context(start())
        return self._started[name]


@contextmanager
def staged(folder: Path, *, most: int) -> Iterator[Stage]:
    """Everything that runs ends with the block; the data stay in the folder."""
    with running_cluster(folder) as cluster, ExitStack() as stack:
        yield Stage(cluster=cluster, folder=folder, most=most, _stack=stack)
