"""Which sign stands before decimals in a file, where nobody declared it: its first amounts settle it."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import NamedTuple, TypeAlias

from crypto.adapters.csv.infer.inferred import FirstRows
from crypto.adapters.csv.layout.column_layout import ColumnLayout
from crypto.adapters.csv.unreadable import Unreadable, setting
from crypto.adapters.csv.values.digits import DecimalSign, Readings, is_open, proves
from crypto.adapters.csv.values.lost import MISSING
from crypto.adapters.csv.values.parts import parts_of, two_in
from crypto.adapters.csv.values.signs import money_of
from crypto.domain.rejection import printable


class Cell(NamedTuple):
    """A cell that is not empty, with the number of its line."""

    line: int
    text: str


Column: TypeAlias = Iterable[Cell]


class _Told:
    """What the amounts of columns tell: the first that is a number under one sign only, or one under each."""

    def __init__(self, *columns: Column) -> None:
        self.proofs: dict[DecimalSign, Cell] = {}
        self.open: dict[str, Cell] = {}
        self.has_ungrouped = False
        for cell in chain.from_iterable(columns):
            for found in _readings(cell.text):
                self._hear(cell, found)

    def _hear(self, cell: Cell, found: Readings) -> None:
        if sign := proves(found):
            self.proofs.setdefault(sign, cell)
        elif is_open(found):
            self.open.setdefault("," if "," in cell.text else ".", cell)
        elif cell.text.isdecimal() and len(cell.text) > 3:
            self.has_ungrouped = True

    @property
    def has_plain_points(self) -> bool:
        """Whether thousands stand without any sign, so that a point does not separate them."""
        return not self.open or (self.has_ungrouped and "," not in self.open)


def settled_decimal(names: Sequence[str], shape: ColumnLayout, rows: FirstRows) -> DecimalSign | None:
    """The sign that all amounts of a file must be written with; None where no amount has one.

    :raises Unreadable: when amounts contradict each other, or leave it open; it names the settings.
    """
    columns = [[Cell(*each) for each in rows.column(place)] for place in range(len(names))]
    taken = {*shape.columns.values(), *shape.prices}
    beside = [column for place, column in enumerate(columns) if place not in taken]
    return decimal_sign([columns[place] for place in shape.amounts], beside)


def decimal_sign(read: Sequence[Column], beside: Iterable[Column]) -> DecimalSign | None:
    """The one that amounts must be written with: a point in `1.5` and `1,234.5`, a comma in `0,5` and `1.234,5`.

    None where no amount has a sign. The columns `beside` those that are `read` are asked where these leave open
    what `1,234` or `1.234` is. If they do not say it, a point stands before decimals in a column of `1.234` and
    `12345`.

    :raises Unreadable: when amounts contradict each other, or leave it open still; it names the settings.
    """
    told = _Told(*read)
    if len(told.proofs) > 1:
        raise _contradicting(told)
    if told.proofs or not told.open:
        return next(iter(told.proofs), None)
    others = _Told(*map(_amounts_only, beside)).proofs
    if len(others) == 1:
        return next(iter(others))
    if all(_Told(column).has_plain_points for column in read):
        return "point"
    raise _left_open(told)


def _amounts_only(column: Column) -> list[Cell]:
    """The cells of a column that holds amounts or percentages; none of another."""
    cells = [Cell(cell.line, cell.text.strip().removesuffix("%")) for cell in column]
    known = [cell for cell in cells if cell.text.lower() not in MISSING]
    return known if all(any(True for _ in _readings(cell.text)) for cell in known) else []


def _readings(text: str) -> Iterator[Readings]:
    """What an amount, or each of two in one cell, may be; nothing of what is not an amount."""
    for each in two_in(text) or (text.strip(),):
        found = parts_of(each)
        if found and found.readings and None not in map(money_of, found.signs):
            yield found.readings


def _contradicting(told: _Told) -> Unreadable:
    (first, one), (second, other) = told.proofs.items()
    return Unreadable(
        f"line {one.line} has the amount {_shown(one)} and line {other.line} {_shown(other)}: which sign stands "
        f"before decimals? the first rows contradict each other; set {_ways(first, second)}"
    )


def _left_open(told: _Told) -> Unreadable:
    cell = next(iter(told.open.values()))
    return Unreadable(
        f"line {cell.line} has the amount {_shown(cell)}: thousands or decimals? the first rows do not "
        f"settle it; set {_ways('point', 'comma')}"
    )


def _ways(*signs: DecimalSign) -> str:
    return " or ".join(setting("DECIMAL", sign) for sign in sorted(signs))


def _shown(cell: Cell) -> str:
    return repr(printable(cell.text.strip()[:50]))
