"""A JSON list taken apart into its records, each as sent, so that a bad one spoils no other."""

import codecs
import json
from collections.abc import Iterator, Sequence

import msgspec

MOST_RECORDS = 100_000
"""CoinPaprika lists 45,000 coins, most of them inactive."""

MOST_COMMAS = 2_000_000
"""64 MiB of real records have about 1.7 million; 40 MiB of `1,` would take 1.3 GiB to split."""

_RECORDS = msgspec.json.Decoder(list[msgspec.Raw])
_LENIENT = json.JSONDecoder(strict=False, parse_int=str, parse_float=str, parse_constant=str)
"""Knows where a record ends that msgspec cannot pass over: NaN, a lone surrogate, a control character."""

_SPACE = " \t\r\n"


class NotAList(Exception):
    """The body is no JSON list, so it has no records."""


def split(body: bytes) -> Sequence[bytes | msgspec.Raw]:
    """The records of a list, unread.

    :raises NotAList: when it is anything else.
    """
    records = _split(body.removeprefix(codecs.BOM_UTF8))
    if len(records) > MOST_RECORDS:
        raise NotAList(f"the answer has more than {MOST_RECORDS} records")
    return records


def _split(body: bytes) -> Sequence[bytes | msgspec.Raw]:
    if body.count(b",") > MOST_COMMAS:
        raise NotAList("the answer has more parts than any list of coins")
    try:
        return _RECORDS.decode(body)
    except msgspec.ValidationError as error:
        raise NotAList("the answer is no JSON list") from error
    except (msgspec.DecodeError, UnicodeDecodeError):
        return _split_leniently(body)
    except RecursionError as error:
        raise NotAList("the answer is nested too deeply") from error


def _split_leniently(body: bytes) -> list[bytes]:
    try:
        records = list(_lenient_records(body.decode("utf-8", "surrogateescape")))
    except (ValueError, IndexError) as error:
        raise NotAList("the answer is malformed JSON") from error
    except RecursionError as error:
        raise NotAList("the answer is nested too deeply") from error
    return [record.encode("utf-8", "surrogateescape") for record in records]


def _lenient_records(text: str) -> Iterator[str]:
    at = _past(text, 0, "[")
    if text[at] == "]":
        return
    while True:
        _, end = _LENIENT.raw_decode(text, at)
        yield text[at:end]
        after = _past_space(text, end)
        if text[after] == "]":
            break
        at = _past(text, after, ",")
    if _past_space(text, after + 1) < len(text):
        raise ValueError("there is more after the list")


def _past(text: str, at: int, mark: str) -> int:
    """The place of what follows a mark and the white space around it."""
    at = _past_space(text, at)
    if text[at] != mark:
        raise ValueError(f"expected {mark}")
    return _past_space(text, at + 1)


def _past_space(text: str, at: int) -> int:
    while at < len(text) and text[at] in _SPACE:
        at += 1
    return at
