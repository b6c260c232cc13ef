"""Settings of some files only: a block `[[source.csv.file]]` of crypto.toml."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, get_type_hints

from msgspec import Struct, defstruct

from crypto.adapters.csv.input.name_pattern import FIELDS, fields_in
from crypto.adapters.csv.input.standard_input import STANDARD_INPUT
from crypto.adapters.csv.layout.format_options import FormatOptions
from crypto.adapters.csv.values.currency import CODES, STABLE

IDENTITY = ("coin_id", "name", "symbol")

NOT_WITH: Mapping[str, tuple[str, ...]] = {
    "coin_id": ("name", "symbol"),
    "name": ("coin_id", "symbol"),
    "symbol": ("coin_id", "name"),
    "currency": ("rate",),
    "date_order": ("date_format",),
    "date_format": ("date_order",),
}
"""What is said generally of one coin, money or way to write dates says nothing of another that a block names."""

_UNKNOWN = re.compile(r"\{(?!symbol\}|coin_id\})[^/{}]*\}")
_AFTER_SYMBOL = re.compile(r"\{symbol\}[-_]?([A-Za-z]+)")
_NOTHING = FormatOptions()


class OfFiles(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The files of a `path`, as PATHS takes one, and what is declared of them: each of FormatOptions.

    In the path `{symbol}` and `{coin_id}` stand for a part of the file's name. `coins` maps that part, the symbol
    where there is one, to the coin's id; without `coins` a `{coin_id}` is the id itself.

    :raises ValueError: when they make no sense together.
    """

    path: str = ""
    coins: dict[str, str] = {}

    def __post_init__(self) -> None:
        _check_path(self.path)
        _check_coins(self.coins, self.fields)
        twice = [field for field in IDENTITY if self.fields and field in self.said]
        if twice:
            raise ValueError(f"{twice[0]} is that of one coin, and by its path each file is of a coin of its own")

    @property
    def said(self) -> dict[str, object]:
        """What the block declares, by the names of FormatOptions; without what it leaves open."""
        values = {field: getattr(self, field) for field in FormatOptions.__struct_fields__}
        return {field: value for field, value in values.items() if value is not None}

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that the names of the block's files say, such as `symbol`."""
        return fields_in(self.path)

    @property
    def says_coin(self) -> bool:
        """Whether the block says of which coin its files are, be it by their names."""
        return bool(self.fields) or "coin_id" in self.said

    @property
    def by_symbol(self) -> bool:
        """Whether the names of the block's files say the coin's symbol."""
        return "symbol" in self.fields

    @property
    def money(self) -> str | None:
        """The currency after the symbol in its files' names, such as USDT in `{symbol}USDT-1h-*.zip`."""
        found = _AFTER_SYMBOL.search(self.path)
        word = found[1].upper() if found else ""
        begins = (code for code in STABLE if word.startswith(code))
        return word if word in CODES else max(begins, key=len, default=None)

    def over(self, general: FormatOptions) -> FormatOptions:
        """What is declared of the block's files: what it does not say is as it is said generally.

        :raises ValueError: when the two make no sense together.
        """
        said = {**self._money_over(general), **self.said}
        values = {field: getattr(general, field) for field in FormatOptions.__struct_fields__}
        gone = {field for each in said for field in NOT_WITH.get(each, ())}.union(IDENTITY if self.fields else ())
        values |= {field: getattr(_NOTHING, field) for field in gone}
        declared = FormatOptions(**{**values, **said})
        if self.fields and declared.layout == "coin_columns":
            raise ValueError("layout is coin_columns, where each column is a coin; leave {symbol} out of path")
        return declared

    def _money_over(self, general: FormatOptions) -> dict[str, object]:
        """The money that names tell, where nobody declared another."""
        if self.money in (None, general.currency) or "currency" in self.said:
            return {}
        if general.currency != _NOTHING.currency:
            raise ValueError(
                f"path tells prices in {self.money}, and currency is generally {general.currency}; "
                f'say in the block which it is, such as currency = "{self.money}"'
            )
        return {"currency": self.money}


if TYPE_CHECKING:
    FileBlock = OfFiles
else:
    _HINTS = get_type_hints(FormatOptions, include_extras=True)
    FileBlock = defstruct(
        "FileBlock",
        [(field, _HINTS[field] | None, None) for field in FormatOptions.__struct_fields__],
        bases=(OfFiles,),
        module=__name__,
        frozen=True,
        kw_only=True,
        forbid_unknown_fields=True,
    )


def _check_path(path: str) -> None:
    if not path.strip():
        raise ValueError("path is missing; it takes a file, a pattern, a zip or an address, as PATHS does")
    if path == STANDARD_INPUT:
        raise ValueError("path is -, and standard input is not a file; name it in PATHS, and declare it generally")
    if unknown := _UNKNOWN.search(path):
        raise ValueError(f"path has {unknown[0]}; it takes {' and '.join(FIELDS)}")


def _check_coins(coins: Mapping[str, str], fields: tuple[str, ...]) -> None:
    if coins and len(fields) != 1:
        why = "and path has both {symbol} and {coin_id}" if fields else "and path has no {symbol}"
        raise ValueError(f"coins says which coin a part of a file's name is, {why}")
    for symbol, coin_id in coins.items():
        if not coin_id.strip() or coin_id.startswith("<"):
            raise ValueError(f"coins has {coin_id!r} for {symbol}; put the id of that coin there")
