"""`crypto serve`, as a person runs it: it heals with its database, and leaves nobody behind."""

import asyncio
import signal
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from crypto.adapters.postgres.embedded import EmbeddedServer
from tests.support.commands import crypto, ended, free_port, line_with, running
from tests.support.database import short_folder

PATIENCE = 30.0


@pytest.fixture
def folder() -> Iterator[Path]:
    with short_folder() as made:
        yield made


@asynccontextmanager
async def serving(folder: Path, settings: dict[str, str]) -> AsyncIterator[Process]:
    """Served; killed if the test did not end it."""
    async with running("serve", folder=folder, settings=settings) as process:
        async with asyncio.timeout(PATIENCE):
            await line_with(process, "Serving")
        yield process


async def until_code(settings: dict[str, str], wanted: int) -> httpx.Response:
    """Ask until that is the answer's status."""
    async with asyncio.timeout(PATIENCE), httpx.AsyncClient(trust_env=False) as client:
        while True:
            try:
                answer = await client.get(f"http://127.0.0.1:{settings['PORT']}/api/v1/data")
            except httpx.TransportError:
                answer = None
            if answer is not None and answer.status_code == wanted:
                return answer
            await asyncio.sleep(0.05)  # another process: it can only be asked


async def test_a_database_that_is_away_gives_503_and_heals_by_itself(folder: Path) -> None:
    embedded = {"DATA_DIR": str(folder / "server"), "SOURCES": "coinpaprika"}
    await crypto("db", "upgrade", folder=folder, settings=embedded)
    server = EmbeddedServer(folder / "server")
    with server as url:
        external = {"DATABASE_URL": url, "SOURCES": "coinpaprika", "PORT": str(free_port())}
    async with serving(folder, external) as process:
        away = await until_code(external, 503)
        with server:
            back = await until_code(external, 200)
        process.send_signal(signal.SIGTERM)
        said = await ended(process)
    assert away.headers["Retry-After"]
    assert back.json()["total"] == 0
    assert said.code == 143
    assert "answering 503 until the database is back" not in said.out


async def test_a_worker_does_not_outlive_its_server(folder: Path) -> None:
    settings = {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing", "PORT": str(free_port())}
    async with serving(folder, settings) as process:
        await until_code(settings, 503)
        process.kill()
        async with asyncio.timeout(PATIENCE):
            await ended(process)


async def test_health_says_by_its_exit_code_whether_questions_are_answered(folder: Path) -> None:
    embedded = {"DATA_DIR": str(folder / "server"), "SOURCES": "coinpaprika", "PORT": str(free_port())}
    silent = await crypto("health", folder=folder, settings=embedded)
    await crypto("db", "upgrade", folder=folder, settings=embedded)
    server = EmbeddedServer(folder / "server")
    with server as url:
        external = {**embedded, "DATABASE_URL": url}
    async with serving(folder, external):
        await until_code(external, 503)
        away = await crypto("health", folder=folder, settings=external)
        with server:
            back = await crypto("health", folder=folder, settings=external)
            as_json = await crypto("health", "--json", folder=folder, settings=external)
    assert (silent.code, away.code, back.code) == (1, 69, 0)
    assert "the API does not answer at http://127.0.0.1:" in silent.err
    assert "start it with `crypto up`, or say where it listens: --port, or CRYPTO_PORT" in silent.err
    assert away.out == "unhealthy: no database\n"
    assert back.out == "degraded\n  coinpaprika: never_run, nothing stored\n"
    assert '"status": "degraded"' in as_json.out


async def test_health_of_something_else_that_listens_there_is_no_answer(folder: Path) -> None:
    async def chat(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.0 200 OK\r\n\r\nHello")
        writer.close()

    port = free_port()
    async with await asyncio.start_server(chat, "127.0.0.1", port):
        said = await crypto("health", folder=folder, settings={"PORT": str(port)})
    assert said.code == 1
    assert "the API does not answer" in said.err


@pytest.mark.parametrize(
    ("host", "within", "warns"),
    [("0.0.0.0", None, True), ("127.0.0.1", None, False), ("localhost", None, False), ("0.0.0.0", "oci", False)],  # noqa: S104
)
async def test_it_warns_when_others_can_read_but_not_in_a_container(
    folder: Path, monkeypatch: pytest.MonkeyPatch, host: str, within: str | None, warns: bool
) -> None:
    monkeypatch.delenv("container", raising=False)
    if within:
        monkeypatch.setenv("container", within)
    port = str(free_port())
    no_server = {
        "POSTGRES_BIN": str(folder),
        "DATA_DIR": str(folder / "server"),
        "HOST": host,
        "PORT": port,
    }  # it ends before it listens
    said = await crypto("serve", folder=folder, settings={**no_server, "LOG_FORMAT": "text"})
    assert said.code == 69
    warning = f"CRYPTO_HOST: {host} lets everyone who can reach this machine's port {port} read all that is stored"
    assert (said.err.count(warning), "CRYPTO_HOST" in said.err) == (int(warns), warns)
