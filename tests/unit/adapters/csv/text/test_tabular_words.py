"""Columns are known by their names in the languages of the large sites, however these dress them up."""

import pytest

from crypto.adapters.csv.layout.column_layout import find_layout
from crypto.adapters.csv.layout.format_options import FormatOptions
from crypto.adapters.csv.read.header import read_header
from crypto.adapters.csv.text.columns import find_columns
from crypto.adapters.csv.text.names import plain_name
from crypto.adapters.csv.times.candles import holds_candles

CANDLES = [
    ("Datum", "Schlusskurs", "Eröffnung", "Hoch", "Tief", "Volumen"),
    ("Datum", "Zuletzt", "Eröffn.", "Hoch", "Tief", "Vol."),
    ("Fecha", "Último", "Apertura", "Máximo", "Mínimo", "Vol."),
    ("Data", "Último", "Abertura", "Máxima", "Mínima", "Vol."),
    ("Date", "Dernier", "Ouv.", "Plus Haut", "Plus Bas", "Vol."),
    ("Data", "Ultimo", "Apertura", "Massimo", "Minimo", "Vol."),
    ("Datum", "Laatste", "Open", "Hoog", "Laag", "Vol."),
    ("Tarih", "Şimdi", "Açılış", "Yüksek", "Düşük", "Hac."),
    ("Data", "Zamkniecie", "Otwarcie", "Najwyzszy", "Najnizszy", "Wolumen"),
    ("Дата", "Цена", "Откр.", "Макс.", "Мин.", "Объём"),
    ("日付け", "終値", "始値", "高値", "安値", "出来高"),
    ("날짜", "종가", "시가", "고가", "저가", "거래량"),
    ("日期", "收盘", "开盘", "高", "低", "交易量"),
    ("Date", "Close**", "Open*", "High", "Low", "Vol"),
    ("<DATE>", "<CLOSE>", "<OPEN>", "<HIGH>", "<LOW>", "<VOL>"),
]


@pytest.mark.parametrize("names", CANDLES, ids=lambda names: names[1])
def test_a_candle_is_one_in_every_language(names: tuple[str, ...]) -> None:
    columns = find_columns(names, {})
    assert (columns["observed_at"], columns["price_usd"], columns["volume_24h"]) == (0, 1, 5)
    assert holds_candles(names, columns)


@pytest.mark.parametrize("names", CANDLES, ids=lambda names: names[1])
def test_its_volume_is_in_coins_and_not_taken_for_dollars(names: tuple[str, ...]) -> None:
    assert "volume_24h" not in find_layout(names, FormatOptions(candle="1d")).columns


@pytest.mark.parametrize(
    ("header", "places"),
    [
        ("Name;Kürzel;Kurs;Marktkapitalisierung", (0, 1, 2, 3)),
        ("Nombre;Símbolo;Precio;Capitalización de mercado", (0, 1, 2, 3)),
        ("Nom;Symbole;Prix;Capitalisation boursière", (0, 1, 2, 3)),
        ("Название;Символ;Цена;Рыночная капитализация", (0, 1, 2, 3)),
        ("名称;代码;价格;市值", (0, 1, 2, 3)),
        ("이름;심볼;가격;시가총액", (0, 1, 2, 3)),
    ],
)
def test_a_list_of_coins_is_known_too(header: str, places: tuple[int, ...]) -> None:
    columns = find_columns(tuple(header.split(";")), {})
    assert tuple(columns[field] for field in ("name", "symbol", "price_usd", "market_cap")) == places


def test_english_names_count_before_those_of_other_languages() -> None:
    assert find_columns(("Kurs", "price", "Datum", "date"), {}) == {"price_usd": 1, "observed_at": 3}


def test_names_are_compared_without_what_dresses_them_up() -> None:
    assert plain_name(" Close** ") == plain_name("<CLOSE>") == plain_name("close") == "close"
    assert plain_name("ÚLTIMO") == plain_name("ultimo")
    assert plain_name("Объём") == plain_name("объем")
    assert plain_name("가격") == "가격"
    assert plain_name("% var.") != plain_name("var")


def test_a_column_that_is_declared_to_be_none_is_not_taken() -> None:
    declared = FormatOptions(coin_id="btc", columns={"name": "-", "volume_24h": "-"})
    header = read_header(b"name,price,volume\n9999,1,2\n", declared)
    assert header.columns == {"price_usd": 1}
