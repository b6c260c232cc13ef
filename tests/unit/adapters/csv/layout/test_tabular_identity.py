"""A column of ids that counts rows is told from one that names coins."""

from collections.abc import Sequence

import pytest

from crypto.adapters.csv.layout.identity import check_identity, coin_name
from crypto.adapters.csv.unreadable import Unreadable

NAMES = ("id", "coin", "time")
COLUMNS = {"coin_id": 0, "name": 1, "observed_at": 2}


def rows(*said: str) -> list[list[str]]:
    return [each.split() for each in said]


COUNTS = (
    rows("1 bitcoin 9:00", "2 ether 9:00", "3 bitcoin 10:00", "4 ether 10:00"),
    rows("0 bitcoin 9:00", "1 ether 9:00"),
    rows("4711 bitcoin 9:00", "4712 bitcoin 10:00"),
    rows("2 bitcoin 9:00", "1 ether 9:00"),
)


@pytest.mark.parametrize("counting", COUNTS)
def test_numbers_that_count_the_rows_are_not_ids_of_coins(counting: Sequence[list[str]]) -> None:
    with pytest.raises(Unreadable, match=r"'id' that counts the rows; set .*COLUMNS=coin_id=coin if that"):
        check_identity(NAMES, COLUMNS, {}, counting, line=1)


def test_a_number_that_bears_two_names_is_not_the_id_of_a_coin() -> None:
    ranks = rows("1 bitcoin 9:00", "2 ether 9:00", "1 bitcoin 10:00", "2 solana 10:00")
    with pytest.raises(Unreadable, match="gives one number to two coins"):
        check_identity(NAMES, COLUMNS, {}, ranks, line=1)


def test_numbers_of_rows_with_gaps_are_not_ids_of_coins() -> None:
    gaps = rows("1 bitcoin 9:00", "2 bitcoin 10:00", "5 bitcoin 11:00", "1 bitcoin 9:00")
    with pytest.raises(Unreadable, match="gives many numbers to few coins"):
        check_identity(NAMES, COLUMNS, {}, gaps, line=1)


def test_ids_that_are_others_on_each_row_of_the_same_coins_are_not_theirs() -> None:
    records = rows("a7 bitcoin 9:00", "f3 ether 9:00", "0c bitcoin 10:00", "9d ether 10:00")
    with pytest.raises(Unreadable, match="has another id on each row"):
        check_identity(NAMES, COLUMNS, {}, records, line=1)


@pytest.mark.parametrize(
    "of_coins",
    [
        rows("1 Bitcoin 9:00", "1027 Ethereum 9:00", "1839 BNB 9:00"),
        rows("bitcoin BTC 9:00", "bitcoin-cash BCH 9:00", "batcat BTC 9:00", "meme BTC 9:00"),
        rows("bitcoin BTC 9:00", "bitcoin BTC 10:00", "ether ETH 10:00"),
        rows("1 Bitcoin 9:00"),
        rows("bitcoin Bitcoin 9:00", "bitcoin BTC 9:00"),
    ],
)
def test_ids_of_coins_are_believed(of_coins: Sequence[list[str]]) -> None:
    check_identity(NAMES, COLUMNS, {}, of_coins, line=1)


def test_a_declared_column_is_believed_whatever_it_holds() -> None:
    check_identity(NAMES, COLUMNS, {"coin_id": "id"}, COUNTS[0], line=1)


def test_the_name_of_one_coin_is_not_a_number() -> None:
    assert [coin_name(each) for each in ("2781", " 1 ", "1inch", None)] == [None, None, "1inch", None]
