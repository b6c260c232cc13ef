"""Files over real sockets: what is cut is seen to be cut, and who leaves lets go of the database at once."""

import json
import time
from collections.abc import Iterator

import pytest

from tests.support import files
from tests.support.database import fresh_database
from tests.support.downloads import ROWS, Download, Served, fill, served
from tests.support.files import rows_in

EVERYTHING = 10**9
RELEASED_SECONDS = 1.0
"""How soon after its reader left the database has let go of an export."""


@pytest.fixture(scope="module")
def filled(database_server: str, migrated: str) -> Iterator[str]:
    with fresh_database(database_server, template=migrated) as url:
        fill(url)
        yield url


@pytest.fixture(scope="module")
def api(filled: str) -> Iterator[Served]:
    with served(filled) as server:
        yield server


def begun(api: Served, form: str) -> Download:
    """A download of which the first bytes are there, and the rest is waited for."""
    download = Download(api.port, form)
    download.read(2000)
    return download


def assert_cut(download: Download) -> None:
    download.read(EVERYTHING)
    download.leave()
    assert download.received
    assert not download.is_whole


@pytest.mark.parametrize("form", files.FORMATS)
def test_a_whole_file_ends_and_has_the_rows_that_were_told_before(api: Served, form: str) -> None:
    download = Download(api.port, form)
    download.read(EVERYTHING)
    download.leave()
    assert download.is_whole
    assert len(rows_in(download.body, form)) == download.total == ROWS


def lose_the_database(api: Served, form: str) -> None:
    download = begun(api, form)
    api.end_exports()
    assert_cut(download)
    if form == "ndjson":
        assert "not whole" in json.loads(download.body.splitlines()[-1])["error"]


@pytest.mark.parametrize("form", files.FORMATS)
def test_a_file_whose_database_is_lost_is_seen_to_be_cut(api: Served, form: str) -> None:
    for _ in range(3):
        lose_the_database(api, form)


@pytest.mark.heavy
@pytest.mark.timeout(3000)
@pytest.mark.parametrize("form", files.FORMATS)
def test_of_400_files_whose_database_is_lost_each_is_seen_to_be_cut(api: Served, form: str) -> None:
    for _ in range(80):
        lose_the_database(api, form)


def kill_the_server(filled: str, form: str) -> None:
    with served(filled) as doomed:
        download = begun(doomed, form)
        doomed.kill()
        assert_cut(download)


@pytest.mark.parametrize("form", ["ndjson", "csv"])
def test_a_file_whose_server_is_killed_is_seen_to_be_cut(filled: str, form: str) -> None:
    kill_the_server(filled, form)


@pytest.mark.heavy
@pytest.mark.timeout(3000)
def test_of_100_files_whose_server_is_killed_each_is_seen_to_be_cut(filled: str) -> None:
    for number in range(100):
        kill_the_server(filled, files.FORMATS[number % len(files.FORMATS)])


def leave_in_the_middle(api: Served, form: str) -> float:
    """How long the database worked on for somebody who had left."""
    download = begun(api, form)
    assert api.exports() == 1
    left = time.monotonic()
    download.leave()
    while api.exports():
        assert time.monotonic() - left < 10, "it was never let go of"
        time.sleep(0.02)
    return time.monotonic() - left


@pytest.mark.parametrize("form", files.FORMATS)
def test_the_database_lets_go_of_an_export_whose_reader_left(api: Served, form: str) -> None:
    assert max(leave_in_the_middle(api, form) for _ in range(4)) <= RELEASED_SECONDS


@pytest.mark.heavy
@pytest.mark.timeout(3000)
@pytest.mark.parametrize("form", files.FORMATS)
def test_the_database_lets_go_of_200_exports_whose_readers_left(api: Served, form: str) -> None:
    assert max(leave_in_the_middle(api, form) for _ in range(40)) <= RELEASED_SECONDS


@pytest.mark.heavy
def test_a_reader_who_does_not_read_is_cut(api: Served) -> None:
    download = begun(api, "ndjson")
    deadline = time.monotonic() + 60
    while api.exports() and time.monotonic() < deadline:
        time.sleep(1)
    assert api.exports() == 0
    assert_cut(download)
