"""Files declared to be of one coin: where their names or prices say two, an ingest and a check notice."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from crypto.adapters.csv.check.coin_names import coins_named
from crypto.adapters.csv.check.together import Together
from crypto.domain.quote import Quote
from tests.support.csv_files import HEADER, ingest, row

PRICES = b"date,price\n2024-01-31,1.5\n"
TOMORROW = b"date,price\n2024-02-01,1.6\n"


@pytest.mark.parametrize(
    ("name", "coins"),
    [
        ("BTCUSDT-1h-2024-01.csv", {"BTC"}),
        ("d/all.zip/ETHUSDT-1m.csv", {"ETH"}),
        ("Binance_BTCUSDT_d.csv", {"BTC"}),
        ("btcusd.csv", {"BTC"}),
        ("BTC-USD.csv", {"BTC"}),
        ("eth-usd-max.csv", {"ETH"}),
        ("SOL_EUR.csv", {"SOL"}),
        ("XBTUSD_60.csv", {"BTC", "XB"}),
        ("1000SHIBUSDT.csv", {"1000SHIB"}),
        ("bitcoin-2023.csv", set()),
        ("prices.csv", set()),
        ("2024-usd.csv", set()),
        ("ETHUSDT/prices.csv", set()),
    ],
)
def test_a_pair_in_a_files_name_tells_the_coin(name: str, coins: set[str]) -> None:
    assert coins_named(name) == coins


def saved(folder: Path, **contents: bytes) -> Sequence[Path]:
    paths = [folder / f"{name}.csv" for name in contents]
    for path, content in zip(paths, contents.values(), strict=True):
        path.write_bytes(content)
    return paths


def test_files_called_after_two_coins_are_not_one_coin_though_they_do_not_overlap(tmp_path: Path) -> None:
    first, second = saved(tmp_path, AAAUSDT=PRICES, BBBUSDT=TOMORROW)
    run = ingest(tmp_path / "*.csv", declared={"coin_id": "x"})
    assert [quote.price_usd for quote in run.quotes] == [Decimal("1.5")]
    assert str(run.error) == (
        f"{second}: it and {first} are both declared to be x, but are called after two coins, BBB and AAA;"
        " give each file its own COIN_ID in [[source.csv.file]]"
    )


def test_so_is_one_that_comes_later(tmp_path: Path) -> None:
    saved(tmp_path, BBBUSDT=PRICES)
    first = ingest(tmp_path / "*.csv", declared={"coin_id": "x"})
    saved(tmp_path, AAAUSDT=TOMORROW)
    later = ingest(tmp_path / "*.csv", declared={"coin_id": "x"}, cursor=first.cursor)
    assert not later.pages
    assert "called after two coins, AAA and BBB" in str(later.error)


@pytest.mark.parametrize("names", [("BTCUSDT-1", "BTCUSDT-2"), ("BTCUSDT", "XBTUSD"), ("BTC-USD", "bitcoin"),
                                   ("BTCUSDT", "BTCEUR")])  # fmt: skip
def test_files_called_after_one_coin_are_read_together(tmp_path: Path, names: tuple[str, str]) -> None:
    saved(tmp_path, **dict.fromkeys(names, PRICES))
    run = ingest(tmp_path / "*.csv", declared={"coin_id": "bitcoin", "rates": {"USDT": "1", "EUR": "1"}})
    assert (run.error, len(run.quotes)) == (None, 2)


def test_files_that_say_their_coins_themselves_may_be_called_anything(tmp_path: Path) -> None:
    saved(tmp_path, AAAUSDT=HEADER + row("a"), BBBUSDT=HEADER + row("b"))
    run = ingest(tmp_path / "*.csv", declared={"coin_id": "x"})
    assert (run.error, [quote.coin_id for quote in run.quotes]) == (None, ["a", "b"])


def quotes(price: int, *, many: int = 100) -> list[Quote]:
    noon, now = datetime(2024, 1, 1, 12, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)
    return [
        Quote(source="csv", coin_id="x", name=None, symbol=None, price_usd=Decimal(price), market_cap=None,
              volume_24h=None, observed_at=noon + timedelta(hours=number), ingested_at=now, position=number)
        for number in range(many)
    ]  # fmt: skip


def test_what_another_file_said_otherwise_is_found() -> None:
    together = Together()
    together.contradictions("a.csv", quotes(1))
    assert together.contradictions("b.csv", quotes(1)) == []
    found = together.contradictions("c.csv", quotes(2))
    assert (together.one_in, len(found)) == (1, 100)
    assert found[0].detail.startswith("a.csv says otherwise of x at 2024-01-01T12:00:00+00:00")


def test_a_file_may_say_otherwise_of_what_it_said_itself() -> None:
    together = Together()
    together.contradictions("a.csv", quotes(1))
    together.contradictions("a.csv", quotes(2))
    assert together.contradictions("b.csv", quotes(2)) == []


def test_of_many_quotes_a_sample_is_looked_at_and_the_others_are_estimated() -> None:
    together = Together(most=500)
    together.contradictions("a.csv", quotes(1, many=4000))
    found = together.contradictions("b.csv", quotes(2, many=4000))
    assert together.one_in > 1
    assert len(found) <= 500
    assert len(found) * together.one_in == pytest.approx(4000, rel=0.3)
