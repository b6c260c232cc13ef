"""Get an embedded server answering, whatever state it was left in."""

from collections.abc import Mapping
from pathlib import Path

from psycopg.conninfo import make_conninfo
from psycopg.pq import PGconn, Ping
from sqlalchemy.engine import URL
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, stop_after_delay, wait_fixed

from crypto.adapters.platform import HERE
from crypto.adapters.postgres.embedded.account import server_account
from crypto.adapters.postgres.embedded.binaries import Binaries, find_binaries, runnable
from crypto.adapters.postgres.embedded.cluster import Cluster
from crypto.adapters.postgres.embedded.configuration import LOOPBACK, ROLE, password_of
from crypto.adapters.postgres.embedded.process import died, server_pid, server_port, server_sockets, server_state
from crypto.application.errors import StoreUnavailable

DATABASE = "postgres"
PORT = "5432"
START_TIMEOUT = 100  # seconds until a server that starts, recovers or stops must have done so
PAUSE = 0.02
AFTER_A_CRASH = 20  # attempts to start


class _NotYet(StoreUnavailable):
    """The server is starting, recovering or stopping: look again."""


def find_cluster(
    folder: Path, *, bin_dir: Path | None, user: str | None, settings: Mapping[str, str]
) -> tuple[Cluster, list[str]]:
    """The cluster in the folder, whether made or not, and warnings for the person who started us.

    :raises StoreUnavailable: when there is no account or PostgreSQL for it, or the data are of another major.
    """
    account, warnings = server_account(user, data=folder / "data")
    binaries = find_binaries(bin_dir)
    check_major(folder / "data", binaries)
    cluster = Cluster(
        folder=folder, account=account, binaries=runnable(binaries, account, folder=folder), settings=settings
    )
    return cluster, warnings


def bring_up(cluster: Cluster) -> None:
    """Make the files and start the server, as far as that is not done, and wait until it answers.

    :raises StoreUnavailable: when it does not answer; the end of its log says why.
    """
    cluster.check_reachable()
    if not cluster.data.exists():
        cluster.make()
    retrying = Retrying(
        retry=retry_if_exception_type(_NotYet),
        stop=stop_after_delay(START_TIMEOUT),
        wait=wait_fixed(PAUSE),
        reraise=True,
    )
    try:
        retrying(_start_and_ask, cluster)
    except _NotYet as error:
        raise StoreUnavailable(
            f"the embedded server does not answer; its log ends: {cluster.log_end()}"
        ) from error


def _start_and_ask(cluster: Cluster) -> None:
    state = server_state(cluster.data)
    if state == "changing":
        raise _NotYet
    if state == "absent":
        _start(cluster)
    if PGconn.ping(server_address(cluster.data).encode()) != Ping.OK:
        raise _NotYet


def _start(cluster: Cluster) -> None:
    """A killed server's processes take a moment to be gone; and a killed process may have begun a start."""
    attempts = AFTER_A_CRASH if died(cluster.data) else 1
    retrying = Retrying(
        retry=retry_if_exception_type(StoreUnavailable),
        stop=stop_after_attempt(attempts),
        wait=wait_fixed(0.2),
        reraise=True,
    )
    try:
        retrying(cluster.start)
    except StoreUnavailable as error:
        if server_pid(cluster.data) is None:
            raise
        raise _NotYet from error


def server_address(data: Path) -> str:
    """The address of the running server as libpq takes it."""
    if HERE.has_unix_sockets:
        place = {"host": str(server_sockets(data)), "port": PORT}
    else:
        place = {"host": LOOPBACK, "port": str(server_port(data))}
    return make_conninfo("", **place, user=ROLE, dbname=DATABASE, connect_timeout=10)


def server_url(data: Path) -> str:
    """The address of the running server as SQLAlchemy takes it, with the password where there is one."""
    url = URL.create("postgresql+psycopg", username=ROLE, database=DATABASE)
    if HERE.has_unix_sockets:
        url = url.update_query_dict({"host": str(server_sockets(data)), "port": PORT})
    else:
        url = url.set(host=LOOPBACK, port=server_port(data), password=password_of(data.parent))
    return url.render_as_string(hide_password=False)


def data_major(data: Path) -> int | None:
    """The major version of PostgreSQL that made the data; None when there are none.

    :raises StoreUnavailable: when the data do not say.
    """
    version = data / "PG_VERSION"
    try:
        return int(version.read_text(encoding="ascii").partition(".")[0]) if version.exists() else None
    except ValueError as error:
        raise StoreUnavailable(
            f"{version} does not say which PostgreSQL made the data, so they are damaged: "
            "restore them from a copy, or set CRYPTO_DATA_DIR to an empty folder"
        ) from error


def check_major(data: Path, binaries: Binaries) -> None:
    """See that the data are of the same major version of PostgreSQL as the programs.

    :raises StoreUnavailable: when they are of another one.
    """
    made_by = data_major(data)
    if made_by not in (None, binaries.major):
        raise StoreUnavailable(
            f"{data} is of PostgreSQL {made_by} and {binaries.folder} holds PostgreSQL {binaries.major}: "
            f"write a dump with version {made_by} (CRYPTO_POSTGRES_BIN=... crypto db dump), "
            "then read it into an empty CRYPTO_DATA_DIR (crypto db restore)"
        )
