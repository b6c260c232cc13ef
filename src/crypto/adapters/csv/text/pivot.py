"""A long table, a row a metric, as the table with a row a coin and moment and a column a metric."""

from collections.abc import Iterable, Sequence

from msgspec import Struct

from crypto.adapters.csv.text.charset import size_in, to_utf8
from crypto.adapters.csv.text.columns import Columns
from crypto.adapters.csv.text.dialect import Dialect
from crypto.adapters.csv.text.records import Chunk, Record, split_records, text_lines

Key = tuple[str, ...]
"""What the other columns of a row say: which coin, of which moment."""


class Long(Struct, frozen=True, kw_only=True):
    """The places of a long table's columns for the name of a metric and its value."""

    names: tuple[str, ...]
    metric: int
    value: int

    @property
    def others(self) -> list[int]:
        """The columns that say which coin and moment a row is of."""
        return [place for place in range(len(self.names)) if place not in {self.metric, self.value}]

    def key_of(self, record: Record) -> Key | None:
        """What tells the rows of one coin and moment from others; None for what is not such a row."""
        is_row = not record.problem and len(record.cells) == len(self.names)
        return tuple(record.cells[place] for place in self.others) if is_row else None

    def wide_names(self, metrics: Sequence[str]) -> tuple[str, ...]:
        """The names of the columns once each metric has one of its own."""
        return (*(self.names[place] for place in self.others), *metrics)


def long_table(names: Sequence[str], columns: Columns) -> Long | None:
    """The long table that these columns are of; None where they are not."""
    if not {"metric", "value"} <= columns.keys():
        return None
    return Long(names=tuple(names), metric=columns["metric"], value=columns["value"])


def pivoted(table: Long, records: Iterable[Record]) -> tuple[list[str], list[Record]]:
    """The metrics, and the records of the other form: one for each coin and moment, with a cell for each metric.

    A record is where the first of its rows is; rows that are not of the table stay as they are.
    """
    rows: dict[Key, dict[str, str]] = {}
    firsts: dict[Key, Record] = {}
    strays: list[Record] = []
    for record in records:
        key = table.key_of(record)
        if key is None:
            found = f"{len(record.cells)} cells for {len(table.names)} columns"
            strays.append(record._replace(problem=record.problem or found))
            continue
        metric, value = record.cells[table.metric].strip(), record.cells[table.value]
        said = rows.setdefault(key, {})
        firsts.setdefault(key, record)
        if said.setdefault(metric, value) != value:
            found = f"it says {metric!r} of its coin and moment again, and otherwise"
            strays.append(record._replace(problem=found))
    metrics = list(dict.fromkeys(metric for said in rows.values() for metric in said))
    wide = [
        firsts[key]._replace(cells=[*key, *(said.get(metric, "") for metric in metrics)])
        for key, said in rows.items()
    ]
    return metrics, sorted([*wide, *strays], key=lambda record: record.first)


def whole_groups(table: Long, ahead: bytes, chunk: Chunk, dialect: Dialect, *, at_end: bool) -> Chunk:
    """A chunk that ends with all rows of a coin and moment: it goes on with those that follow in `ahead`.

    Where `ahead` does not show their end, it leaves the last ones out, unless it is of one coin and moment alone.
    """
    lines = text_lines(to_utf8(ahead, dialect.encoding), dialect.line_end)
    here = list(split_records(lines[: chunk.lines], dialect))
    last = next((key for each in reversed(here) if (key := table.key_of(each))), None)
    following = split_records(lines[chunk.lines :] if at_end else lines[chunk.lines : -1], dialect)
    ends = (chunk.lines + each.first for each in following if table.key_of(each) != last)
    before = (each.after for each in reversed(here) if table.key_of(each) != last)
    count = next(ends, None) or (len(lines) if at_end else next(before, chunk.lines))
    text = "".join(lines[:count])
    size = size_in(text.encode("latin-1"), dialect.encoding)
    return Chunk(size=size, lines=count, end="line" if text.endswith(dialect.line_end) else "cut")
