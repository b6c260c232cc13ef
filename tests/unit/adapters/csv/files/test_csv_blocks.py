"""Settings per file: which block a file is read under, which coin its name tells, when that is not believed."""

import zipfile
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from crypto.application.errors import SourceRefused
from tests.support.csv_files import HEADER, Ingested, ingest, row

COINS = {"BTC": "bitcoin", "ETH": "ethereum"}


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def prices(name: str, price: str = "1.5", header: str = "date,price") -> None:
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    Path(name).write_text(f"{header}\n2024-01-31,{price}\n")


def zipped(name: str, members: Mapping[str, str]) -> None:
    with zipfile.ZipFile(name, "w") as archive:
        for member, price in members.items():
            archive.writestr(member, f"date,price\n2024-01-31,{price}\n")


def read(*blocks: dict[str, Any], paths: tuple[str, ...] = (), **others: Any) -> Ingested:
    cursor = others.pop("cursor", None)
    return ingest(*paths, declared={"file": list(blocks), **others}, cursor=cursor)


def coins(run: Ingested) -> list[tuple[str, str | None, Decimal | None]]:
    return [(quote.coin_id, quote.symbol, quote.price_usd) for quote in run.quotes]


def test_each_file_is_read_as_its_block_says_and_the_rest_as_is_said_generally() -> None:
    Path("btc.csv").write_text("date;price\n2024-01-31;1,5\n")
    prices("eth.csv", "2.5")
    Path("all.csv").write_bytes(HEADER + row("xmr"))
    run = read(
        {"path": "btc.csv", "coin_id": "bitcoin", "decimal": "comma", "delimiter": "semicolon"},
        {"path": "eth.csv", "coin_id": "ethereum", "symbol": "ETH"},
        paths=("all.csv",),
    )
    assert run.error is None
    found = [
        ("xmr", "SYM", Decimal("1.5")),
        ("bitcoin", None, Decimal("1.5")),
        ("ethereum", "ETH", Decimal("2.5")),
    ]
    assert coins(run) == found


def test_a_file_that_comes_through_paths_has_the_block_that_it_matches_however_it_is_spelled(
    tmp_path: Path,
) -> None:
    prices("a/btc.csv")
    block = {"path": "a/btc.csv", "coin_id": "bitcoin"}
    for path in ("a/btc.csv", "a/*.csv", "./a/btc.csv", f"{tmp_path}/a/btc.csv", "**/*.csv"):
        run = read(block, paths=(path,))
        assert (run.error, coins(run)) == (None, [("bitcoin", None, Decimal("1.5"))])


def test_the_first_block_that_matches_counts() -> None:
    prices("btc.csv")
    run = read({"path": "*.csv", "coin_id": "first"}, {"path": "btc.csv", "coin_id": "second"})
    assert [quote.coin_id for quote in run.quotes] == ["first"]


def test_the_symbol_in_a_name_tells_the_coin() -> None:
    for symbol, price in (("BTC", "1"), ("ETH", "2")):
        prices(f"k/{symbol}USDT-1d-2024-01.csv", price)
    run = read({"path": "k/{symbol}USDT-1d-*.csv", "coins": COINS, "rate": "0.5"})
    assert run.error is None
    assert coins(run) == [("bitcoin", "BTC", Decimal("0.5")), ("ethereum", "ETH", Decimal(1))]


def test_the_members_of_an_archive_tell_it_too() -> None:
    zipped("all.zip", {"BTC-USD.csv": "1", "ETH-USD.csv": "2", "LTC-EUR.csv": "3"})
    run = read({"path": "all.zip/{symbol}-USD.csv", "coins": COINS})
    assert run.error is None
    assert coins(run) == [("bitcoin", "BTC", Decimal(1)), ("ethereum", "ETH", Decimal(2))]


def test_an_archive_with_one_member_tells_it_by_its_own_name() -> None:
    zipped("BTCUSD-1d.zip", {"anything.csv": "1"})
    assert coins(read({"path": "{symbol}USD-*.zip", "coins": COINS})) == [("bitcoin", "BTC", Decimal(1))]


def test_the_id_itself_may_stand_in_the_name_or_what_coins_knows_it_by() -> None:
    prices("coins/bitcoin.csv")
    assert coins(read({"path": "coins/{coin_id}.csv"})) == [("bitcoin", None, Decimal("1.5"))]
    mapped = read({"path": "coins/{coin_id}.csv", "coins": {"bitcoin": "btc-bitcoin"}})
    assert coins(mapped) == [("btc-bitcoin", None, Decimal("1.5"))]
    prices("coins/bitcoin-BTC.csv")
    both = read({"path": "coins/{coin_id}-{symbol}.csv"})
    assert coins(both) == [("bitcoin", "BTC", Decimal("1.5"))]


def test_coins_that_are_not_known_are_told_in_one_message_with_the_line_to_paste() -> None:
    for symbol in ("BTC", "SOL", "XRP", "eth"):
        for month in ("01", "02"):
            prices(f"k/{symbol}USD-{month}.csv")
    run = read({"path": "k/{symbol}USD-*.csv", "coins": {"BTC": "bitcoin"}})
    assert isinstance(run.error, SourceRefused)
    assert str(run.error) == (
        "k/{symbol}USD-*.csv: block 1 of [[source.csv.file]] in crypto.toml knows no coin SOL, XRP, eth, so their "
        '6 files are not read; set there coins = { BTC = "bitcoin", SOL = "<coin id>", XRP = "<coin id>", '
        'eth = "<coin id>" }'
    )
    assert {quote.coin_id for quote in run.quotes} == {"bitcoin"}


def test_without_coins_every_coin_is_asked_for() -> None:
    prices("BTCUSD.csv")
    run = read({"path": "{symbol}USD.csv"})
    assert 'set there coins = { BTC = "<coin id>" }' in str(run.error)
    assert not run.pages


def test_a_name_that_can_be_read_in_two_ways_is_not_believed() -> None:
    prices("BTCDOMUSDT-1h.csv")
    for pattern in ("{symbol}*", "*{symbol}USDT-1h.csv", "{symbol}*USDT-1h.csv"):
        run = read({"path": pattern, "coins": {"BTC": "bitcoin"}, "rate": "1.1", "currency": "USDT"})
        assert "its name can be read in" in str(run.error)
        assert not run.pages


def test_the_money_that_names_tell_is_not_taken_for_dollars() -> None:
    prices("BTCUSDT.csv")
    block = {"path": "{symbol}USDT.csv", "coins": COINS}
    asked = read(block)
    assert not asked.pages
    assert 'does not say what USDT is worth, so its file is not read; set there rate = "<US dollars' in str(
        asked.error
    )
    assert coins(read({**block, "rate": "0.5"})) == [("bitcoin", "BTC", Decimal("0.75"))]
    contradicted = read({**block, "currency": "USD"})
    assert "is in USDT, and CRYPTO_SOURCE__CSV__CURRENCY=USD says otherwise" in str(contradicted.error)
    assert coins(read({**block, "rates": {"USDT": "1"}})) == [("bitcoin", "BTC", Decimal("1.5"))]
    assert coins(read(block, currency="USDT", rate="2")) == [("bitcoin", "BTC", Decimal(3))]


@pytest.mark.parametrize("suffix", ["USDTPERP", "_usdc", "-EUR", "BTC", "FDUSD-1m"])
def test_money_is_told_by_whatever_stands_after_the_symbol(suffix: str) -> None:
    prices(f"LTC{suffix}.csv")
    run = read({"path": f"{{symbol}}{suffix}.csv", "coins": {"LTC": "litecoin"}})
    assert not run.pages
    assert "is worth" in str(run.error)


def test_a_symbol_that_is_a_pair_is_not_taken_for_dollars() -> None:
    prices("BTCUSDT-1d.csv")
    block = {"path": "{symbol}-1d.csv", "coins": {"BTCUSDT": "bitcoin"}}
    asked = read(block)
    assert not asked.pages
    assert "its name tells the symbol BTCUSDT, which may be a pair; write its money into the path" in str(
        asked.error
    )
    assert read({**block, "currency": "USDT", "rate": "1"}).error is None


def test_what_is_said_generally_of_one_coin_or_money_says_nothing_of_another() -> None:
    prices("eth.csv")
    run = read(
        {"path": "eth.csv", "coin_id": "ethereum", "currency": "GBP"},
        coin_id="bitcoin", name="Bitcoin", symbol="BTC", currency="EUR", rate="1.08",
    )  # fmt: skip
    assert not run.quotes
    assert [each.reason for each in run.rejections] == ["other_currency"]
    told = read({"path": "eth.csv", "coin_id": "ethereum"}, coin_id="bitcoin", name="Bitcoin", symbol="BTC")
    assert [(quote.coin_id, quote.name, quote.symbol) for quote in told.quotes] == [("ethereum", None, None)]


def test_an_order_of_dates_in_a_block_is_not_overruled_by_a_general_form() -> None:
    Path("a.csv").write_text("time,price\n01/02/2024 10:00,1\n")
    run = read({"path": "a.csv", "coin_id": "a", "date_order": "mdy"}, date_format="%d/%m/%Y %H:%M")
    assert run.quotes[0].observed_at.isoformat() == "2024-01-02T10:00:00+00:00"


def test_a_block_may_say_again_what_is_so_by_default() -> None:
    Path("a.csv").write_text("time,price\n2024-01-31 10:00,1\n")
    run = read({"path": "a.csv", "coin_id": "a", "timezone": "UTC", "headerless": []}, timezone="Asia/Tokyo")
    assert run.quotes[0].observed_at.isoformat() == "2024-01-31T10:00:00+00:00"


def test_a_file_that_says_another_coin_than_its_name_is_refused() -> None:
    prices("BTCUSD.csv", "1.5,ETH/USD", header="date,price,symbol")
    run = read({"path": "{symbol}USD.csv", "coins": COINS})
    assert "its first row is of ETH/USD, and its name tells BTC" in str(run.error)
    prices("BTCUSD.csv", "1.5,BTC/USD", header="date,price,symbol")
    assert coins(read({"path": "{symbol}USD.csv", "coins": COINS})) == [("bitcoin", "BTC", Decimal("1.5"))]


@pytest.mark.parametrize(
    "block", [{"path": "{symbol}USD.csv", "coins": COINS}, {"path": "*.csv", "coin_id": "btc"}]
)
def test_a_column_of_ids_is_not_the_coin_of_a_file_whose_block_says_it(block: dict[str, Any]) -> None:
    prices("BTCUSD.csv", "1.5,4711", header="date,price,id")
    run = read(block)
    assert not run.pages
    assert "line 1 has a column of coin ids, 'id', and block 1 of [[source.csv.file]]" in str(run.error)


def test_a_member_in_a_folder_that_the_path_does_not_name_is_refused_and_not_read_otherwise() -> None:
    zipped("all.zip", {"BTCUSD.csv": "1", "old/ETHUSD.csv": "2"})
    run = read({"path": "all.zip/{symbol}USD.csv", "coins": COINS}, coin_id="general")
    assert [quote.coin_id for quote in run.quotes] == ["bitcoin"]
    assert "all.zip/old/ETHUSD.csv: its name is not what the path says" in str(run.error)


def test_a_file_whose_block_changed_is_read_again_and_the_others_are_not() -> None:
    prices("BTCUSD.csv")
    prices("ETHUSD.csv")
    first = read({"path": "{symbol}USD.csv", "coins": COINS})
    same = read({"path": "{symbol}USD.csv", "coins": COINS}, cursor=first.cursor)
    mended = {"path": "{symbol}USD.csv", "coins": {**COINS, "ETH": "ether"}}
    second = read(mended, cursor=first.cursor)
    assert not same.pages
    assert coins(second) == [("ether", "ETH", Decimal("1.5"))]


def test_a_problem_names_the_block_as_the_place_to_mend_it() -> None:
    prices("btc.csv", header="date,worth")
    run = read({"path": "btc.csv", "coin_id": "bitcoin"})
    assert "CRYPTO_SOURCE__CSV__COLUMNS=price_usd=<column>; for this file block 1 of" in str(run.error)
    assert str(run.error).endswith("takes it, as columns = ...")


def test_a_block_whose_files_are_not_there_says_so_and_stops_no_other() -> None:
    prices("btc.csv")
    run = read({"path": "{symbol}USD.csv", "coins": COINS}, {"path": "btc.csv", "coin_id": "bitcoin"})
    assert str(run.error) == "{symbol}USD.csv: no file matches it, as seen from here"
    assert [quote.coin_id for quote in run.quotes] == ["bitcoin"]


def test_the_same_problem_of_many_files_is_told_once() -> None:
    for number in range(9):
        prices(f"k{number}.csv")
    two = str(read(paths=("k[01].csv",)).error)
    many = str(read(paths=("*.csv",)).error)
    assert (two.count("no coin id column"), many.count("no coin id column")) == (1, 1)
    assert two.startswith("k0.csv, k1.csv: line 1 has no coin id column")
    assert many.startswith("k0.csv, k1.csv, k2.csv and 6 more: line 1 has no coin id column")
