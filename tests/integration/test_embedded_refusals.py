"""What the embedded server refuses, and what it says to do next."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from crypto.adapters.postgres.embedded import EmbeddedServer
from crypto.application.errors import StoreUnavailable
from tests.support.database import UNSAFE_BUT_QUICK, short_folder


@pytest.fixture
def folder() -> Iterator[Path]:
    with short_folder() as parent:
        yield parent / "data"


@pytest.fixture
def server(folder: Path) -> EmbeddedServer:
    return EmbeddedServer(folder, settings=UNSAFE_BUT_QUICK)


def test_data_of_another_major_version_are_refused(server: EmbeddedServer) -> None:
    with server:
        pass
    (server.data_dir / "data" / "PG_VERSION").write_text("17\n")

    with pytest.raises(StoreUnavailable, match=r"PostgreSQL 17 .* PostgreSQL 18.*db dump.*db restore"):
        server.join()

    assert not server.status().running
    assert server.status().major == 17


def test_a_start_that_fails_shows_the_end_of_the_log(folder: Path) -> None:
    server = EmbeddedServer(folder, settings={"fsync": "off", "work_mem": "plenty"})

    with pytest.raises(StoreUnavailable, match=r"did not start.*work_mem"):
        server.join()

    assert not server.status().in_use


def test_damaged_files_are_not_taken_for_new(server: EmbeddedServer) -> None:
    with server:
        pass
    (server.data_dir / "data" / "global" / "pg_control").unlink()

    with pytest.raises(StoreUnavailable, match=r"did not start.*pg_control"):
        server.join()


def test_a_folder_without_binaries_is_refused(folder: Path) -> None:
    with pytest.raises(StoreUnavailable, match=r"CRYPTO_POSTGRES_BIN is .* lacks"):
        EmbeddedServer(folder, folder.parent).join()


def test_binaries_too_old_are_refused(folder: Path) -> None:
    tools = folder.parent / "bin"
    tools.mkdir()
    for name in ("postgres", "initdb", "pg_ctl"):
        (tools / name).write_text("#!/bin/sh\necho 'postgres (PostgreSQL) 14.9'\n")
        (tools / name).chmod(0o755)

    with pytest.raises(StoreUnavailable, match=r"PostgreSQL 14\.9, crypto needs 15 or newer.*CRYPTO_POSTGRES_BIN"):
        EmbeddedServer(folder, tools).join()


def test_a_failed_initdb_leaves_no_data(folder: Path) -> None:
    tools = folder.parent / "bin"
    tools.mkdir()
    for name, script in {
        "postgres": "echo 18.4",
        "initdb": "echo no space left; exit 1",
        "pg_ctl": "exit 1",
    }.items():
        (tools / name).write_text(f"#!/bin/sh\n{script}\n")
        (tools / name).chmod(0o755)

    with pytest.raises(StoreUnavailable, match="initdb failed: no space left"):
        EmbeddedServer(folder, tools).join()
    shutil.rmtree(tools)

    with EmbeddedServer(folder, settings=UNSAFE_BUT_QUICK) as url:
        assert url
