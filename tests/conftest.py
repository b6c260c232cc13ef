"""What tests share: one database server a session, a fresh migrated database a test."""

from collections.abc import Iterator

import pytest

from tests.support import laws
from tests.support.counts import miscounted
from tests.support.database import fresh_database, migrated_template, test_server

laws.register()


@pytest.fixture(scope="session")
def database_server() -> Iterator[str]:
    """The URL of a server where databases may be made."""
    with test_server() as url:
        yield url


@pytest.fixture(scope="session")
def migrated(database_server: str) -> Iterator[str]:
    """The name of a migrated database, made once and only copied."""
    with migrated_template(database_server) as name:
        yield name


@pytest.fixture
def database_url(database_server: str, migrated: str) -> Iterator[str]:
    """The URL of a fresh database with all tables and no rows; at the end its counters are right."""
    with fresh_database(database_server, template=migrated) as url:
        yield url
        assert miscounted(url) == []
