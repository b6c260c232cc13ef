"""Bad pages and files, end to end: a clear line, an exit code, nothing lost, and the next good run heals."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.bad_input import (
    GOOD,
    HEADER,
    ROW,
    Settings,
    crypto_of_an_ordinary_user,
    files,
    ingested,
    inserted,
    outcome,
    page,
    record,
    stored,
)
from tests.support.commands import crypto
from tests.support.database import short_folder
from tests.support.provider import Provider
from tests.support.provider_answers import Answer, error_object, html, json_answer
from tests.support.provider_sources import COIN_LISTS

NO_PAGES: dict[str, tuple[Callable[[], Answer], str]] = {
    "HTML": (html, "an HTML page with status 200 instead of data"),
    "an error object": (error_object, "not a JSON list; it says: API Key Missing"),
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
    ROW % (b"d", b"inf"): "not_a_number",
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


@pytest.mark.parametrize("what", NO_PAGES)
@pytest.mark.parametrize("name", COIN_LISTS)
async def test_what_is_not_a_page_is_a_failure_that_touches_nothing(
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
    assert f"format_changed: {len(reasons)} of {len(reasons) + 5} records were rejected" in reason
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
