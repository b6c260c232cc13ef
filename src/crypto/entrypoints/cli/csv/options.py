"""The options that say what a file does not: one for each setting of the CSV source, and called like it."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import rich_click as click
from msgspec import inspect

from crypto.adapters.sources.csv_files import NAME, Options
from crypto.application.setting_names import setting_name
from crypto.entrypoints.settings.value import takes

Decorated = TypeVar("Decorated", bound=Callable[..., Any])

OF_NO_FILE = frozenset({"paths", "file", "interval", "max_age"})
"""Settings of the source that say nothing of a file itself, or can be said in crypto.toml only."""

PLAIN = ("a text", "true or false", "pairs such as a=b,c=d")
"""What an option takes that its meaning says already."""

MEANINGS: Mapping[str, str] = {
    "format": "The known export that a file is, such as binance_klines; none to recognise none.",
    "columns": "Our field = the file's column, such as price_usd=Close.",
    "coin_id": "The coin of a file of one coin.",
    "name": "That coin's name.",
    "symbol": "That coin's ticker.",
    "headerless": "The columns of a file without a header, - for one to leave out.",
    "skip_lines": "Lines before the header that are not to be read.",
    "layout": "A quote a row, or a price a cell with a column a day or a coin.",
    "delimiter": "What stands between cells.",
    "encoding": "The character set.",
    "decimal": "The sign before decimals.",
    "currency": "The code of the money that amounts are in, such as EUR, where the file does not say it.",
    "rate": "US dollars for one of that money.",
    "rates": "US dollars for one of each other money, such as EUR=1.08,USDT=0.9995.",
    "volume": "What a volume counts whose unit the file does not say: coins, the price's money or US dollars.",
    "timezone": "Where times without a zone are, such as Europe/Berlin.",
    "repeated_hour": "Which a time is that clocks showed twice, as they were put back.",
    "bare_date": "What a date is among times with an hour: the end of that day, or its 00:00.",
    "date_order": "Whether 01/02/24 begins with the day, the month or the year.",
    "date_format": "How times are written, such as %d/%m/%Y.",
    "candle": "How long after its time a row's price is known.",
    "observed_at": "The moment of all rows of a file without times.",
    "max_megabytes": "How large an unpacked, fetched or piped file may be.",
    "timeout": "Seconds that a fetch may take.",
    "plain_http": "Allow http:// addresses.",
}
"""What each setting says of a file; an option is told with this and with what it takes."""


def csv_options(function: Decorated) -> Decorated:
    """An option for each setting, as text; `environment` reads them like the settings themselves."""
    for field in reversed(_fields()):
        flag = isinstance(field.type, inspect.BoolType)
        function = click.option(
            f"--{field.name.replace('_', '-')}",
            field.name,
            is_flag=flag,
            help=_told(field),
        )(function)
    return function


def _told(field: inspect.Field) -> str:
    """The help of an option: what it means, and what it takes where that is more than a text."""
    meaning, kind = MEANINGS[field.name], takes(field.type)
    return meaning if kind in PLAIN else f"{meaning} Takes {kind}."


def environment(declared: Mapping[str, object]) -> dict[str, str]:
    """The options that were given, as the settings that they are."""
    return {setting_name(NAME, name): _text(value) for name, value in declared.items() if value}


def _text(value: object) -> str:
    return "true" if value is True else str(value)


def _fields() -> list[inspect.Field]:
    described = inspect.type_info(Options)
    assert isinstance(described, inspect.StructType)  # noqa: S101 - narrows the type for the checkers
    return [field for field in described.fields if field.name not in OF_NO_FILE]
