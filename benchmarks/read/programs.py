"""The programs that are measured, as processes: ours as a user starts it, the peers as they are served best."""

import subprocess
import sys
from contextlib import AbstractContextManager
from pathlib import Path

from benchmarks.read.server_process import Program, running

from crypto.adapters.postgres.embedded.configuration import LOOPBACK
from tests.support.commands import free_port

PEERS = Path(__file__).parent.parent / "peers"
ENVIRONMENT = PEERS / ".venv"
DATA = "/api/v1/data"
LIVE = "/api/v1/health/live"
UVICORN = ("--loop", "uvloop", "--http", "httptools", "--workers", "1", "--no-access-log", "--host", LOOPBACK)
GRANIAN = ("--interface", "asgi", "--loop", "uvloop", "--workers", "1", "--host", LOOPBACK)


def ours(url: str, *, folder: Path) -> AbstractContextManager[Program]:
    """`crypto serve` on a database, with default settings: one worker, its log on stderr."""
    port = free_port()
    settings = {"CRYPTO_DATABASE_URL": url, "CRYPTO_HOST": LOOPBACK, "CRYPTO_PORT": str(port)}
    command = [sys.executable, "-m", "crypto", "serve"]
    return running("ours", command, settings, folder=folder, port=port, path=LIVE)


def fastapi(url: str) -> AbstractContextManager[Program]:
    """FastAPI, pydantic and SQLAlchemy's ORM on asyncpg, by uvicorn."""
    return _peer("uvicorn", "app_fastapi:app", *UVICORN, url=url)


def litestar(url: str) -> AbstractContextManager[Program]:
    """Litestar, msgspec and SQLAlchemy's Core on psycopg, by granian."""
    return _peer("granian", "app_litestar:app", *GRANIAN, url=url)


def static() -> AbstractContextManager[Program]:
    """The same bytes again and again from a route of Litestar, by granian."""
    return _peer("granian", "app_static:app", *GRANIAN, url="")


def install_peers() -> None:
    """Make the peers' virtual environment where there is none: their packages never come into ours."""
    if (ENVIRONMENT / ".made").exists():
        return
    print("installing the peers, a minute (first time only) ...", flush=True)
    subprocess.run([sys.executable, "-m", "venv", ENVIRONMENT], check=True)
    pip = [str(ENVIRONMENT / "bin" / "pip"), "install", "-qq", "--disable-pip-version-check"]
    subprocess.run([*pip, "-r", str(PEERS / "requirements.txt")], check=True)
    (ENVIRONMENT / ".made").touch()


def _peer(program: str, *arguments: str, url: str) -> AbstractContextManager[Program]:
    install_peers()
    port = free_port()
    command = [str(ENVIRONMENT / "bin" / program), *arguments, "--port", str(port)]
    path = f"{DATA}?page_size=1"
    return running(program, command, {"DATABASE_URL": url}, folder=PEERS, port=port, path=path)
