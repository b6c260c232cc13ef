"""Database URLs: what may be written, and what is shown of it."""

import psycopg.conninfo
import pytest

from crypto.adapters.postgres.connection.url import conninfo, database_url, masked


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_each_of_postgresqls_schemes_is_taken(scheme: str) -> None:
    assert database_url(f" {scheme}://ann:p%40ss@db.example:5433/coins?sslmode=require\n") == (
        "postgresql+psycopg://ann:p%40ss@db.example:5433/coins?sslmode=require"
    )


def test_a_socket_survives() -> None:
    url = database_url("postgresql://crypto@/postgres?host=/var/lib/my%20crypto/socket&port=5432")

    assert psycopg.conninfo.conninfo_to_dict(conninfo(url)) == {
        "user": "crypto",
        "dbname": "postgres",
        "host": "/var/lib/my crypto/socket",
        "port": "5432",
    }


def test_a_socket_in_place_of_the_host_survives() -> None:
    url = database_url("postgresql://crypto@%2Fvar%2Frun%2Fpostgresql/coins")

    assert psycopg.conninfo.conninfo_to_dict(conninfo(url))["host"] == "/var/run/postgresql"


def test_libpq_gets_the_password_as_it_is() -> None:
    url = database_url("postgresql://ann:p%40ss%20w%27rd@db/coins")

    assert "p@ss w'rd" in psycopg.conninfo.conninfo_to_dict(conninfo(url)).values()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "secret",
        "secret@host/database",
        "mysql://ann:secret@host/database",
        "postgresql+asyncpg://ann:secret@host/database",
        "postgresql://ann:secret@host:port/database",
        "postgresql://ann:pw:secret@host:secret/database",
        "postgresql://ann:secret@host:99999/database",
        "postgresql://ann:secret@host:0/database",
        "postgresql://ann:secret@host/database?no_such_option=1",
    ],
)
def test_anything_else_is_refused_in_one_line_without_the_password(text: str) -> None:
    with pytest.raises(ValueError, match="database URL") as refusal:
        database_url(text)

    assert "\n" not in str(refusal.value)
    assert "secret" not in str(refusal.value)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql+psycopg://ann:secret@db/coins", "postgresql+psycopg://ann:***@db/coins"),
        (
            "postgresql+psycopg://ann@db/coins?password=secret",
            "postgresql+psycopg://ann@db/coins?password=%2A%2A%2A",
        ),
        ("postgresql+psycopg://ann@db/coins", "postgresql+psycopg://ann@db/coins"),
    ],
)
def test_no_password_is_shown(url: str, shown: str) -> None:
    assert masked(url) == shown
