"""The numbers of a JSON record, exact to the digit, and why one is not believed."""

import re
from decimal import Decimal, InvalidOperation

import msgspec

from crypto.domain.amount import amount
from crypto.domain.rejection import Reason, RecordRejected, printable

LONGEST_NUMBER = 400
"""Characters; 1e-60 with 80 digits, spelled without an exponent, has 142."""

_NUMBER_IN_TEXT = re.compile(rb'"(-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?)"')


def sent(raw: msgspec.Raw, *, field: str) -> msgspec.Raw:
    """A field that every record has, be it null: without it the provider has renamed or dropped it.

    :raises RecordRejected: when it is not there.
    """
    if bytes(raw) == b"":
        raise RecordRejected(Reason.BAD_FIELD, f"the record has no {field}: the provider changed its format")
    return raw


def number(raw: msgspec.Raw, *, field: str) -> Decimal | None:
    """The number with every digit that was sent, be it in a text; None for null, "" or nothing.

    A text is taken for a number where it is one as JSON spells them: `"1.23"`, but neither `"1,23"` nor `" 1"`.

    :raises RecordRejected: for anything else.
    """
    token = bytes(raw)
    if token in {b"", b"null", b'""'}:
        return None
    found = _NUMBER_IN_TEXT.fullmatch(token)
    token = found[1] if found else token
    if token[:1] not in b"-0123456789":
        raise RecordRejected(Reason.NOT_A_NUMBER, f"{field} is {printable(token[:80].decode('utf-8', 'replace'))}")
    if len(token) > LONGEST_NUMBER:
        raise RecordRejected(Reason.OUT_OF_RANGE, f"{field} is {len(token)} characters long")
    try:
        return Decimal(token.decode("ascii"))
    except InvalidOperation as error:
        raise RecordRejected(Reason.OUT_OF_RANGE, f"{field} has an absurd exponent") from error


def believed(raw: msgspec.Raw, *, field: str) -> Decimal | None:
    """The number, where it is an amount of money that may be.

    :raises RecordRejected: for one that is negative, or absurd in size or length, and for what is none.
    """
    return amount(number(raw, field=field), field=field)
