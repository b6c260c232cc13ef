"""Whether a file is a known export: its first lines and the cells of its first rows must all be as that one's."""

import re
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from crypto.adapters.csv.format.format import Format
from crypto.adapters.csv.format.header import Head, head_of
from crypto.adapters.csv.format.kinds import fits
from crypto.adapters.csv.format.sample import Row, Sample
from crypto.adapters.csv.format.soundness import are_candles
from crypto.adapters.csv.text.dialect import DELIMITERS
from crypto.adapters.csv.values.digits import DecimalSign

STYLES: tuple[DecimalSign, ...] = ("point", "comma")


class Recognised(Struct, frozen=True, kw_only=True):
    """A file that is a known export: how it is split, what its header and its name tell, and its first rows.

    `decimal` is None where the amounts of the first rows may be read with either sign.
    """

    known: Format
    head: Head
    delimiter: str
    line: int
    decimal: DecimalSign | None
    told: Mapping[str, str]
    rows: tuple[Row, ...]

    def cells(self, key: str) -> list[str]:
        """The cells of one column in the first rows."""
        return [cells[self.head.places[key]] for _, cells in self.rows]


def recognised(
    formats: Iterable[Format], sample: Sample, name: str, *, delimiter: str | None = None
) -> Recognised | None:
    """The one export that the table of that name is; None where it is none of them, or may be several."""
    found = [each for known in formats if (each := as_format(known, sample, name, delimiter=delimiter))]
    return found[0] if len(found) == 1 else None


def as_format(
    known: Format, sample: Sample, name: str, *, delimiter: str | None = None, forced: bool = False
) -> Recognised | None:
    """The table read as that export, where it fits; where that is `forced`, whatever its file is called."""
    told = _told_by_name(known, name)
    if told is None and known.only_so and not forced:
        return None
    splits = (delimiter,) if delimiter else tuple(DELIMITERS.values())
    heads = ((each, head) for each in splits if (head := head_of(known, sample, each)))
    readings = (_reading(known, sample, told or {}, each, head) for each, head in heads)
    return next((each for each in readings if each), None)


def _reading(
    known: Format, sample: Sample, told: Mapping[str, str], delimiter: str, head: Head
) -> Recognised | None:
    rows = tuple(sample.rows(head.size, delimiter))
    styles: list[DecimalSign] = [
        style for style in _styles(known) if all(_fits(known, head, cells, style) for _, cells in rows)
    ]
    if not rows or not styles or (head.size == 0 and not are_candles(head.places, rows, styles[0])):
        return None
    return Recognised(
        known=known,
        head=head,
        delimiter=delimiter,
        line=sample.first,
        decimal=styles[0] if len(styles) == 1 else None,
        told={**told, **head.told},
        rows=rows,
    )


def _styles(known: Format) -> tuple[DecimalSign, ...]:
    return (known.decimal,) if known.decimal else STYLES


def _fits(known: Format, head: Head, cells: Sequence[str], style: DecimalSign) -> bool:
    """Whether a row has as many cells as there are columns, and each of the kind that it must be of."""
    if len(cells) < len(head.names) or any(cells[len(head.names) :]):
        return False
    return all(fits(kind, cells[head.places[key]], style) for key, kind in known.columns.items())


def _told_by_name(known: Format, name: str) -> Mapping[str, str] | None:
    """What the name of a file tells, without folders and endings; None where such a file is called otherwise."""
    stem = re.sub(r"(\.(csv|txt|tsv|gz|zip|xz|bz2))+$", "", name.rsplit("/", 1)[-1], flags=re.IGNORECASE)
    found = re.search(known.file, stem) if known.file else None
    if not found:
        return None
    return {key: said for key, said in found.groupdict().items() if said}
