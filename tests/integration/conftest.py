"""The stores that must behave alike, one after the other."""

import shutil
import ssl
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from crypto.adapters.memory import MemoryStore
from crypto.adapters.postgres.connection.database import Database, opened
from tests.support.clock import ManualClock
from tests.support.stores import InMemory, InPostgres, Store


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture(params=["memory", "postgres"])
async def store(request: pytest.FixtureRequest, clock: ManualClock) -> AsyncIterator[Store]:
    if request.param == "memory":
        yield InMemory(MemoryStore(clock))
        return
    url = request.getfixturevalue("database_url")
    async with opened(Database(url, pool_size=4, application_name="crypto-test")) as database:
        yield InPostgres(database)


@pytest.fixture
def self_signed(tmp_path: Path) -> ssl.SSLContext:
    """A certificate for this machine that nobody vouches for."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not at hand to make a certificate")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run([*command, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context
