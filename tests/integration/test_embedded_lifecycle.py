"""The embedded server's life: one for all its users, recovered from any kill, stopped by the last one out."""

import os
import signal
import stat
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.engine import make_url

from crypto.adapters.postgres.connection.url import conninfo
from crypto.adapters.postgres.embedded import EmbeddedServer
from tests.support.database import UNSAFE_BUT_QUICK, ServerUser, short_folder

Join = Callable[[], ServerUser]


@pytest.fixture
def folder() -> Iterator[Path]:
    """A data folder that is not there yet; whatever a test leaves running over it is stopped."""
    with short_folder() as parent:
        yield parent / "data dir"
        EmbeddedServer(parent / "data dir").stop(force=True)


@pytest.fixture(scope="module")
def made() -> Iterator[Path]:
    """A data folder of a server that ran and stopped; made once, as that takes longest."""
    with short_folder() as parent:
        with EmbeddedServer(parent / "data", settings=UNSAFE_BUT_QUICK):
            pass
        yield parent / "data"


@pytest.fixture
def server(folder: Path, made: Path) -> EmbeddedServer:
    """A server that ran before."""
    subprocess.run(["cp", "-a", made, folder], check=True)
    return EmbeddedServer(folder, settings=UNSAFE_BUT_QUICK)


@pytest.fixture
def new_server(folder: Path) -> EmbeddedServer:
    """A server that never ran."""
    return EmbeddedServer(folder, settings=UNSAFE_BUT_QUICK)


@pytest.fixture
def user(folder: Path) -> Iterator[Join]:
    """Starts processes that use the server, and ends those that a failed test leaves."""
    users: list[ServerUser] = []

    def start() -> ServerUser:
        users.append(ServerUser(folder))
        return users[-1]

    yield start
    for each in users:
        each.kill()


def server_id(url: str) -> tuple[object, ...] | None:
    """What tells one start of a server from the next."""
    with psycopg.connect(conninfo(url)) as connection:
        return connection.execute("SELECT pg_postmaster_start_time()").fetchone()


def test_two_processes_that_start_it_at_once_share_one_server(new_server: EmbeddedServer, user: Join) -> None:
    one, other = user(), user()

    assert server_id(one.url()) == server_id(other.url())
    one.leave()
    assert new_server.status().running
    other.leave()
    assert not new_server.status().running


def test_a_killed_user_does_not_keep_it_up(server: EmbeddedServer, user: Join) -> None:
    killed, last = user(), user()
    killed.url()
    last.url()

    killed.kill()
    assert server.status().running
    last.leave()

    assert not server.status().running


def test_after_all_users_are_killed_the_next_takes_it_over_and_stops_it(
    server: EmbeddedServer, user: Join
) -> None:
    killed = user()
    started = server_id(killed.url())

    killed.kill()
    left_behind = server.status()
    with server as url:
        assert server_id(url) == started

    assert left_behind.running
    assert not left_behind.in_use
    assert not server.status().running


def test_a_killed_server_is_started_anew_with_every_row(server: EmbeddedServer) -> None:
    with server as url:
        with psycopg.connect(conninfo(url)) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 1 AS row")
        os.kill(server.status().pid or 0, signal.SIGKILL)

        with EmbeddedServer(server.data_dir) as again, psycopg.connect(conninfo(again)) as connection:
            assert connection.execute("SELECT row FROM kept").fetchone() == (1,)


def test_a_pid_that_is_another_programs_now_is_not_taken_for_the_server(server: EmbeddedServer) -> None:
    with server:
        pid_file = server.data_dir / "data" / "postmaster.pid"
        of_running = pid_file.read_text()
    pid_file.write_text(of_running.replace(of_running.splitlines()[0], str(os.getpid()), 1))

    assert not server.status().running
    with server as url:
        assert server_id(url)


@pytest.mark.parametrize("content", ["", "garbage"])
def test_a_broken_pid_file_is_not_a_hindrance(server: EmbeddedServer, content: str) -> None:
    with server:
        pass
    (server.data_dir / "data" / "postmaster.pid").write_text(content)

    with server as url:
        assert server_id(url)


def test_what_a_killed_initdb_left_is_cleared_away(new_server: EmbeddedServer) -> None:
    leftover = new_server.data_dir / "data.tmp-killed"
    leftover.mkdir(parents=True)
    new_server.data_dir.chmod(0o755)
    (leftover / "PG_VERSION").write_text("18")

    with new_server as url:
        assert server_id(url)

    assert not leftover.exists()


def test_ctrl_c_reaches_the_user_and_not_the_server(server: EmbeddedServer, user: Join) -> None:
    interrupted = user()
    interrupted.url()

    assert interrupted.interrupt() == "still served"
    assert not server.status().running


def test_one_that_was_started_stays_up_until_it_is_stopped(server: EmbeddedServer, user: Join) -> None:
    server.start()
    passing = user()
    passing.url()
    passing.leave()

    assert server.status().running
    assert server.status().kept_up
    assert server.stop()
    assert not server.status().running
    assert not server.status().kept_up


def test_one_in_use_is_stopped_by_its_last_user_or_by_force(server: EmbeddedServer, user: Join) -> None:
    server.start()
    last = user()
    last.url()

    assert not server.stop()
    assert server.status().running
    last.leave()
    assert not server.status().running

    user().url()
    assert server.stop(force=True)
    assert not server.status().running


def test_joining_twice_is_joining_once(server: EmbeddedServer) -> None:
    with server as url:
        assert server.join() == url

    assert not server.status().running
    server.leave()


def test_the_status_of_nothing_makes_nothing(new_server: EmbeddedServer) -> None:
    assert new_server.status().major is None
    assert not new_server.status().running
    assert new_server.stop()
    assert not new_server.data_dir.exists()


def test_a_path_too_long_for_a_socket_gets_it_elsewhere(folder: Path) -> None:
    server = EmbeddedServer(folder / ("long" * 20) / "crypto", settings=UNSAFE_BUT_QUICK)

    with server as url:
        assert server_id(url)
        sockets = Path(str(make_url(url).query["host"]))
        assert folder not in sockets.parents
        assert stat.S_IMODE(sockets.stat().st_mode) == 0o700
    sockets.rmdir()


def test_it_is_reached_by_nothing_but_its_socket(server: EmbeddedServer) -> None:
    with server as url, psycopg.connect(conninfo(url)) as connection:
        shown = connection.execute("SELECT current_setting('listen_addresses'), current_setting('data_checksums')")
        assert shown.fetchone() == ("", "on")
        methods = connection.execute("SELECT DISTINCT type, auth_method FROM pg_hba_file_rules").fetchall()
        assert methods == [("local", "peer")]


def test_no_key_of_ours_is_in_its_environment(server: EmbeddedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRYPTO_SOURCE__COINGECKO__API_KEY", "secret-key")

    with server:
        environment = Path(f"/proc/{server.status().pid}/environ")
        if not environment.exists():
            pytest.skip("this system does not show the environment of processes")
        assert b"secret-key" not in environment.read_bytes()
