"""Numbers as people write them in tables, exact to the last digit."""

import re
from decimal import Decimal, InvalidOperation

from crypto.domain.rejection import Reason, RecordRejected, printable

MAX_CHARACTERS = 200

_GROUPED = re.compile(r"[+-]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]*)?")


def number(text: str, *, field: str, lone_comma: bool) -> Decimal | None:
    """The number in a cell: `0.1`, `6.07e-06`, `1,234,567.89`; None for an empty one.

    With `lone_comma` `1,234` is read as 1234; without, it is not believed, as it may mean 1.234.

    :raises RecordRejected: for anything else, such as `$5`, `5%`, `130K`, `-`.
    """
    text = text.strip()
    if not text:
        return None
    plain = text if "," not in text else _ungrouped(text, field, lone_comma=lone_comma)
    if len(plain) > MAX_CHARACTERS or "_" in plain or not plain.isascii():
        raise _not_a_number(text, field)
    try:
        return Decimal(plain)
    except InvalidOperation as error:
        raise _not_a_number(text, field) from error


def _ungrouped(text: str, field: str, *, lone_comma: bool) -> str:
    if not _GROUPED.fullmatch(text):
        raise _not_a_number(text, field)
    if not lone_comma and text.count(",") == 1 and "." not in text:
        raise RecordRejected(Reason.NOT_A_NUMBER, f"{field} is {text}: a thousands separator or a decimal comma?")
    return text.replace(",", "")


def _not_a_number(text: str, field: str) -> RecordRejected:
    return RecordRejected(Reason.NOT_A_NUMBER, f"{field} is {printable(text[:50])!r}")
