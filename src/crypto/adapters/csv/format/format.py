"""How a known export is told from others, and what its columns mean."""

from collections.abc import Mapping
from typing import Literal, TypeAlias

from msgspec import Struct

from crypto.adapters.csv.format.kinds import Kind
from crypto.adapters.csv.times.dates import DateOrder
from crypto.adapters.csv.values.digits import DecimalSign

Unit: TypeAlias = Literal["base", "quote", "pair", "usd", "unknown"]
"""What a volume is in: coins, the money of the price, that of the pair if it is told, US dollars, or not known."""

OHLC: Mapping[str, Kind] = {"open": "amount", "high": "amount", "low": "amount", "close": "amount"}


class Format(Struct, frozen=True, kw_only=True):
    """One export of one site or program; a column is called by its key in `columns`, whatever a file calls it.

    `columns` says what a cell of each may hold, in their order. Each of `headers` is one way to write the first
    lines: `{pair}`, `{base}` and `{quote}` stand for what a file says there, `...` for any other columns, and a
    column without a name is an index. `headerless` files may begin with a row at once.

    `time` is the column of the moment, or of when a candle opened; `closed` that of when it closed.
    `reads` are the other fields that we have, `volume` a column and its unit: taken only of rows a day apart.

    `file` is how its files are called, with the groups `pair`, `base`, `quote` and `length`; with `only_so` a file
    of another name is not taken for one. Amounts are in US dollars where nothing tells the money, unless it is
    `never_dollars`. With `asks_zone` its times are those of a clock that nobody knows.

    `candle`, `date_order`, `date_format` and `decimal` are as a person would declare them; without `decimal` the
    amounts of the first rows must tell. `source` is where all this is known from; `example` is made up.
    """

    name: str
    title: str
    source: str
    columns: Mapping[str, Kind]
    time: str
    price: str
    example: str
    headers: tuple[str, ...] = ()
    headerless: bool = False
    closed: str | None = None
    reads: Mapping[str, str] = {}
    volume: tuple[str, Unit] | None = None
    file: str | None = None
    only_so: bool = False
    never_dollars: bool = False
    asks_zone: bool = False
    candle: str | None = None
    date_order: DateOrder | None = None
    date_format: str | None = None
    decimal: DecimalSign | None = "point"
    example_file: str = "export.csv"
