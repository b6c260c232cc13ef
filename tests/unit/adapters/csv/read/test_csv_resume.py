"""However reading a file is cut into runs, and however the file grows, each record is in and none is lost."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto.domain.quote import Key, Quote
from tests.support.clock import ManualClock
from tests.support.csv_files import HEADER, Ingested, ingest, row
from tests.support.laws import examples

cell = st.text(alphabet='ab,;"\n\r é', max_size=6)


def quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


rows = st.builds(
    lambda name, day, end: f"coin-{day},{quoted(name)},S{day},{day}.5,,,2024-01-{day:02d}T00:00:00Z{end}".encode(),
    cell,
    st.integers(min_value=1, max_value=28),
    st.sampled_from(["\n", "\r\n", "\n\n"]),
)


def said(runs: list[Ingested]) -> list[str]:
    quotes = [f"{quote.key} {quote.said}" for run in runs for quote in run.quotes]
    rejections = [f"{each.reason} {each.detail} {each.excerpt}" for run in runs for each in run.rejections]
    return sorted(quotes) + sorted(rejections)


def believed(quotes: list[Quote]) -> dict[Key, tuple[object, ...]]:
    return {quote.key: quote.said for quote in quotes}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.csv"


def test_an_unchanged_file_is_nothing_new(path: Path) -> None:
    path.write_bytes(HEADER + row("a"))
    first = ingest(path)
    second = ingest(path, cursor=first.cursor)
    assert (second.pages, second.error) == ([], None)


def test_a_touched_file_is_nothing_new(path: Path) -> None:
    path.write_bytes(HEADER + row("a"))
    first = ingest(path)
    path.write_bytes(HEADER + row("a"))
    assert ingest(path, cursor=first.cursor).pages == []


def test_a_grown_file_goes_on_where_it_ended(path: Path) -> None:
    path.write_bytes(HEADER + row("a"))
    first = ingest(path)
    path.write_bytes(HEADER + row("a") + row("b"))
    second = ingest(path, cursor=first.cursor)
    assert second.body == row("b")
    assert second.pages[0].context["first_line"] == 3


@pytest.mark.parametrize(
    "content", [HEADER + row("x") + row("b"), HEADER + row("a"), b"\xef\xbb\xbf" + HEADER + row("a")]
)
def test_a_changed_or_shortened_file_is_a_new_one(path: Path, content: bytes) -> None:
    path.write_bytes(HEADER + row("a") + row("b"))
    first = ingest(path)
    path.write_bytes(content)
    assert ingest(path, cursor=first.cursor).body == content[content.index(b"\n") + 1 :]


def test_a_file_read_under_other_settings_is_read_again(path: Path) -> None:
    path.write_bytes(b"id,price,date\na,1,2024-01-01\n")
    first = ingest(path)
    second = ingest(path, cursor=first.cursor, declared={"timezone": "Europe/Berlin"})
    assert [quote.observed_at.hour for quote in (*first.quotes, *second.quotes)] == [0, 23]


def test_a_file_whose_growth_settles_something_else_is_read_again(path: Path) -> None:
    header, hour = b"time,open,high,low,close\n", b"2024-01-01 0%d:00:00,1,1,1,%d\n"
    path.write_bytes(header + hour % (0, 1) + hour % (2, 2))
    first = ingest(path, declared={"coin_id": "btc"})
    path.write_bytes(header + hour % (0, 1) + hour % (2, 2) + hour % (3, 3))
    second = ingest(path, cursor=first.cursor, declared={"coin_id": "btc"})
    assert [quote.observed_at.hour for quote in first.quotes] == [2, 4]
    assert [quote.observed_at.hour for quote in second.quotes] == [1, 3, 4]


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_a_last_row_without_a_line_end_is_read_and_may_be_ended_later(path: Path, end: bytes) -> None:
    last = row("b").rstrip()
    path.write_bytes(HEADER + row("a") + last)
    first = ingest(path)
    assert [quote.coin_id for quote in first.quotes] == ["a", "b"]
    path.write_bytes(HEADER + row("a") + last + end)
    assert ingest(path, cursor=first.cursor).pages == []
    path.write_bytes(HEADER + row("a") + last + end + b"c,,,x,,,2024-01-01\n")
    second = ingest(path, cursor=first.cursor)
    assert second.body == end + b"c,,,x,,,2024-01-01\n"
    assert second.rejections[0].detail.startswith("line 4:")


def test_a_last_row_that_goes_on_makes_the_file_a_new_one(path: Path) -> None:
    path.write_bytes(b"id,date,price\na,2024-01-01,1\nb,2024-01-01,1")
    first = ingest(path)
    path.write_bytes(b"id,date,price\na,2024-01-01,1\nb,2024-01-01,100\n")
    second = ingest(path, cursor=first.cursor)
    assert [f"{quote.coin_id} {quote.price_usd:f}" for quote in second.quotes] == ["a 1", "b 100"]


def test_a_quote_that_is_closed_later_makes_the_file_a_new_one(path: Path) -> None:
    path.write_bytes(HEADER + row("a") + b'b,"first\n')
    first = ingest(path)
    assert len(first.rejections) == 1
    path.write_bytes(HEADER + row("a") + b'b,"first\nsecond",S,1,,,2024-01-01\n')
    second = ingest(path, cursor=first.cursor)
    assert [quote.name for quote in second.quotes] == ["Name", "first\nsecond"]


def test_several_files_are_each_resumed(tmp_path: Path) -> None:
    first_file, second_file = tmp_path / "a.csv", tmp_path / "b.csv"
    first_file.write_bytes(HEADER + row("a1") + row("a2"))
    second_file.write_bytes(HEADER + row("b1"))
    first = ingest(first_file, second_file, records=1, stop_after=1)
    first_file.write_bytes(HEADER + row("a1") + row("a2") + row("a3"))
    second = ingest(first_file, second_file, cursor=first.cursor, records=1)
    assert [quote.coin_id for quote in second.quotes] == ["a2", "a3", "b1"]
    assert [page.is_last for page in second.pages] == [False, False, True]


@pytest.mark.parametrize("cursor", [{"files": 5}, {"files": {"a.csv": {"offset": 3}}}, {"page": 2}])
def test_a_cursor_that_cannot_be_understood_is_the_start(path: Path, cursor: dict[str, object]) -> None:
    path.write_bytes(HEADER + row("a"))
    assert ingest(path, cursor=cursor).body == row("a")


def test_first_moments_are_kept_of_the_newest_contents_only(path: Path) -> None:
    path.write_bytes(b"id,price\na,1\n")
    known = {f"{number:064x}": "2024-01-01T00:00:00Z" for number in range(1000)}
    kept = ingest(path, cursor={"first_read": known}).cursor["first_read"]
    assert isinstance(kept, dict)
    assert len(kept) == 1000
    assert f"{0:064x}" not in kept


def test_a_quote_that_a_page_left_open_is_read_again_once_the_file_has_grown(path: Path) -> None:
    open_quote, rest = b'b,"first\n;\n', b'",S,2.5,,,2024-01-02T00:00:00Z\n'
    path.write_bytes(HEADER + row("a") + open_quote)
    before = ingest(path, records=2)
    path.write_bytes(HEADER + row("a") + open_quote + rest)
    after = ingest(path, records=2, cursor=before.cursor)
    assert [(quote.coin_id, quote.name) for quote in after.quotes] == [("a", "Name"), ("b", "first\n;\n")]


@settings(max_examples=examples(60), deadline=None)
@given(st.lists(rows, min_size=1, max_size=8), st.integers(min_value=1, max_value=4), st.data())
def test_any_cut_into_runs_brings_the_same_records(body: list[bytes], records: int, data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.csv"
        path.write_bytes(HEADER + b"".join(body))
        whole = ingest(path, records=records)
        runs = [ingest(path, records=records, stop_after=1)]
        while runs[-1].pages:
            stop = data.draw(st.integers(min_value=1, max_value=3))
            runs.append(ingest(path, records=records, stop_after=stop, cursor=runs[-1].cursor))
    assert b"".join(run.body for run in runs) == whole.body == b"".join(body)
    assert said(runs) == said([whole])


NASTY = (
    b"id,name,price,date\r\n"
    b'a,"x,\r\n""y""",1.25,2024-01-02\r\n'
    b"\r\n"
    b"b,caf\xc3\xa9,20,2024-01-03\n"
    b'c,"z",3,2024-01-04T00:00:00Z'
)


@pytest.mark.parametrize("cut", range(len(NASTY) + 1))
def test_a_file_that_grew_from_any_byte_on_ends_as_if_read_at_once(path: Path, cut: int) -> None:
    path.write_bytes(NASTY)
    at_once = believed(ingest(path).quotes)
    path.write_bytes(NASTY[:cut])
    before = ingest(path, records=2)
    path.write_bytes(NASTY)
    after = ingest(path, records=2, cursor=before.cursor)
    body = NASTY[NASTY.index(b"\n") + 1 :]
    assert after.error is None
    assert after.body == body or before.body + after.body == body
    ended = believed(before.quotes + after.quotes)
    assert {key: ended[key] for key in at_once} == at_once


@settings(max_examples=examples(40), deadline=None)
@given(st.lists(rows, min_size=1, max_size=5), st.lists(st.integers(min_value=1, max_value=40), max_size=8))
def test_a_file_that_grows_step_by_step_ends_as_if_read_at_once(body: list[bytes], steps: list[int]) -> None:
    content = HEADER + b"".join(body)
    quotes: list[Quote] = []
    cursor: dict[str, object] = {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.csv"
        lengths = [len(HEADER) + sum(steps[: number + 1]) for number in range(len(steps))] + [len(content)]
        for length in lengths:
            path.write_bytes(content[:length])
            run = ingest(path, cursor=cursor, records=2, clock=ManualClock())
            quotes += run.quotes
            cursor = dict(run.cursor)
        at_once = believed(ingest(path).quotes)
    ended = believed(quotes)
    assert {key: ended[key] for key in at_once} == at_once
