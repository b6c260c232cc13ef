"""One record of a JSON page as its provider's struct, or why it is not believed and what it began with."""

import json
from collections.abc import Callable
from typing import Any, NoReturn, TypeVar

import msgspec

from crypto.domain.rejection import EXCERPT_CHARACTERS, Reason, RecordRejected, Rejection

LONGEST_ID = 128
"""Characters of the id kept of a rejected record; real ones have up to 100."""

Record = TypeVar("Record")


def decode(raw: bytes, decoder: "msgspec.json.Decoder[Record]") -> Record:
    """The record; of a key that is there twice the last counts. NaN spoils its field only.

    :raises RecordRejected: when it is not such a record.
    """
    try:
        return decoder.decode(raw)
    except msgspec.ValidationError as error:
        reason = Reason.BAD_FIELD if raw[:1] == b"{" else Reason.NOT_A_RECORD
        raise RecordRejected(reason, str(error)) from error
    except UnicodeDecodeError as error:
        raise RecordRejected(Reason.BAD_TEXT, "the record is not UTF-8") from error
    except msgspec.DecodeError as error:
        plain = _without_constants(raw)
        if plain is None:
            _explain(raw, error)
        return decode(plain, decoder)


def _without_constants(raw: bytes) -> bytes | None:
    """The record with NaN and Infinity as lists, which nothing takes; None when it holds none of them.

    So they spoil the field that they stand in; every number is as sent.
    """
    held: list[str] = []
    reader = json.JSONDecoder(parse_int=_as_sent, parse_float=_as_sent, parse_constant=_held_in(held))
    try:
        record = reader.decode(raw.decode())
        return msgspec.json.encode(record) if held and isinstance(record, dict) else None
    except (ValueError, RecursionError):
        return None


def _held_in(held: list[str]) -> Callable[[str], list[str]]:
    def hold(token: str) -> list[str]:
        held.append(token)
        return [token]

    return hold


def _as_sent(token: str) -> msgspec.Raw:
    return msgspec.Raw(token.encode())


def _explain(raw: bytes, error: msgspec.DecodeError) -> NoReturn:
    """Say what msgspec could not pass over: NaN and Infinity, else a lone surrogate or a control character."""
    try:
        _FINITE.decode(raw.decode("utf-8", "surrogateescape"))
    except json.JSONDecodeError:
        raise RecordRejected(Reason.NOT_A_RECORD, f"the record is not JSON: {error}") from error
    raise RecordRejected(Reason.BAD_TEXT, "the record holds a lone surrogate or a control character") from error


def _refuse(token: str) -> NoReturn:
    raise RecordRejected(Reason.NOT_A_NUMBER, f"the record holds {token}")


_FINITE = json.JSONDecoder(strict=False, parse_int=str, parse_float=str, parse_constant=_refuse)
_LENIENT = json.JSONDecoder(strict=False, parse_int=str, parse_float=str, parse_constant=str)


def id_field(record: dict[str, Any]) -> object:
    """What most providers' records have their coin's id in."""
    return record.get("id")


def rejection(
    raw: bytes,
    position: int,
    rejected: RecordRejected,
    *,
    characters: int,
    known_id: Callable[[dict[str, Any]], object],
) -> Rejection:
    """A record that is not believed, and its first characters."""
    return Rejection(
        position=position,
        reason=rejected.reason,
        detail=rejected.detail,
        excerpt=excerpt(raw, characters=characters),
        coin_id=_id_in(raw, known_id),
    )


def excerpt(raw: bytes, *, characters: int = EXCERPT_CHARACTERS) -> str:
    """The first characters of a record as it was sent, whatever its bytes are."""
    return raw[: 4 * characters].decode("utf-8", "backslashreplace")[:characters]


def _id_in(raw: bytes, known_id: Callable[[dict[str, Any]], object]) -> str | None:
    """The id in a rejected record, where it can be made out."""
    try:
        record = _LENIENT.decode(raw.decode("utf-8", "surrogateescape"))
    except json.JSONDecodeError:
        return None
    known = known_id(record) if isinstance(record, dict) else None
    return known if isinstance(known, str) and 0 < len(known) <= LONGEST_ID else None
