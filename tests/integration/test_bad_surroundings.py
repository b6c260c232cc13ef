"""What surrounds the program is bad: one clear line, an exit code, and nothing of anyone's is touched."""

import asyncio
import json
import os
import shutil
import socket
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from sqlalchemy.engine import make_url

from crypto.adapters.postgres.connection.database import Database, opened
from crypto.adapters.postgres.connection.url import conninfo
from crypto.adapters.postgres.operate.health import PostgresHealth
from crypto.adapters.postgres.schema.migrations import HEAD
from crypto.application.errors import StoreUnavailable
from crypto.entrypoints.runtime.address import free_address
from crypto.entrypoints.settings import BadSetting
from crypto.entrypoints.settings import Settings as ServiceSettings
from tests.support.bad_input import GOOD, Settings, files, ingested, inserted, outcome, stored
from tests.support.commands import Ended, crypto
from tests.support.database import SOURCES, fresh_database, short_folder

NOWHERE = {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing"}


def assert_one_line(done: Ended, code: int, said: str) -> None:
    """It said why and what next in one line on stderr, and nothing else."""
    assert (done.code, done.out, len(done.err.splitlines())) == (code, "", 1), done.everything
    assert done.err.startswith("crypto: ")
    assert said in done.err


async def test_a_read_only_database_is_asked_but_not_written(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "good.csv").write_bytes(GOOD)
    (tmp_path / "prices.csv").write_bytes(GOOD)
    await ingested(files(database_url), tmp_path)
    before = stored(database_url, "csv")
    set_read_only(database_url, "on")
    done, stats = await asyncio.gather(
        *(crypto(each, "--json", folder=tmp_path, settings=files(database_url)) for each in ("ingest", "stats"))
    )
    reprocessed = await crypto("reprocess", "csv", "--json", folder=tmp_path, settings=files(database_url))
    for refused in (done, reprocessed):
        assert outcome(refused) == (
            69,
            "refused",
            "the database is read-only; point CRYPTO_DATABASE_URL at the primary",
        )
    assert (stats.code, json.loads(stats.out)["total_records"]) == (0, 2)
    assert stored(database_url, "csv") == before
    set_read_only(database_url, "off")
    assert inserted(await ingested(files(database_url), tmp_path)) == 0


def set_read_only(url: str, setting: str) -> None:
    """Make the database one that takes no writes, as a standby is, or one that takes them again."""
    with psycopg.connect(conninfo(url), autocommit=True) as connection:
        connection.execute("SET default_transaction_read_only = off")
        name = sql.Identifier(connection.info.dbname)
        connection.execute(
            sql.SQL("ALTER DATABASE {} SET default_transaction_read_only = {}").format(name, sql.Literal(setting))
        )


async def test_a_database_that_is_too_new_is_left_alone_by_every_command(
    database_url: str, tmp_path: Path
) -> None:
    (tmp_path / "good.csv").write_bytes(GOOD)
    with psycopg.connect(conninfo(database_url)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    commands = (["ingest"], ["serve"], ["up"], ["db", "upgrade"])
    ended = await asyncio.gather(
        *(crypto(*arguments, folder=tmp_path, settings=files(database_url)) for arguments in commands)
    )
    for done in ended:
        assert_one_line(
            done, 69, f"the database is of a newer crypto (revision 9999, this one knows {HEAD}): upgrade"
        )
    assert stored(database_url, "csv").runs == []


async def test_a_program_that_goes_on_is_told_that_its_database_is_too_new(database_url: str) -> None:
    with psycopg.connect(conninfo(database_url)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    async with opened(Database(database_url, pool_size=1, application_name="test")) as database:
        with pytest.raises(StoreUnavailable, match=r"revision 9999, .* needs .*; upgrade this program"):
            await PostgresHealth(database).ping()


async def test_options_of_the_url_count_for_every_command_alike(database_url: str, tmp_path: Path) -> None:
    (tmp_path / "good.csv").write_bytes(GOOD)
    elsewhere = make_url(database_url).update_query_dict({"options": "-c search_path=elsewhere"})
    given = {"DATABASE_URL": elsewhere.render_as_string(hide_password=False), "SOURCES": "csv"}
    with psycopg.connect(conninfo(database_url)) as connection:
        connection.execute("CREATE SCHEMA elsewhere")
    upgraded = await crypto("db", "upgrade", folder=tmp_path, settings=given)
    done = await crypto("ingest", folder=tmp_path, settings=given | {"SOURCE__CSV__PATHS": "good.csv"})
    assert (upgraded.code, done.code) == (0, 0), upgraded.err + done.everything
    assert stored(database_url, "csv").runs == []
    assert len(stored(given["DATABASE_URL"], "csv").unified) == 2


async def test_tables_of_another_program_are_not_touched(database_server: str, tmp_path: Path) -> None:
    with fresh_database(database_server) as url:
        with psycopg.connect(conninfo(url)) as connection:
            connection.execute("CREATE TABLE unified_crypto_data AS SELECT 'theirs' AS told")
        done = await crypto("db", "upgrade", folder=tmp_path, settings={"DATABASE_URL": url})
        with psycopg.connect(conninfo(url)) as connection:
            kept = connection.execute("SELECT told FROM unified_crypto_data").fetchall()
    assert_one_line(
        done, 69, 'relation "unified_crypto_data" already exists, and is not ours; use a database of its own'
    )
    assert kept == [("theirs",)]


@pytest.mark.parametrize(
    ("made_by", "said"),
    [
        ("11", "/data is of PostgreSQL 11 and "),
        ("9.6", "/data is of PostgreSQL 9 and "),
        ("", "PG_VERSION does not say which PostgreSQL made the data, so they are damaged: restore them"),
    ],
)
async def test_data_of_another_server_are_left_alone(made_by: str, said: str) -> None:
    with short_folder() as folder:
        (folder / "server" / "data").mkdir(parents=True)
        version = folder / "server" / "data" / "PG_VERSION"
        version.write_text(made_by)
        settings = {"DATA_DIR": str(folder / "server"), "EMBEDDED_USER": "nobody"}
        if os.geteuid() == 0:
            shutil.chown(version.parent, "nobody")
        done = await crypto("ingest", folder=folder, settings=settings)
        assert [each.name for each in version.parent.iterdir()] == ["PG_VERSION"]
    assert_one_line(done, 69, said)
    assert not made_by or "crypto db dump" in done.err


async def test_a_port_in_use_is_said_by_serve(database_url: str, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = await crypto("serve", "--port", port, folder=tmp_path, settings={"DATABASE_URL": database_url})
    assert_one_line(done, 78, f"port {port} on 127.0.0.1 is in use, perhaps by another crypto; ")


def test_the_port_that_is_named_instead_of_one_in_use_is_free() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(BadSetting) as refused:
            free_address(ServiceSettings(port=taken.getsockname()[1]))
        named = int(str(refused.value).split("--port ")[1].split()[0])
        assert free_address(ServiceSettings(port=named)) == "127.0.0.1"


@pytest.mark.parametrize(
    ("arguments", "settings", "code", "said"),
    [
        (["data", "--source", "coingeko"], NOWHERE, 2, "there is no source 'coingeko'; did you mean coingecko?"),
        (
            ["reprocess", "nosuch"],
            NOWHERE,
            2,
            f"there is no source 'nosuch'; there are {', '.join(sorted(SOURCES))}",
        ),
        (
            ["ingest"],
            NOWHERE | {"SOURCES": "csvv"},
            78,
            "CRYPTO_SOURCES: there is no source 'csvv'; did you mean csv?",
        ),
        (["up", "--port", "0"], NOWHERE, 78, "--port: got '0', takes a whole number from 1 to 65535"),
        (["serve", "--port", "http"], NOWHERE, 78, "--port: got 'http', takes a whole number from 1 to 65535"),
        (["health", "--port", ""], NOWHERE, 78, "--port: got '', takes a whole number from 1 to 65535"),
        (["up", "--host", ""], NOWHERE, 78, "--host: got '', takes a text"),
        (
            ["up", "--host", "192.0.2.1"],
            NOWHERE,
            78,
            "192.0.2.1 is not an address of this machine; --host 127.0.0.1",
        ),
        (["ingest"], NOWHERE, 69, "127.0.0.1:1/nothing cannot be reached"),
        (
            ["ingest"],
            {"DATABASE_URL": "mysql://me:p4ss@h/d"},
            78,
            "CRYPTO_DATABASE_URL: a database URL of scheme mysql",
        ),
        (
            ["up"],
            {"SOURCE__COINGECKO__BASE_URL": "nonsense"},
            78,
            "CRYPTO_SOURCE__COINGECKO__BASE_URL: base_url must",
        ),
        (
            ["ingest"],
            {"SOURCE__CSV__PATHS": "a.csv", "SOURCE__CSV__TIMEZONE": "Mars/Base"},
            78,
            "crypto: CRYPTO_SOURCE__CSV__TIMEZONE: 'Mars/Base' is not an IANA time zone",
        ),
    ],
)
async def test_a_name_url_or_setting_that_is_wrong_is_one_line(
    arguments: list[str], settings: Settings, code: int, said: str, tmp_path: Path
) -> None:
    done = await crypto(*arguments, folder=tmp_path, settings=settings)
    assert_one_line(done, code, said)
    assert "p4ss" not in done.err
