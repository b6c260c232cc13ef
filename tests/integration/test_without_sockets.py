"""The embedded server where there are no Unix sockets, as on Windows: real processes over TCP on 127.0.0.1."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.support.commands import Ended
from tests.support.database import short_folder

COMMAND = """
from crypto.adapters import platform

class WithoutSockets(platform.Posix):
    has_unix_sockets = False

platform.HERE = WithoutSockets()
from crypto.entrypoints.cli import main
main()
"""
"""The `crypto` command, but for what the system says of sockets."""

PRICES = "id,price_usd,last_updated\na,1,2026-01-02T03:04:05Z\nb,2,2026-01-02T03:04:05Z\n"


@pytest.fixture
def folder() -> Iterator[Path]:
    with short_folder() as folder:
        (folder / "prices.csv").write_text(PRICES)
        try:
            yield folder
        finally:
            run(folder, "db", "stop", "--force")


def run(folder: Path, *arguments: str) -> Ended:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("CRYPTO_")}
    settings = {"DATA_DIR": str(folder / "d"), "SOURCES": "csv", "SOURCE__CSV__PATHS": str(folder / "prices.csv")}
    done = subprocess.run(
        [sys.executable, "-c", COMMAND, *arguments], cwd=folder, capture_output=True, text=True, check=False,
        env={**clean, **{f"CRYPTO_{name}": value for name, value in settings.items()}},
    )  # fmt: skip
    return Ended(done.returncode, done.stdout, done.stderr)


def test_a_server_on_a_port_is_started_used_and_stopped_and_its_password_is_not_shown(folder: Path) -> None:
    started = run(folder, "db", "start")
    assert started.code == 0, started.err
    password = (folder / "d" / "password").read_text().strip()
    address = started.out.strip().replace("***", password)
    assert address.startswith(f"postgresql://crypto:{password}@127.0.0.1:")
    assert not list((folder / "d").glob("**/.s.PGSQL*"))

    ingested = run(folder, "ingest", "--json")
    found = run(folder, "data", "--json")
    diagnosed = run(folder, "doctor", "--json", "--offline")
    assert (ingested.code, found.code, diagnosed.code) == (0, 0, 0), ingested.err + found.err + diagnosed.out
    assert json.loads(found.out)["total"] == 2

    with psycopg.connect(address) as connection:
        assert connection.execute("SELECT count(*) FROM unified_crypto_data").fetchone() == (2,)
    for wrong in (address.replace(password, "guessed"), address.replace(f":{password}", "")):
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(wrong, connect_timeout=5)

    assert run(folder, "db", "stop").code == 0
    again = run(folder, "stats")  # starts it anew, at another port
    assert (again.code, "2 quotes are stored" in again.err) == (0, True)
    said = "".join(each.everything for each in (started, ingested, found, diagnosed, again))
    assert password not in said
    assert (folder / "d" / "password").stat().st_mode & 0o077 == 0
