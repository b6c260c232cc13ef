"""A first line of names in a file that was declared to have none, as some members of an archive have it."""

from collections.abc import Sequence

from crypto.adapters.csv.text.columns import KNOWN_NAMES, NO_COLUMN, looks_like_date
from crypto.adapters.csv.text.names import plain_name
from crypto.adapters.csv.times.candles import HIGHS, LOWS, OPENS
from crypto.adapters.csv.unreadable import Unreadable, setting
from crypto.adapters.csv.values.numbers import looks_like_number


def is_header(cells: Sequence[str], declared: Sequence[str], *, line: int) -> bool:
    """Whether these cells are names and not a row; `declared` are the names that were declared instead.

    :raises Unreadable: when a name says another thing than the one that was declared of its column.
    """
    if any(looks_like_number(cell) or looks_like_date(cell) for cell in cells) or not any(map(_role, cells)):
        return False
    for place, (found, said) in enumerate(zip(cells, declared, strict=False), start=1):
        if said != NO_COLUMN and _role(found) and _role(said) and _role(found) != _role(said):
            names = setting("HEADERLESS", ",".join(declared))
            raise Unreadable(f"line {line} calls column {place} {found!r}, but {names} calls it {said!r}")
    return True


def _role(name: str) -> str | None:
    """What a column so called holds, if that is known."""
    plain = plain_name(name)
    roles = {"open": OPENS, "high": HIGHS, "low": LOWS, **KNOWN_NAMES}
    return next((role for role, names in roles.items() if plain in names), None)
