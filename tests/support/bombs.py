"""Answers made to fill a reader's memory, and what is to become of the run that meets one."""

import gzip
import json
from collections.abc import Callable, Iterator
from functools import cache

from tests.support import provider_answers as answers
from tests.support.provider_answers import Answer

MIB = 1024 * 1024
STAMP = "2026-11-02T11:59:00Z"

Bomb = tuple[Callable[[], Answer], str]
"""The answer, and what the run's error says; of a page that is kept, that most of its records are rejected."""

DRIFT = "format_changed: "
NESTED = "nested too deeply"
LARGE_RECORD = "a record larger than 1 MiB"
ENCODED = "encoded in a way that was not asked for"


@cache
def packed(mebibytes: int, *, times: int = 1) -> bytes:
    """So many MiB of spaces, compressed once or again and again."""
    body = gzip.compress(b"[" + b" " * (mebibytes * MIB) + b"]")
    for _ in range(times - 1):
        body = gzip.compress(body)
    return body


def encoded(body: bytes, encoding: str) -> Answer:
    return answers.json_answer(body, headers={"Content-Encoding": encoding})


def listed(record: bytes, times: int) -> bytes:
    """A list of the same record again and again."""
    return b"[" + b",".join([record] * times) + b"]"


def padded(size: int, **fields: object) -> bytes:
    """A record of this size, made longer by white space."""
    record = json.dumps(fields, ensure_ascii=False).encode()
    return record[:-1] + b" " * (size - len(record)) + b"}"


def of_many_names(number: int, names: int) -> bytes:
    return json.dumps({f"{number} {name}": 1 for name in range(names)}).encode()


def numbered(make: Callable[[int], bytes], times: int) -> bytes:
    return b"[" + b",".join(map(make, range(times))) + b"]"


def tiny_chunks(size: int) -> Answer:
    """An empty list in chunks of one byte."""
    body = b"[" + b" " * size + b"]"
    wire = b"".join(b"1\r\n%c\r\n" % byte for byte in body) + b"0\r\n\r\n"
    head = answers.chunked_answer(b"").chunks[0]
    return answers.Answer(chunks=(head, *_pieces(wire)), end="keep")


def _pieces(wire: bytes) -> Iterator[bytes]:
    return (wire[at : at + 65536] for at in range(0, len(wire), 65536))


def huge_header(size: int) -> Answer:
    return answers.raw(b"HTTP/1.1 200 OK\r\nX: " + b"x" * size + b"\r\n\r\n")


def many_headers(count: int) -> Answer:
    return answers.raw(b"HTTP/1.1 200 OK\r\n" + b"".join(b"X%d: y\r\n" % each for each in range(count)) + b"\r\n")


def plain(body: bytes) -> Callable[[], Answer]:
    return lambda: answers.json_answer(body)


def flooded(code: int) -> Answer:
    """A refusal with a body of 100 MiB."""
    head = b"HTTP/1.1 %d Refused\r\nContent-Length: %d\r\n\r\n" % (code, 100 * MIB)
    return answers.raw(head, *[b" " * MIB] * 100)


EMOJI = "😀" + "x" * 660

BOMBS: dict[str, Bomb] = {
    "gzip, 128 MiB": (lambda: encoded(packed(128), "gzip"), "larger than 12 MiB inflated"),
    "gzip in gzip in gzip": (lambda: encoded(packed(128, times=3), "gzip"), "not a JSON list"),
    "gzip in gzip, both told": (lambda: encoded(packed(128, times=2), "gzip, gzip"), ENCODED),
    "gzip told as deflate": (lambda: encoded(packed(128), "deflate"), ENCODED),
    "100 MiB plain": (lambda: answers.flood(100), "larger than 12 MiB as sent"),
    "500 with 100 MiB": (lambda: flooded(500), "500"),
    "404 with a gzip bomb": (
        lambda: answers.status(404, packed(128), Content_Encoding="gzip"), "404",
    ),
    "50,000 chunks of a byte": (lambda: tiny_chunks(50_000), "suspicious_empty"),
    "a header of 50 MiB": (lambda: huge_header(50 * MIB), "cut or is not HTTP"),
    "a million headers": (lambda: many_headers(1_000_000), "cut or is not HTTP"),
    "490,000 brackets": (plain(b"[" * 490_000), NESTED),
    "490,000 objects": (plain(b"[" + b'{"a":' * 490_000), NESTED),
    "a number of 11 MiB": (plain(b'[{"current_price":' + b"1" * (11 * MIB) + b"}]"), LARGE_RECORD),
    "11 numbers of 1 MB": (plain(listed(b'{"id":"a","current_price":' + b"1" * 1_000_000 + b"}", 11)), DRIFT),
    "absurd exponents": (plain(listed(b'{"id":"a","current_price":1e999999999}', 16_000)), DRIFT),
    "a string of 11 MiB": (plain(b'["' + b"x" * (11 * MIB) + b'"]'), LARGE_RECORD),
    "11 strings of 1 MB": (plain(listed(b'{"id":"a","name":"' + b"x" * 1_000_000 + b'"}', 11)), DRIFT),
    "5 million tiny records": (plain(b"[" + b"1," * (5 * MIB) + b"1]"), "more than 16000 records"),
    "16,000 tiny records": (plain(listed(b"1", 16_000)), DRIFT),
    "16,000 long rejections": (
        plain(numbered(lambda number: padded(0, id=f"{number} {EMOJI[:120]}", name=EMOJI[:560]), 16_000)), DRIFT,
    ),
    "3 million lists": (plain(b"[[" + b"[]," * (3 * MIB) + b"1]]"), "more parts than any"),
    "490,000 lists in 2 records": (plain(listed(b"[" + b"[]," * 245_000 + b"1]", 2)), DRIFT),
    "11 records of 60,000 names": (plain(numbered(lambda number: of_many_names(number, 60_000), 11)), DRIFT),
    "16,000 records of new names": (plain(numbered(lambda number: of_many_names(number, 25), 16_000)), DRIFT),
    "records in white space": (plain(listed(padded(1_000_000, id="a"), 11)), DRIFT),
    "11 MiB with a byte that is not UTF-8": (plain(listed(padded(999_999, id="a") + b"\xff", 11)), DRIFT),
    "11 MiB of names with emoji and NaN": (
        plain(listed(b'{"id":"a","name":"' + EMOJI.encode() + b'","x":NaN}', 16_000)), DRIFT,
    ),
}  # fmt: skip


def coin(number: int, *, name: str = "Name") -> bytes:
    """A record of CoinGecko as short as it can be believed."""
    told = {"id": f"coin {number}", "name": name, "current_price": 1.5 + number, "last_updated": STAMP}
    return json.dumps(told, ensure_ascii=False).encode()


LARGEST_PAGES: dict[str, Callable[[], Answer]] = {
    "16,000 quotes": plain(numbered(coin, 16_000)),
    "16,000 quotes with long names": plain(numbered(lambda number: coin(number, name=EMOJI[:500]), 16_000)),
}
"""Pages at every limit whose records are all believed: no bombs."""
