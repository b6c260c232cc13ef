"""The CSV source reads files in chunks, byte for byte, and says what it cannot read and what would help."""

import os
from collections.abc import Callable
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest

from crypto.adapters.csv.layout.format_options import FormatOptions
from crypto.adapters.csv.read.header import read_header
from crypto.adapters.csv.read.rows import parse_rows
from crypto.adapters.csv.text.records import Limits
from crypto.adapters.sources import csv_files as csv_file
from crypto.adapters.sources.csv_files import CsvFiles, Options, build
from crypto.application.errors import SourceOff, SourceRefused, SourceUnavailable
from crypto.application.ports import Source
from crypto.domain.rejection import Reason
from tests.support.clock import NOON, ManualClock
from tests.support.csv_files import HEADER, ingest, row

REPOSITORY = Path(__file__).parents[5]


def test_a_file_comes_in_pages_that_are_its_bytes(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    rows = [row("a"), b'"b\nb","x,y",B,1,,,2024-01-02\r\n', b"\n", row("c")]
    path.write_bytes(HEADER + b"".join(rows))
    run = ingest(path, records=1)
    assert [page.body for page in run.pages] == [rows[0], rows[1], rows[2], rows[3]]
    assert [page.request for page in run.pages][1] == {"path": str(path), "offset": len(HEADER + rows[0])}
    assert [page.context["first_line"] for page in run.pages] == [2, 3, 5, 6]
    assert [page.is_last for page in run.pages] == [False, False, False, True]
    assert {page.status for page in run.pages} == {None}
    assert [quote.coin_id for quote in run.quotes] == ["a", "b\nb", "c"]


def test_the_byte_order_mark_is_not_part_of_the_first_name(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"\xef\xbb\xbfid;price;date\r\nbtc;1,000.5;2024-01-01\r\n")
    (quote,) = ingest(path).quotes
    assert (quote.coin_id, quote.price_usd) == ("btc", Decimal("1000.5"))
    assert quote.observed_at == datetime(2024, 1, 2, tzinfo=UTC)


def test_what_is_kept_with_a_page_is_json_and_enough_to_read_it_again(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"Coin,Preis,Tag\nbtc,5,01.02.2024\n")
    columns = {"coin_id": "Coin", "price_usd": "Preis", "observed_at": "Tag"}
    declared = {"columns": columns, "date_format": "%d.%m.%Y", "timezone": "Europe/Berlin"}
    run = ingest(path, declared=declared)
    (page,) = run.pages
    again = msgspec.json.decode(msgspec.json.encode([page.context, page.request, page.cursor_after]))
    assert again == [page.context, page.request, page.cursor_after]
    (quote,) = run.quotes
    assert quote.observed_at == datetime(2024, 2, 1, 23, tzinfo=UTC)


def test_a_file_without_times_is_of_the_moment_it_was_first_read(tmp_path: Path) -> None:
    path, copy = tmp_path / "a.csv", tmp_path / "b.csv"
    path.write_bytes(b"id,price\na,1\nb,2\n")
    clock = ManualClock()
    first = ingest(path, records=1, stop_after=1, clock=clock)
    clock.advance(3600)
    second = ingest(path, records=1, clock=clock, cursor=first.cursor)
    assert {quote.observed_at for quote in first.quotes + second.quotes} == {NOON}
    copy.write_bytes(path.read_bytes())
    renamed = ingest(copy, clock=clock, cursor=second.cursor)
    assert {quote.observed_at for quote in renamed.quotes} == {NOON}


def test_a_declared_moment_counts_for_a_file_without_times(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"id,price\na,1\n")
    declared = {"observed_at": "2024-05-01T10:00:00", "timezone": "Europe/Berlin"}
    (quote,) = ingest(path, declared=declared).quotes
    assert quote.observed_at == datetime(2024, 5, 1, 8, tzinfo=UTC)


def test_a_file_of_one_coin_does_not_name_a_second_one_on_another_page(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"symbol,price,date\nBTC,1,2024-01-01\nETH,2,2024-01-01\nBTC,3,2024-01-02\n")
    run = ingest(path, records=1, declared={"coin_id": "bitcoin", "name": "Bitcoin"})
    assert [(quote.name, quote.symbol, quote.price_usd) for quote in run.quotes] == [
        ("Bitcoin", "BTC", Decimal(1)),
        ("Bitcoin", "BTC", Decimal(3)),
    ]
    assert run.reasons == {Reason.BAD_FIELD: 1}


def test_a_conversion_can_be_done_again_from_what_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"id,price,date\nbtc,R$ 1.50,2024-01-31\n")
    run = ingest(path, declared={"currency": "BRL", "rate": "0.17346"})
    (page,) = run.pages
    assert (page.context["currency"], page.context["rate"]) == ("BRL", "0.17346")
    assert parse_rows(page).quotes == tuple(run.quotes)


def test_what_a_file_has_lost_is_noted() -> None:
    header = read_header(b"id,price,volume\nbtc,1.5,2.13049E+11\n", FormatOptions())
    (note,) = header.notes
    assert note.startswith("line 2: volume is 2.13049E+11, ")
    assert note.endswith("the digits it dropped are gone")


def test_a_bad_file_does_not_keep_the_others_out(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"no,header\n1,2\n")
    (tmp_path / "b.csv").write_bytes(HEADER + row("b"))
    (tmp_path / "d.csv").write_bytes(HEADER + row("d"))
    run = ingest(*(tmp_path / f"{name}.csv" for name in "dcab"))
    assert [quote.coin_id for quote in run.quotes] == ["b", "d"]
    assert isinstance(run.error, SourceRefused)
    assert f"{tmp_path}/a.csv: 2 things are open: (1) line 1 has no known price column" in str(run.error)
    assert f"{tmp_path}/c.csv: there is no such file" in str(run.error)
    assert not run.pages[-1].is_last


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "the file is empty"),
        (HEADER, "line 1 is a header and no row follows"),
        (HEADER.rstrip(), "no row follows"),
        (HEADER + b"\r\n \n", "no row follows"),
        (b"id,name\na,b\n", "COLUMNS=price_usd=<column>"),
        (b"name,symbol,price_btc\na,b,1\n", "no known price column"),
        (b"symbol,price\nBTC,1\n", "COLUMNS=coin_id=symbol"),
        (b"id,price,RecordedDate\nBTC,1,01-02-2024\n", "COLUMNS=observed_at=RecordedDate"),
        (b"id,price,Day\nBTC,1,43831\n", "COLUMNS=observed_at=Day"),
        (b"id,price,x,y\nBTC,1,2,2019-01-01\n", "COLUMNS=observed_at=y"),
        (b'id,price,x\nBTC,1,"Jan 2, 2019"\n', "COLUMNS=observed_at=x"),
        ("id,price\na,1\n".encode("utf-16-le"), "ENCODING=utf-16-le"),
        (HEADER + row("a") + b"caf\xe9,,,1,,,2024-01-01\n", r"line 3 is not UTF-8 \(byte 0xe9\); set .*ENCODING="),
        (
            b"\xff\xfe" + "id,price\na,1\nb,\ud800\n".encode("utf-16-le", "surrogatepass"),
            "line 3 is not text in UTF-16-LE",
        ),
        (b"id,price\ra,1\nb,2\r", "line 1 holds a CR"),
        (
            b"id,price,time\na,1,1/2/2024\nb,1,3/4/2024\n",
            "line 2 has the time '1/2/2024'.*DATE_ORDER=dmy or .*=mdy",
        ),
        (b"id,price,time\na,1,1/13/2024\nb,1,13/4/2024\n", "contradict each other; set .*DATE_ORDER=dmy"),
        (b"id,time,open,high,low,close\na,1700000000,1,1,1,1\n", "line 2 is a candle .*CANDLE=1d .*CANDLE=0"),
        (b"coin_id;price,name\na;1,b\n", "line 1 may be split at ',' or at ';'"),
        (HEADER + b"x" * 5_000_000, "line 2 is longer than"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_the_line_and_what_would_help(
    tmp_path: Path, content: bytes, problem: str
) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    run = ingest(path)
    assert not run.pages
    with pytest.raises(SourceRefused, match=f"a.csv: .*{problem}"):
        raise run.error or AssertionError("it was read")


def test_what_is_not_a_file_is_refused(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path in (tmp_path, pipe):
        assert "is not a regular file" in str(ingest(path).error)
    assert "no such file" in str(ingest(tmp_path / "none.csv").error)
    assert "holds a NUL" in str(ingest("a\x00.csv").error)
    assert "is not UTF-8" in str(ingest("a\udce9.csv").error)
    assert "cannot be opened" in str(ingest("x" * 5000).error)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(HEADER + row())
    path.chmod(0)
    assert "may not be read" in str(ingest(path).error)


def test_a_bad_byte_beyond_the_first_chunk_costs_its_row_only(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(HEADER + row("a") + b"caf\xe9,,,1,,,2024-01-01\n" + row("b"))
    run = ingest(path, records=1)
    assert [quote.coin_id for quote in run.quotes] == ["a", "b"]
    assert [rejection.excerpt for rejection in run.rejections] == ["caf\\udce9,,,1,,,2024-01-01\n"]


def test_prices_declared_in_other_money_are_not_taken_for_dollars(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(HEADER + row())
    assert "CRYPTO_SOURCE__CSV__CURRENCY=USD" in str(ingest(path, declared={"currency": "BRL"}).error)
    assert ingest(path, declared={"currency": "usd"}).error is None
    path.write_bytes(b"id,price,date\na,5,2024-01-01\n")
    kept = ingest(path, declared={"currency": "BRL"})
    assert (kept.quotes, kept.reasons) == ([], {Reason.OTHER_CURRENCY: 1})
    assert "CRYPTO_SOURCE__CSV__RATE=<US dollars for one BRL>" in kept.rejections[0].detail
    (quote,) = ingest(path, declared={"currency": "BRL", "rate": "0.17"}).quotes
    assert quote.price_usd == Decimal("0.85")


async def test_a_file_that_becomes_shorter_while_it_is_read_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(HEADER + row("a") + row("b") + row("c"))
    await _expect_changed(path, lambda: os.truncate(path, len(HEADER) + 5))


async def test_a_file_that_is_rewritten_while_it_is_read_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(HEADER + row("a") + row("b") + row("c"))

    def rewrite() -> None:
        path.write_bytes(HEADER + row("x") + row("y") + row("z"))
        os.utime(path, (1, 1))

    await _expect_changed(path, rewrite)


async def test_a_file_that_is_rewritten_longer_while_it_is_read_is_noticed_at_its_end(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(HEADER + row("a") + row("b") + row("c"))
    source = CsvFiles(Options(paths=(str(path),)), clock=ManualClock(), limits=Limits(records=1))
    async with aclosing(source.pages({})) as coming:
        pages = [await anext(coming)]
        path.write_bytes(HEADER + row("x") + row("y") + row("z") + row("w"))
        with pytest.raises(SourceUnavailable, match="changed while it was read"):
            pages += [page async for page in coming]
    assert not any(page.is_last for page in pages)


async def test_a_file_that_grows_while_it_is_read_is_read_up_to_where_it_ended(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(HEADER + row("a") + row("b"))
    source = CsvFiles(Options(paths=(str(path),)), clock=ManualClock(), limits=Limits(records=1))
    async with aclosing(source.pages({})) as coming:
        pages = [await anext(coming)]
        with path.open("ab") as file:
            file.write(row("c"))
        pages += [page async for page in coming]
    assert [page.body for page in pages] == [row("a"), row("b")]
    assert [page.body async for page in source.pages(pages[-1].cursor_after)] == [row("c")]


async def _expect_changed(path: Path, change: Callable[[], object]) -> None:
    source = CsvFiles(Options(paths=(str(path),)), clock=ManualClock(), limits=Limits(records=1))
    async with aclosing(source.pages({})) as coming:
        assert (await anext(coming)).body == row("a")
        change()
        assert (await anext(coming)).body == row("b")
        with pytest.raises(SourceUnavailable, match=r"a\.csv: it .* while it was read"):
            await anext(coming)


def test_the_source_is_off_without_a_file_and_says_how_to_switch_it_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SourceOff, match="CRYPTO_SOURCE__CSV__PATHS="):
        build(Options(), clock=ManualClock())


async def test_the_sample_is_read_where_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(REPOSITORY)
    source: Source = build(Options(), clock=ManualClock())
    (page,) = [page async for page in source.pages({})]
    parsed = source.parse(page)
    assert page.request["path"] == csv_file.SAMPLE
    assert (len(parsed.quotes), len(parsed.rejections)) == (100, 0)
    prices = [quote.price_usd for quote in parsed.quotes if quote.price_usd]
    assert f"{min(prices):f} {max(prices):f}" == "0.000000000000000001 100000"
    assert any(quote.market_cap is None for quote in parsed.quotes)
    assert {quote.observed_at.year for quote in parsed.quotes} == {2020}
    assert all(quote.coin_id.startswith("sample-coin-") for quote in parsed.quotes)


def test_the_facts_of_its_sweeps() -> None:
    source = build(Options(paths=("a.csv",), interval=60), clock=ManualClock())
    assert (source.profile.source, source.profile.interval) == ("csv", timedelta(seconds=60))
    assert source.profile.sweep_lifetime is None
    assert not source.profile.lists_every_coin
    assert source.cursor_past({}) is None


@pytest.mark.parametrize(
    "bad",
    [
        {"timezone": "Mars/Olympus"},
        {"columns": {"price_eur": "x"}},
        {"date_format": "%Q"},
        {"path": "a.csv"},
        {"delimiter": "dash"},
        {"currency": "US dollars"},
        {"currency": "USD", "rate": "1.08"},
        {"currency": "EUR", "rate": "1.08", "rates": {"EUR": "1.09"}},
        {"rates": {"EUR": "0"}},
        {"rates": {"USD": "1.01"}},
        {"rates": {"US dollars": "1"}},
        {"rates": {"xbt": "1", "BTC": "2"}},
        {"volume": "coins"},
        {"currency": "EUR", "rate": "-1"},
        {"currency": "EUR", "rate": "NaN"},
        {"candle": "1 day"},
        {"skip_lines": -1},
        {"layout": "wide"},
    ],
)
def test_a_setting_that_makes_no_sense_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(bad, Options)
