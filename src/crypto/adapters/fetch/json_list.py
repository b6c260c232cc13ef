"""A JSON list taken apart into its records, each as sent, so that a bad one spoils no other."""

import codecs
import re
from collections.abc import Iterator

MEBIBYTE = 1024 * 1024

MOST_RECORDS = 16_000
"""Twice the coins that CoinPaprika lists as active; 12 MiB hold about as many of its records."""

MOST_BRACKETS = 500_000
"""Brackets of a whole answer, so that time is bounded, too; that many real records have up to 60,000."""

LONGEST_RECORD = MEBIBYTE
"""Bytes, white space included; real ones have up to 5,000."""

DEEPEST = 64
"""Brackets within brackets, those of the list not counted; real records have up to 3."""

_OPENING = re.compile(rb"[ \t\r\n]*+\[")
_CLOSING = re.compile(rb"[ \t\r\n]*+")
_STRING = rb'"(?:[^"\\]++|\\.)*+"'
_TO_A_MARK = re.compile(rb'(?:[^"\[\]{},]++|%s)*+' % _STRING, re.DOTALL)
_TO_A_BRACKET = re.compile(rb'(?:[^"\[\]{}]++|%s)*+' % _STRING, re.DOTALL)
_SPACE = b" \t\r\n"


class NotAList(Exception):
    """The body is not a JSON list, so it has no records."""


def split(body: bytes) -> Iterator[bytes]:
    """The records of a list one by one, unread: what is between commas that are not within a string or brackets.

    It takes no memory but that of the record at hand.

    :raises NotAList: when it is anything else, at the latest after the last record; a list that was cut is none.
    """
    opening = _OPENING.match(body, len(codecs.BOM_UTF8) if body.startswith(codecs.BOM_UTF8) else 0)
    if opening is None:
        raise NotAList("the answer is not a JSON list")
    if body.count(b"[") + body.count(b"{") > MOST_BRACKETS:
        raise NotAList("the answer has more parts than any list of coins")
    for count, record in enumerate(_records(body, opening.end())):
        if count >= MOST_RECORDS:
            raise NotAList(f"the answer has more than {MOST_RECORDS} records")
        yield record


def _records(body: bytes, start: int) -> Iterator[bytes]:
    end, mark = _end_of_record(body, start)
    record = body[start:end].strip(_SPACE)
    if mark == b"]" and not record:
        _check_end(body, end)
        return
    while record:
        yield record
        if mark == b"]":
            _check_end(body, end)
            return
        start = end + 1
        end, mark = _end_of_record(body, start)
        record = body[start:end].strip(_SPACE)
    raise NotAList("the answer is malformed JSON: it has a comma without a record")


def _end_of_record(body: bytes, start: int) -> tuple[int, bytes]:
    """Where the record ends, and the mark that ends it: a comma, or the bracket that ends the list."""
    at, depth = start, 0
    while True:
        found = (_TO_A_BRACKET if depth else _TO_A_MARK).match(body, at)
        at = found.end() if found else at
        if at - start > LONGEST_RECORD:
            raise NotAList(f"the answer has a record larger than {LONGEST_RECORD // MEBIBYTE} MiB")
        mark = body[at : at + 1]
        if mark in {b"[", b"{"}:
            depth += 1
            if depth > DEEPEST:
                raise NotAList("the answer is nested too deeply")
        elif mark in {b"]", b"}"} and depth:
            depth -= 1
        elif mark in {b"]", b","}:
            return at, mark
        else:
            raise NotAList("the answer is malformed JSON: it was cut, or its brackets do not match")
        at += 1


def _check_end(body: bytes, end: int) -> None:
    if not _CLOSING.fullmatch(body, end + 1):
        raise NotAList("the answer is malformed JSON: there is more after the list")
