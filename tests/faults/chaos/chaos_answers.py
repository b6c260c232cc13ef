"""Every kind of answer that a provider may give, as cards of a deck: right pages, bad records, no pages at all."""

import gzip
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from email.utils import format_datetime

from msgspec import Struct

from tests.faults.chaos.chaos_market import ChaosMarket
from tests.faults.chaos.chaos_records import KEPT, REJECTED, Record
from tests.support import provider_answers as answers
from tests.support.provider_answers import Answer, json_answer


class Hand(Struct, kw_only=True):
    """What an answer is made of: the market, what is asked for (a page, or coins), the page given before."""

    market: ChaosMarket
    chance: random.Random
    now: datetime
    number: int
    ids: Sequence[str] | None
    before: Sequence[Record]

    def page(self) -> list[Record]:
        return self.market.page(self.number) if self.ids is None else self.market.of(self.ids)


class Given(Struct, frozen=True, kw_only=True):
    """An answer; `records` are those that must come in if it is kept, None when it must not be kept at all."""

    answer: Answer
    records: tuple[Record, ...] | None = None
    body: bytes = b""


Card = Callable[[Hand], Given]


def body_of(records: Iterable[Record]) -> bytes:
    """The list as sent."""
    return b"[" + b",".join(each.text for each in records) + b"]"


def page(records: Sequence[Record], send: Callable[[bytes], Answer] = json_answer, bom: bytes = b"") -> Given:
    """A list that is to be kept."""
    body = bom + body_of(records)
    return Given(answer=send(body), records=tuple(records), body=body)


def moved(hand: Hand) -> Given:
    """A right page, after the market moved."""
    hand.market.move()
    return page(hand.page())


def shifted(hand: Hand) -> Given:
    """A right page of a list whose coins changed places."""
    hand.market.shift()
    return page(hand.page())


def with_damage(how: str) -> Card:
    """A page of which one record cannot be believed."""
    return lambda hand: page([*hand.page(), hand.market.damaged(how)])


def with_oddity(how: str) -> Card:
    """A page of which one record is unusual, and right."""
    return lambda hand: page([hand.market.odd(how), *hand.page()])


def _contradicting(hand: Hand) -> Given:
    before = hand.page()
    hand.market.move()
    return page([*before[:4], *hand.page()])


def _wrapped(make: Callable[[bytes], bytes]) -> Card:
    return lambda hand: Given(answer=json_answer(make(body_of(hand.page()))))


def _bytes(body: bytes) -> Card:
    return lambda _: Given(answer=json_answer(body))


def _status(code: int) -> Card:
    return lambda _: Given(answer=answers.status(code))


def _error_object(shape: str) -> Card:
    return lambda _: Given(answer=answers.error_object(shape))


def _told_limit(shape: str) -> Card:
    return lambda _: Given(answer=answers.told_limit(shape))


def _answer(make: Callable[[], Answer]) -> Card:
    return lambda _: Given(answer=make())


def _cut(make: Callable[[bytes], Answer]) -> Card:
    return lambda hand: Given(answer=make(body_of(hand.page())))


def _limited(header: Callable[[datetime], str | None]) -> Card:
    return lambda hand: Given(answer=answers.limited(header(hand.now)))


def _http_date(seconds: float) -> Callable[[datetime], str]:
    return lambda now: format_datetime(now + timedelta(seconds=seconds), usegmt=True)


def _headed(*lines: str, body: bytes = b"[]") -> Callable[[], Answer]:
    head = "\r\n".join(["HTTP/1.1 200 OK", "Content-Type: application/json", *lines, "", ""])
    return lambda: answers.raw(head.encode("latin-1") + body)


def _garbage(hand: Hand) -> Given:
    return Given(answer=answers.raw(hand.chance.randbytes(hand.chance.randrange(1, 3000))))


def _garbage_body(hand: Hand) -> Given:
    return Given(answer=json_answer(b"\xff" + hand.chance.randbytes(hand.chance.randrange(1, 3000))))


def _two_members(body: bytes) -> Answer:
    half = len(body) // 2
    packed = gzip.compress(body[:half]) + gzip.compress(body[half:])
    return json_answer(packed, headers={"Content-Encoding": "x-gzip"})


def _without_checksum(body: bytes) -> Answer:
    """Compressed data of which every byte comes, but not their end mark."""
    return json_answer(gzip.compress(body)[:-4], headers={"Content-Encoding": "gzip"})


RIGHT: Mapping[str, Card] = {
    "right": lambda hand: page(hand.page()),
    "moved": moved,
    "shifted": shifted,
    "the same page again": lambda hand: page(hand.before or hand.page()),
    "gzip": lambda hand: page(hand.page(), answers.gzip_answer),
    "gzip in two members": lambda hand: page(hand.page(), _two_members),
    "chunked": lambda hand: page(hand.page(), answers.chunked_answer),
    "with a byte order mark": lambda hand: page(hand.page(), bom=b"\xef\xbb\xbf"),
    "half the list": lambda hand: page(hand.page()[::2]),
    "one coin": lambda hand: page(hand.page()[:1]),
    "an empty list": lambda _: page([]),
    "coins twice in a page": lambda hand: page([*hand.page()[:3], *hand.page()]),
    "coins contradicted in a page": _contradicting,
    "another zone, an id twice": lambda hand: page([*hand.page(), hand.market.odd_in_time_or_keys()]),
    "no record among them": lambda hand: page([hand.market.no_record(), *hand.page()]),
    "no records at all": lambda hand: page([hand.market.no_record() for _ in range(5)]),
    "a renamed field": lambda hand: page(hand.market.renamed(hand.page())),
    **{f"damage: {how}": with_damage(how) for how in REJECTED},
    **{f"oddity: {how}": with_oddity(how) for how in KEPT},
}
"""Pages that are kept, whatever their records are worth."""

NO_PAGE: Mapping[str, Card] = {
    "429 in seconds": _limited(lambda _: "2"),
    "429 for 20 minutes": _limited(lambda _: "1200"),
    "429 to a date": _limited(_http_date(7)),
    "429 to a past date": _limited(_http_date(-7)),
    "429 to the year 9999": _limited(lambda _: "Fri, 31 Dec 9999 23:59:59 -1200"),
    "429 to the year 1": _limited(lambda _: "Mon, 01 Jan 0001 00:00:00 +1400"),
    "429 negative": _limited(lambda _: "-5"),
    "429 with 0": _limited(lambda _: "0"),
    "429 absurd": _limited(lambda _: "9" * 30),
    "429 in fractions": _limited(lambda _: "1.5"),
    "429 in a digit that is none": _limited(lambda _: "\u00b2"),
    "429 in words": _limited(lambda _: "soon"),
    "429 empty": _limited(lambda _: ""),
    "429 without": _limited(lambda _: None),
    **{f"status {code}": _status(code) for code in (
        500, 502, 503, 504, 520, 599, 408, 425, 401, 402, 403, 404, 400, 422, 410, 451, 999, 204, 206, 304,
    )},
    "503 with Retry-After": _answer(lambda: answers.status(503, Retry_After="3")),
    "503 in HTML": _answer(lambda: answers.html(503)),
    "HTML with 200": _answer(answers.html),
    "HTML called JSON": _bytes(b" \n<!DOCTYPE html><title>Maintenance</title>"),
    "JSON called HTML": _cut(lambda body: answers.status(200, body, content_type=answers.HTML)),
    **{f"error object: {shape}": _error_object(shape)
       for shape in answers.ERROR_OBJECTS},
    **{f"rate limit with 200: {shape}": _told_limit(shape)
       for shape in answers.RATE_LIMITS},
    "cut: length": _cut(answers.cut_length),
    "cut: chunks": _cut(answers.cut_chunked),
    "cut: gzip": _cut(answers.cut_gzip),
    "cut: gzip, its end mark": _cut(_without_checksum),
    "cut: close": _cut(answers.close_delimited),
    "reset": _cut(answers.reset),
    "hung up": _answer(answers.hung_up),
    "silence": _answer(answers.silence),
    "drip": _cut(lambda body: answers.drip(body, gap=0.15, size=200)),
    "redirect to another host": _answer(lambda: answers.redirect("https://elsewhere.example/list?a=1")),
    "redirect to nowhere": _answer(lambda: answers.redirect("http://[")),
    "redirect without place": _answer(lambda: answers.status(301)),
    "flood of 33 MiB": _answer(lambda: answers.flood(33)),
    "bomb of 65 MiB": _answer(lambda: answers.bomb(65)),
    "bomb of brackets": _bytes(b"[" * 200_000),
    "bomb of commas": _bytes(b"[" + b"1," * 2_100_000 + b"1]"),
    "bomb of records": _bytes(b"[" + b"1," * 100_000 + b"1]"),
    "garbage": _garbage,
    "garbage with 200": _garbage_body,
    "a header of 200 KB": _answer(_headed("X-Long: " + "x" * 200_000, "Content-Length: 2")),
    "two lengths": _answer(_headed("Content-Length: 2", "Content-Length: 3")),
    "a length below 0": _answer(_headed("Content-Length: -2")),
    "no chunk size": _answer(_headed("Transfer-Encoding: chunked", body=b"zz\r\n[]\r\n")),
    "an unknown encoding": _answer(_headed("Content-Encoding: br", "Content-Length: 2")),
    "gzip that is none": _answer(_headed("Content-Encoding: gzip", "Content-Length: 2")),
    "UTF-16": _wrapped(lambda body: body.decode().encode("utf-16")),
    "nothing": _bytes(b""),
    "white space": _bytes(b" \r\n"),
    "null": _bytes(b"null"),
    "an empty object": _bytes(b"{}"),
    "a text": _bytes(b'"list"'),
    "a number beyond numbers": _bytes(b"1e999999999"),
    "one bracket short": _wrapped(lambda body: body[:-1]),
    "one bracket over": _wrapped(lambda body: body + b"]"),
    "a comma over": _wrapped(lambda body: body[:-1] + b",]"),
    "two lists": _wrapped(lambda body: body + body),
    "a list in an object": _wrapped(lambda body: b'{"data":' + body + b"}"),
}  # fmt: skip
"""Answers of which not a byte may be kept as a page."""


LOOPS = 4
"""In a deck, each of one page four times in a row; dealt from the end."""


def deck(chance: random.Random) -> list[tuple[str, Card]]:
    """Every card once, and as many right pages, shuffled, with a few loops among them."""
    cards = [*RIGHT.items(), *NO_PAGE.items()]
    usual = [("right", RIGHT["right"]), ("moved", RIGHT["moved"])] * (len(cards) // 3)
    dealt = [*cards, *usual]
    chance.shuffle(dealt)
    for _ in range(LOOPS):
        at = chance.randrange(len(dealt))
        dealt[at:at] = [*[("the same page again", RIGHT["the same page again"])] * 3, ("right", RIGHT["right"])]
    return dealt
