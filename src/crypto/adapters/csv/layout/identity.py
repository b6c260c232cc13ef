"""Whether a column of ids tells coins apart, or only counts rows; and which labels are not names."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from crypto.adapters.csv.text.columns import Columns
from crypto.adapters.csv.unreadable import Unreadable, setting

MOST_LABELS_AN_ID = 2
"""Ids that are each of one row only, and this often as many as the coins in the rows, are ids of rows."""

FEWEST_ROWS = 4
"""From how many rows on ids without numbers are looked at."""

Row = Sequence[str]


class Labelled(NamedTuple):
    """The id of a row, what it calls its coin, and its time, as they are written."""

    id: str
    label: str
    time: str


def check_identity(
    names: Sequence[str], columns: Columns, declared: Mapping[str, str], rows: Sequence[Row], *, line: int
) -> None:
    """The column of ids, unless somebody declared it, names coins, as far as the first rows tell.

    :raises Unreadable: when it counts the rows, or one number of it bears two names.
    """
    place = columns.get("coin_id")
    if place is None or "coin_id" in declared:
        return
    labels = [columns[field] for field in ("name", "symbol") if field in columns]
    time = columns.get("observed_at")
    said = [
        Labelled(_cell(row, place), " ".join(_cell(row, each) for each in labels), _cell(row, time))
        for row in rows
        if _cell(row, place)
    ]
    if found := _not_of_coins(said):
        other = setting("COLUMNS", f"coin_id={names[labels[0]] if labels else '<column>'}")
        raise Unreadable(
            f"line {line} has a column {names[place]!r} that {found}; set {other} if that tells coins apart, "
            f"{setting('COLUMNS', f'coin_id={names[place]}')} if this does, or {setting('COIN_ID', '<id>')} with "
            f"{setting('COLUMNS', 'coin_id=-')} for a file of one coin"
        )


def coin_name(label: str | None) -> str | None:
    """The name of the one coin of a file; a number, as of a currency in a provider's list, is not one."""
    return None if label is not None and label.strip().isdecimal() else label


def _cell(row: Row, place: int | None) -> str:
    return row[place].strip() if place is not None and place < len(row) else ""


def _not_of_coins(said: Sequence[Labelled]) -> str | None:
    """What is wrong with the ids as those of coins."""
    ids = {each.id for each in said}
    are_numbers = bool(ids) and all(each.isascii() and each.isdecimal() for each in ids)
    if are_numbers and _count_rows(said):
        return "counts the rows"
    if are_numbers and len({(each.id, each.label) for each in said}) > len(ids):
        return "gives one number to two coins"
    if are_numbers and _share_labels(said):
        return "gives many numbers to few coins"
    return "has another id on each row" if len(ids) == len(said) and _come_again(said) else None


def _count_rows(said: Sequence[Labelled]) -> bool:
    """Whether the ids are the next whole number on each row: from the first, or while a coin comes again."""
    numbers = [int(each.id) for each in said]
    steps = {after - before for before, after in pairwise(numbers)}
    labels = {each.label for each in said if each.label.strip()}
    comes_again = bool(labels) and len(labels) < len(said)
    return steps in ({1}, {-1}) and (min(numbers) in {0, 1} or comes_again)


def _share_labels(said: Sequence[Labelled]) -> bool:
    """Whether at least two ids stand for each label, as numbers of rows do that are not counted without a gap."""
    ids, labels = {each.id for each in said}, {each.label.strip() for each in said}
    return len(ids) > MOST_LABELS_AN_ID and MOST_LABELS_AN_ID * len(labels) <= len(ids) and "" not in labels


def _come_again(said: Sequence[Labelled]) -> bool:
    """Whether few coins come again and again, each time at another moment."""
    labels = {each.label for each in said}
    few = len(said) >= FEWEST_ROWS and MOST_LABELS_AN_ID * len(labels) <= len(said) and all(map(str.strip, labels))
    return few and len({each[1:] for each in said}) == len(said)
