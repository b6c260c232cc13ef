"""Blocks of crypto.toml are read like settings, and a bad one is one line that names block and key."""

from decimal import Decimal
from pathlib import Path

import pytest

from crypto.adapters.sources.csv_files import Options
from crypto.entrypoints.settings import BadSetting, load_settings
from crypto.entrypoints.settings.effective import effective_settings

GOOD = '[[source.csv.file]]\npath = "a.csv"\n'


def options_of(folder: Path, text: str) -> Options:
    (folder / "crypto.toml").write_text(text)
    options = load_settings(environment={}, directory=folder).source["csv"]
    assert isinstance(options, Options)
    return options


def complaint(folder: Path, text: str, **environment: str) -> str:
    (folder / "crypto.toml").write_text(text)
    with pytest.raises(BadSetting) as raised:
        load_settings(environment=environment, directory=folder)
    assert len(str(raised.value).splitlines()) == 1
    return str(raised.value)


def test_a_block_takes_whatever_can_be_declared_of_a_file(tmp_path: Path) -> None:
    options = options_of(
        tmp_path,
        '[source.csv]\npaths = ["x.csv"]\ntimezone = "Asia/Tokyo"\n'
        '[[source.csv.file]]\npath = "{symbol}USDT-*.zip"\ncoins = { BTC = "bitcoin" }\nrate = 0.5\n'
        'headerless = ["observed_at", "-", "price_usd"]\ncandle = "1h"\n'
        '[[source.csv.file]]\npath = "b.csv"\ncoin_id = "b"\ncolumns = { price_usd = "Close" }\nskip_lines = 2\n'
        'observed_at = 2024-01-31T10:00:00Z\ndelimiter = "tab"\ntimezone = "UTC"\n',
    )
    assert options.every_path == ("x.csv", "{symbol}USDT-*.zip", "b.csv")
    settings = options.settings_of(options.every_path)
    first, second = settings.of("BTCUSDT-1.zip"), settings.of("b.csv")
    assert (first.coin_id, first.symbol, first.rate, first.currency) == ("bitcoin", "BTC", Decimal("0.5"), "USDT")
    assert (first.headerless, first.timezone) == (("observed_at", "-", "price_usd"), "Asia/Tokyo")
    assert (second.columns, second.skip_lines, second.delimiter) == ({"price_usd": "Close"}, 2, "\t")
    assert (second.timezone, str(second.observed_at)) == ("UTC", "2024-01-31 10:00:00+00:00")


@pytest.mark.parametrize(
    ("block", "said"),
    [
        ('candle = "x"', ": candle is 'x'; it takes a length such as 1d, 4h, 5m or 1mo, or 0"),
        ('skip_lines = "x"', ", 'skip_lines': got 'x', takes a whole number from 0 to 1000"),
        ('candel = "1h"', ": there is no 'candel'; did you mean candle?"),
        ("interval = 5", ": there is no 'interval'; there are"),
        ('rate = "1.2"\ncurrency = "USD"', ": rate is 1.2 and currency USD; set the currency that it is for, too"),
        ('rate = "<US dollars for one USDT>"', ", 'rate': got '<US dollars for one USDT>', takes a number"),
        ('columns = { x = "y" }', ": columns names x; the fields are"),
        ('timezone = "Mars"', "Mars"),
        ('coins = { BTC = "bitcoin" }', ": coins says which coin a part of a file's name is, and path has no"),
    ],
)
def test_a_bad_value_names_the_block_and_the_key(tmp_path: Path, block: str, said: str) -> None:
    told = complaint(tmp_path, f'{GOOD}[[source.csv.file]]\npath = "b.csv"\n{block}\n')
    assert told.startswith("'source.csv.file' in crypto.toml, block 2")
    assert said in told


@pytest.mark.parametrize(
    ("block", "said"),
    [
        ("", "path is missing; it takes a file, a pattern, a zip or an address"),
        ('path = "-"', "standard input is not a file"),
        ('path = "{coin}.csv"', "path has {coin}; it takes {symbol} and {coin_id}"),
        ('path = "{symbol}.csv"\nsymbol = "BTC"', "symbol is that of one coin"),
        ('path = "{symbol}.csv"\ncoin_id = "bitcoin"', "coin_id is that of one coin"),
        ('path = "{coin_id}.csv"\nname = "Bitcoin"', "name is that of one coin"),
        ('path = "{symbol}.csv"\ncoins = { BTC = "<coin id>" }', "coins has '<coin id>' for BTC; put the id"),
        ('path = "{symbol}.csv"\ncoins = { BTC = " " }', "coins has ' ' for BTC"),
        ('path = "{symbol}-{coin_id}.csv"\ncoins = { BTC = "b" }', "path has both {symbol} and {coin_id}"),
        ('path = "{symbol}.csv"\nlayout = "coin_columns"', "layout is coin_columns, where each column is a coin"),
    ],
)
def test_what_makes_no_sense_is_said(tmp_path: Path, block: str, said: str) -> None:
    assert said in complaint(tmp_path, f"[[source.csv.file]]\n{block}\n")


def test_money_said_generally_is_not_that_of_a_path_which_tells_another(tmp_path: Path) -> None:
    general = '[source.csv]\ncurrency = "EUR"\nrate = "1.08"\n'
    block = '[[source.csv.file]]\npath = "{symbol}USDT.csv"\ncoins = { BTC = "bitcoin" }\n'
    told = complaint(tmp_path, general + block)
    assert (
        'prices in USDT, and currency is generally EUR; say in the block which it is, such as currency = "' in told
    )
    said = options_of(tmp_path, general + block + 'currency = "USDT"\nrate = "0.9"\n')
    assert said.settings_of(said.every_path).of("BTCUSDT.csv").rate == Decimal("0.9")


def test_what_is_not_a_list_of_blocks_says_how_they_are_written(tmp_path: Path) -> None:
    wanted = "'source.csv.file' in crypto.toml: takes blocks, each below a line [[source.csv.file]]"
    assert complaint(tmp_path, '[source.csv.file]\npath = "a.csv"\n') == wanted
    assert complaint(tmp_path, '[source.csv]\nfile = "a.csv"\n') == wanted


def test_the_environment_cannot_say_blocks_and_is_told_where_they_go(tmp_path: Path) -> None:
    assert complaint(tmp_path, "", CRYPTO_SOURCE__CSV__FILE="a.csv") == (
        "CRYPTO_SOURCE__CSV__FILE: the environment cannot say blocks; write each as [[source.csv.file]] "
        "in crypto.toml"
    )


def test_no_secret_of_an_address_is_shown(tmp_path: Path) -> None:
    address = "https://canary@host/{symbol}.csv?key=canary"
    assert "canary" not in complaint(tmp_path, f'[[source.csv.file]]\npath = ["{address}"]\n')
    assert "canary" not in complaint(tmp_path, f'[[source.csv.file]]\npath = "{address}"\ncandle = "x"\n')
    (tmp_path / "crypto.toml").write_text(f'[[source.csv.file]]\npath = "{address}"\ncoins = {{ BTC = "b" }}\n')
    shown = effective_settings(environment={}, directory=tmp_path)
    (file,) = (each for each in shown.in_effect if each.setting == "CRYPTO_SOURCE__CSV__FILE")
    assert file.value == "[path=https://***@host/{symbol}.csv?***,coins=BTC=b]"
    assert (file.origin, shown.problems) == ("crypto.toml", ())
