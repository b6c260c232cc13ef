"""The options that say what a file does not: one for each setting of the CSV source, and called like it."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import rich_click as click
from msgspec import inspect

from crypto.adapters.sources.csv_file import NAME, Options
from crypto.entrypoints.settings.given import PREFIX
from crypto.entrypoints.settings.value import takes

Decorated = TypeVar("Decorated", bound=Callable[..., Any])

OF_NO_FILE = frozenset({"paths", "interval", "max_age"})
"""Settings of the source that say nothing of a file itself."""


def csv_options(function: Decorated) -> Decorated:
    """An option for each setting, as text; `environment` reads them like the settings themselves."""
    for field in reversed(_fields()):
        flag = isinstance(field.type, inspect.BoolType)
        function = click.option(
            f"--{field.name.replace('_', '-')}",
            field.name,
            is_flag=flag,
            help="" if flag else f"{takes(field.type)[:1].upper()}{takes(field.type)[1:]}.",
        )(function)
    return function


def environment(declared: Mapping[str, object]) -> dict[str, str]:
    """The options that were given, as the settings that they are."""
    return {setting_name(name): _text(value) for name, value in declared.items() if value}


def setting_name(option: str) -> str:
    """`coin_id` -> `CRYPTO_SOURCE__CSV__COIN_ID`."""
    return f"{PREFIX}SOURCE__{NAME.upper()}__{option.upper()}"


def _text(value: object) -> str:
    return "true" if value is True else str(value)


def _fields() -> list[inspect.Field]:
    described = inspect.type_info(Options)
    assert isinstance(described, inspect.StructType)  # noqa: S101 - narrows the type for the checkers
    return [field for field in described.fields if field.name not in OF_NO_FILE]
