"""A block of settings at its place in crypto.toml: which files it is of, and what it declares of each."""

from collections.abc import Mapping
from functools import cached_property

from msgspec.structs import replace

from crypto.adapters.csv.files.blocks import FileBlock
from crypto.adapters.csv.files.missing_coin_ids import MissingCoinIds
from crypto.adapters.csv.input.address import is_address, public_name, split_fragment
from crypto.adapters.csv.input.listing import listed
from crypto.adapters.csv.input.name_pattern import FIELDS, NamePattern, absolute, as_glob, fields_in
from crypto.adapters.csv.input.open_file import public
from crypto.adapters.csv.layout.format_options import FormatOptions
from crypto.adapters.csv.read.header import Header
from crypto.adapters.csv.unreadable import Unreadable
from crypto.adapters.csv.values.pairs import moneys_in
from crypto.domain.rejection import printable

Said = Mapping[str, str]
"""What a name says: field -> the part of it."""


class NumberedBlock:
    """A block, and what it declares beside what is declared generally."""

    def __init__(self, number: int, block: FileBlock, general: FormatOptions) -> None:
        self.block = block
        self.number = number
        self.called = f"block {number} of [[source.csv.file]] in crypto.toml"
        self._declared = block.over(general)

    def readings(self, name: str) -> list[Said]:
        """Every way to read the name of a table; none when it is of other files."""
        path = public(self.block.path)
        if name == path or name.startswith(f"{path}/"):
            return [{}]
        fetched = [said for address, said in self._fetched.items() if f"{name}/".startswith(f"{address}/")]
        return fetched or list(self._pattern.readings(name if is_address(name) else absolute(name)))

    def listed(self) -> list[str]:
        """The paths of the files that the block's pattern stands for now.

        :raises Unreadable: when there are none, or too many.
        """
        path = self.block.path
        address, member = split_fragment(path)
        if not is_address(path):
            return self._files()
        if not fields_in(address):
            return ["#".join(filter(None, (address, as_glob(member or ""))))]
        if not self.block.coins:
            raise Unreadable("addresses cannot be listed: name each in PATHS, or each coin in coins")
        return [as_glob(self._of_part(part)) for part in self.block.coins]

    def declared(self, name: str) -> FormatOptions:
        """What is declared of a table of this name, the coin that it tells among it.

        :raises Lacking: when that coin is not known, or what the money is worth that it tells.
        :raises Unreadable: when the name can be read in several ways.
        """
        readings = self.readings(name)
        if len(readings) > 1:
            raise Unreadable(self._ambiguous(readings))
        self._check_enough(readings[0])
        self._check_pair(readings[0].get("symbol", ""))
        return replace(self._declared, **self._coin(readings[0]))

    def check_coin(self, header: Header) -> None:
        """See that a file says nothing else of its coin than the block does.

        :raises Unreadable: when it has a column of ids, or its first row another symbol.
        """
        place, symbol = header.columns.get("coin_id"), (header.labels or (None, None))[1]
        if self.block.says_coin and place is not None:
            raise Unreadable(
                f"line {header.line} has a column of coin ids, {header.names[place]!r}, and {self.called} says "
                'which coin the file is of; if they are not coin ids, set there columns = { coin_id = "-" }'
            )
        if symbol and self.block.by_symbol and not _alike(symbol, header.settled.symbol or ""):
            raise Unreadable(
                f"its first row is of {printable(symbol)}, and its name tells {header.settled.symbol}; rename it, "
                f"or give it a block of its own before {self.called}"
            )

    def _coin(self, said: Said) -> dict[str, str | None]:
        """Which one it is, by what its name says."""
        if not said:
            return {}
        coin_id = self.block.coins[_part(said)] if self._is_mapped else said["coin_id"]
        return {"coin_id": coin_id, "symbol": said.get("symbol")}

    def _check_enough(self, said: Said) -> None:
        coins, money = self.block.coins, self.block.money
        unknown = bool(said) and self._is_mapped and _part(said) not in coins
        unrated = money is not None and money == self._declared.currency and not self._declared.dollars(money)
        if unknown or unrated:
            raise MissingCoinIds(
                path=public(self.block.path),
                called=self.called,
                coins=coins,
                coin=_part(said) if unknown else None,
                money=money if unrated else None,
            )

    def _check_pair(self, symbol: str) -> None:
        """A symbol such as BTCUSDT is a pair, and nobody said in which money its prices are."""
        if self.block.money or "currency" in self.block.said or not moneys_in(symbol, traded=True):
            return
        raise Unreadable(
            f"its name tells the symbol {printable(symbol)}, which may be a pair; write its money into the path "
            f'of {self.called}, such as {{symbol}}USDT, or set there currency = "<code of the money>"'
        )

    @property
    def _is_mapped(self) -> bool:
        """Whether `coins` says which coin a part of the name is."""
        return bool(self.block.coins) or "coin_id" not in self.block.fields

    def _ambiguous(self, readings: list[Said]) -> str:
        field, sign = next((field, sign) for sign, field in FIELDS.items() if sign in self.block.path)
        ways = " or ".join(dict.fromkeys(said[field] for said in readings))
        return (
            f"its name can be read in {len(readings)} ways by path {public(self.block.path)!r} of {self.called}: "
            f"{sign} is {ways}; write a path that only one fits, such as {{symbol}}USDT-*.csv"
        )

    def _files(self) -> list[str]:
        found = listed(as_glob(self.block.path)).paths
        if self.block.fields:
            found = [each for each in found if "*" in each or self.readings(each)]
        if not found:
            raise Unreadable("no file matches it, as seen from here")
        return found

    def _of_part(self, part: str) -> str:
        return self.block.path.replace(next(sign for sign in FIELDS if sign in self.block.path), part)

    @cached_property
    def _pattern(self) -> NamePattern:
        if not is_address(self.block.path):
            return NamePattern(absolute(self.block.path))
        address, member = split_fragment(self.block.path)
        return NamePattern(f"/{member}" if member else "", plain=public_name(address))

    @cached_property
    def _fetched(self) -> Mapping[str, Said]:
        """What is fetched for each coin, by its public name, in which a query is not to be read."""
        address, member = split_fragment(self.block.path)
        if member or not is_address(address) or not fields_in(address):
            return {}
        return {public(self._of_part(part)): {self.block.fields[0]: part} for part in self.block.coins}


def _alike(symbol: str, other: str) -> bool:
    """Whether one begins with the other, as BTC/USDT and BTCUSDT with BTC."""
    symbol, other = symbol.strip().upper(), other.upper()
    return symbol.startswith(other) or other.startswith(symbol)


def _part(said: Said) -> str:
    """What `coins` knows a coin by."""
    return said.get("symbol") or said["coin_id"]
