"""The first lines of a known export against the ways in which they are known to be written."""

import re
from collections.abc import Mapping, Sequence

from msgspec import Struct

from crypto.adapters.csv.format.format import Format
from crypto.adapters.csv.format.sample import Sample
from crypto.adapters.csv.text.names import plain_name

OTHERS = "..."
"""In a header: other columns may stand between those that are named."""

ANY = "*"
"""In a header: one column, whatever it is called."""

NOT_NEEDED = "-"
"""In a header, before a name: the column is there and not needed."""

_TOLD = re.compile(r"\\{(pair|base|quote)\\}")
_SAID = {"pair": "[a-z0-9./_-]{4,30}", "base": "[a-z0-9]{2,12}", "quote": "[a-z0-9]{2,10}"}


class Head(Struct, frozen=True, kw_only=True):
    """Where a file has the columns of a known export, by our names for them, and what it calls them itself.

    `size` is how many lines the header takes, none where a row comes at once; `told` what they say of the pair.
    """

    places: Mapping[str, int]
    names: tuple[str, ...]
    size: int
    told: Mapping[str, str]

    def column(self, key: str) -> str:
        """How a setting calls a column: by its name, or by its number (`#2`) where several have that name."""
        name = self.names[self.places[key]]
        return name if name and self.names.count(name) == 1 else f"#{self.places[key] + 1}"


def head_of(known: Format, sample: Sample, delimiter: str) -> Head | None:
    """The header, or the lack of one, where the file has it as this export does."""
    heads = (_head(known, header.split("\n"), sample, delimiter) for header in known.headers)
    found = next((head for head in heads if head), None)
    if found or not known.headerless or len(sample.cells(0, delimiter)) != len(known.columns):
        return found
    return _without_names(known, size=0, told={})


def _head(known: Format, header: Sequence[str], sample: Sample, delimiter: str) -> Head | None:
    told: dict[str, str] = {}
    lines = [_aligned(line.split(","), sample.cells(at, delimiter), told) for at, line in enumerate(header)]
    if any(line is None for line in lines):
        return None
    if len(header) > 1:
        return _without_names(known, size=len(header), told=told)
    places = dict(zip(known.columns, lines[0] or (), strict=True))
    return Head(places=places, names=sample.cells(0, delimiter), size=1, told=told)


def _without_names(known: Format, *, size: int, told: Mapping[str, str]) -> Head:
    """Where no one line names the columns: they are called as they are here."""
    names = tuple(known.columns)
    return Head(places={name: place for place, name in enumerate(names)}, names=names, size=size, told=told)


def _aligned(wanted: Sequence[str], cells: Sequence[str], told: dict[str, str]) -> list[int] | None:
    """The places of the columns that the pattern names; None where the line is another."""
    if OTHERS in wanted:
        return _in_order([each for each in wanted if each != OTHERS], cells, told)
    if len(wanted) != len(cells) or not all(map(lambda each, cell: _agree(each, cell, told), wanted, cells)):
        return None
    return [place for place, each in enumerate(wanted) if each and each[0] != NOT_NEEDED]


def _in_order(wanted: Sequence[str], cells: Sequence[str], told: dict[str, str]) -> list[int] | None:
    places: list[int] = []
    for each in wanted:
        after = places[-1] + 1 if places else 0
        place = next((at for at in range(after, len(cells)) if _agree(each, cells[at], told)), None)
        if place is None:
            return None
        places.append(place)
    return places


def _agree(wanted: str, cell: str, told: dict[str, str]) -> bool:
    """Whether a column is called so; what a pattern stands for is the same wherever it stands."""
    wanted = wanted.removeprefix(NOT_NEEDED)
    if wanted == ANY:
        return True
    if "{" not in wanted:
        return plain_name(wanted) == plain_name(cell)
    pattern = _TOLD.sub(lambda found: f"(?P<{found[1]}>{_SAID[found[1]]})", re.escape(plain_name(wanted)))
    found = re.fullmatch(pattern, plain_name(cell))
    if not found or any(told.get(key, said) != said for key, said in found.groupdict().items()):
        return False
    told.update(found.groupdict())
    return True
