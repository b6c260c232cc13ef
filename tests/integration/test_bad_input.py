"""Bad input, end to end: a clear line, an exit code, nothing lost in the database, and the next good run heals."""

import asyncio
import json
import os
import shutil
import socket
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from sqlalchemy.engine import make_url

from crypto.adapters.postgres.database import Database, opened
from crypto.adapters.postgres.health import PostgresHealth
from crypto.adapters.postgres.migrations import HEAD
from crypto.adapters.postgres.url import conninfo
from crypto.application.errors import StoreUnavailable
from crypto.application.ingest_sources import SourceResult
from tests.support.bad_input import crypto_of_an_ordinary_user, ingested, page, record, stored
from tests.support.commands import Ended, crypto
from tests.support.database import SOURCES, fresh_database, short_folder
from tests.support.provider import Provider
from tests.support.provider_answers import Answer, error_object, html, json_answer
from tests.support.provider_sources import COIN_LISTS

Settings = dict[str, str]

HEADER = b"coin_id,name,price_usd,observed_at\n"
ROW = b"%s,Name,%s,2026-01-02T03:04:05Z\n"
GOOD = HEADER + ROW % (b"a", b"1") + ROW % (b"b", b"2")

NO_PAGES: dict[str, tuple[Callable[[], Answer], str]] = {
    "HTML": (html, "an HTML page with status 200 instead of data"),
    "an error object": (error_object, "no JSON list; it says: You have exceeded the rate limit"),
    "half a list": (lambda: json_answer(b'[{"id":"a"},'), "malformed JSON"),
}
BAD_FILES: dict[str, tuple[bytes | None, str]] = {
    "missing": (None, "there is no such file; name it, as seen from here, with CRYPTO_SOURCE__CSV__PATHS=<file>"),
    "empty": (b"", "the file is empty; it needs a header line and rows"),
    "no known price column": (
        b"coin_id,value\na,1\n",
        "name it with CRYPTO_SOURCE__CSV__COLUMNS=price_usd=<column>",
    ),
    "UTF-16": (
        GOOD.decode().encode("utf-16-le"),
        "line 1 holds a NUL: if the file is in UTF-16, set CRYPTO_SOURCE__CSV__ENCODING=utf-16-le",
    ),
    "Latin-1": (
        GOOD + ROW % (b"caf\xe9", b"1"),
        "line 4 is not UTF-8 (byte 0xe9); set CRYPTO_SOURCE__CSV__ENCODING=windows-1252",
    ),
}
BAD_ROWS = {
    b"c,Name\n": "too_few_cells",
    ROW % (b"d", b"NaN"): "not_a_number",
    ROW % (b"e", b"inf"): "not_a_number",
    ROW % (b"f", b"cheap"): "not_a_number",
    ROW % (b"g", b"-1"): "negative",
    ROW % (b"h", b"1e999"): "out_of_range",
    ROW % (b"", b"1"): "missing_id",
    ROW % (b"i\x00", b"1"): "bad_text",
    b"j,Name,1,never\n": "bad_time",
    ROW % (b"a", b"3"): "contradicted_in_page",
}


def rest(provider: Provider, name: str, url: str) -> Settings:
    """One provider, asked once for one page."""
    prefix = f"SOURCE__{name.upper()}__"
    pages = {f"{prefix}PAGES": "1"} if name == "coingecko" else {}
    once = {f"{prefix}BASE_URL": provider.base_url(name), f"{prefix}PAUSE": "0", f"{prefix}RETRIES": "0"}
    return {"DATABASE_URL": url, "SOURCES": name, **once, **pages}


def files(url: str) -> Settings:
    """Two files of quotes."""
    return {"DATABASE_URL": url, "SOURCES": "csv", "SOURCE__CSV__PATHS": "good.csv,prices.csv"}


def inserted(result: SourceResult) -> int:
    """How many quotes a good run brought."""
    assert result.succeeded, result.run or result.error
    assert result.run
    return result.run.counters.inserted


def outcome(done: Ended) -> tuple[int, str, str]:
    """Exit code, status and reason of the one source of an `ingest --json`."""
    (row,) = json.loads(done.out)["data"]
    assert "Traceback" not in done.everything
    return done.code, row["status"], row["error"] or ""


def assert_one_line(done: Ended, code: int, said: str) -> None:
    """It said why and what next in one line on stderr, and nothing else."""
    assert (done.code, done.out, len(done.err.splitlines())) == (code, "", 1), done.everything
    assert done.err.startswith("crypto: ")
    assert said in done.err


@pytest.mark.parametrize("what", NO_PAGES)
@pytest.mark.parametrize("name", COIN_LISTS)
async def test_what_is_no_page_is_a_failure_that_touches_nothing(
    name: str, what: str, database_url: str, tmp_path: Path
) -> None:
    answer, said = NO_PAGES[what]
    async with Provider(coins=30) as provider:
        settings = rest(provider, name, database_url)
        assert inserted(await ingested(settings, tmp_path)) == 30
        before = stored(database_url, name)
        provider.next(answer(), source=name)
        code, status, reason = outcome(await crypto("ingest", "--json", folder=tmp_path, settings=settings))
        after = stored(database_url, name)
        assert inserted(await ingested(settings, tmp_path)) == 0
    assert (code, status) == (1, "failure")
    assert said in reason
    assert (after.quotes, after.pages) == (before.quotes, before.pages)
    assert after.runs[-1] == ("failure", reason)
    assert after.checkpoint[1] == before.checkpoint[1]
    healed = stored(database_url, name)
    assert healed.quotes == before.quotes
    assert healed.checkpoint == before.checkpoint


@pytest.mark.parametrize("name", COIN_LISTS)
async def test_an_empty_list_is_a_failure_however_often_it_comes(
    name: str, database_url: str, tmp_path: Path
) -> None:
    async with Provider(coins=30) as provider:
        settings = rest(provider, name, database_url)
        await ingested(settings, tmp_path)
        before = stored(database_url, name)
        provider.always(json_answer(b"[]"), source=name)
        first = outcome(await crypto("ingest", "--json", folder=tmp_path, settings=settings))
        second = outcome(await crypto("ingest", "--json", folder=tmp_path, settings=settings))
        after = stored(database_url, name)
        provider.normal(source=name)
        assert inserted(await ingested(settings, tmp_path)) == 0
    assert first == second
    assert first[:2] == (1, "failure")
    assert "lists no coin at all; what is stored stays" in first[2]
    assert after.quotes == before.quotes
    assert after.pages == [*before.pages, b"[]", b"[]"]
    assert stored(database_url, name).quotes == before.quotes


@pytest.mark.parametrize("name", COIN_LISTS)
async def test_bad_records_are_rejected_with_reasons_and_the_others_go_in(
    name: str, database_url: str, tmp_path: Path
) -> None:
    body, reasons = page(name, good=120)
    async with Provider(served={name: [body]}) as provider:
        settings = rest(provider, name, database_url)
        done = await crypto("ingest", "--json", folder=tmp_path, settings=settings)
        bad = stored(database_url, name)
        provider.served[name] = [f"[{record(name, 'bad')}]".encode()]
        assert inserted(await ingested(settings, tmp_path, accept_list=True)) == 1
    assert outcome(done) == (0, "success", "")
    assert bad.pages == [body]
    assert bad.reasons == reasons
    assert len(bad.unified) == len(bad.latest) == 120
    assert bad.checkpoint[3] == 120 + len(reasons)
    assert [quote for quote in stored(database_url, name).unified if quote in bad.unified] == bad.unified


@pytest.mark.parametrize("name", COIN_LISTS)
async def test_a_page_that_is_mostly_bad_is_kept_and_its_run_is_drift(
    name: str, database_url: str, tmp_path: Path
) -> None:
    body, reasons = page(name, good=5)
    async with Provider(served={name: [body]}) as provider:
        done = await crypto("ingest", "--json", folder=tmp_path, settings=rest(provider, name, database_url))
    code, status, reason = outcome(done)
    after = stored(database_url, name)
    assert (code, status) == (1, "failure")
    assert f"drift: {len(reasons)} of {len(reasons) + 5} records were rejected" in reason
    assert (after.pages, after.reasons, len(after.unified)) == ([body], reasons, 5)


@pytest.mark.parametrize("what", BAD_FILES)
async def test_a_bad_file_is_a_failure_that_keeps_no_other_out(
    what: str, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    content, said = BAD_FILES[what]
    (tmp_path / "good.csv").write_bytes(GOOD)
    if content is not None:
        (tmp_path / "prices.csv").write_bytes(content)
    done = await crypto("ingest", "--json", folder=tmp_path, settings=files(database_url))
    after = stored(database_url, "csv")
    (tmp_path / "prices.csv").write_bytes(HEADER + ROW % (b"healed", b"1"))
    assert inserted(await ingested(files(database_url), tmp_path)) == 1
    code, status, reason = outcome(done)
    assert (code, status) == (1, "failure")
    assert reason.startswith("prices.csv: ")
    assert said in reason
    assert after.runs == [("failure", reason)]
    assert (len(after.unified), after.pages) == (2, [GOOD.removeprefix(HEADER)])
    assert list(after.checkpoint[1]["files"]) == ["good.csv"]
    assert stored(database_url, "csv").checkpoint[0] == "success"


async def test_a_file_that_may_not_be_read_is_a_failure_that_names_it() -> None:
    with short_folder() as folder:
        (folder / "prices.csv").write_bytes(GOOD)
        (folder / "prices.csv").chmod(0o600 if os.geteuid() == 0 else 0)
        (folder / "home").mkdir()
        if os.geteuid() == 0:
            shutil.chown(folder / "home", "nobody")
        settings = {
            "DATA_DIR": str(folder / "home" / "data"),
            "SOURCES": "csv",
            "SOURCE__CSV__PATHS": "prices.csv",
        }
        done = await crypto_of_an_ordinary_user("ingest", "--json", folder=folder, settings=settings)
        (folder / "prices.csv").chmod(0o644)
        healed = await crypto_of_an_ordinary_user("ingest", "--json", folder=folder, settings=settings)
    assert outcome(done) == (
        1,
        "failure",
        "prices.csv: it may not be read by this user; change its permissions",
    )
    assert outcome(healed) == (0, "success", "")


async def test_bad_rows_of_a_file_are_rejected_with_reasons_and_the_others_go_in(
    database_url: str, tmp_path: Path
) -> None:
    rows = b"".join(ROW % (b"good-%d" % number, b"1") for number in range(60))
    body = GOOD.removeprefix(HEADER) + rows + b"".join(BAD_ROWS)
    settings = files(database_url) | {"SOURCE__CSV__PATHS": "prices.csv"}
    (tmp_path / "prices.csv").write_bytes(HEADER + body)
    done = await crypto("ingest", "--json", folder=tmp_path, settings=settings)
    after = stored(database_url, "csv")
    assert outcome(done) == (0, "success", "")
    assert after.reasons == sorted(BAD_ROWS.values())
    assert after.pages == [body]
    assert len(after.unified) == 62


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
        done = await crypto("serve", folder=tmp_path, settings={"DATABASE_URL": database_url, "PORT": port})
    assert_one_line(done, 78, f"CRYPTO_PORT: {port} on 127.0.0.1 is in use by another program; set CRYPTO_PORT")


NOWHERE = {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing"}


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
            "crypto: CRYPTO_SOURCE__CSV__TIMEZONE: 'Mars/Base' is no IANA time zone",
        ),
    ],
)
async def test_a_name_url_or_setting_that_is_wrong_is_one_line(
    arguments: list[str], settings: Settings, code: int, said: str, tmp_path: Path
) -> None:
    done = await crypto(*arguments, folder=tmp_path, settings=settings)
    assert_one_line(done, code, said)
    assert "p4ss" not in done.err
