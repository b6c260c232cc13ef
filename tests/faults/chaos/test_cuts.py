"""A page that was cut is never taken for a whole one, wherever it was cut and however it travels."""

import gzip
import os
from collections.abc import Callable
from contextlib import suppress

import pytest

from crypto.adapters.fetch.client import PoliteClient
from crypto.adapters.memory import MemoryRequestBudget
from crypto.adapters.sources import coingecko
from crypto.application.errors import SourceUnavailable
from tests.support.clock import NOON, ManualClock
from tests.support.provider import Provider
from tests.support.provider_answers import JSON, Answer, json_answer, raw
from tests.support.provider_market import Market

PAGE = Market(2, now=lambda: NOON).markets(1, 2)
"""About 2 KB."""

STEP = int(os.environ.get("CRYPTO_TEST_CUT_STEP", "5"))
"""Bytes from one cut to the next; 1 cuts at every byte."""


def _head(**headers: str) -> bytes:
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(["HTTP/1.1 200 OK", f"Content-Type: {JSON}", *lines, "", ""]).encode()


def by_length(page: bytes) -> tuple[bytes, bytes]:
    return _head(Content_Length=str(len(page))), page


def in_chunks(page: bytes) -> tuple[bytes, bytes]:
    pieces = [page[at : at + 100] for at in range(0, len(page), 100)]
    chunks = [b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces]
    return _head(Transfer_Encoding="chunked"), b"".join([*chunks, b"0\r\n\r\n"])


def compressed_in_one_chunk(page: bytes) -> tuple[bytes, bytes]:
    return _head(Content_Encoding="gzip", Transfer_Encoding="chunked"), gzip.compress(page, mtime=0)


def to_the_end(page: bytes) -> tuple[bytes, bytes]:
    return _head(Connection="close"), page


FORMS: dict[str, Callable[[bytes], tuple[bytes, bytes]]] = {
    "by length": by_length,
    "in chunks": in_chunks,
    "compressed": compressed_in_one_chunk,
    "to the end of the connection": to_the_end,
}


def cut(form: str, page: bytes, size: int) -> Answer:
    """The answer up to so many bytes of its body; a compressed one is whole as HTTP sees it."""
    head, body = FORMS[form](page)
    rest = body[:size]
    if form == "compressed":
        rest = b"%x\r\n%s\r\n0\r\n\r\n" % (len(rest), rest) if rest else b"0\r\n\r\n"
    return raw(head, rest)


async def taken(answers: list[Answer]) -> list[bytes]:
    """The pages taken of these answers, each asked for once."""
    pages: list[bytes] = []
    clock = ManualClock()
    async with Provider(coins=0) as provider:
        provider.next(*answers)
        options = coingecko.Options(base_url=provider.base_url("coingecko"), pause=0, retries=0, per_minute=10**6)
        budget = MemoryRequestBudget(clock)
        client = PoliteClient("coingecko", options, clock=clock, budget=budget, key_header={})
        async with client.session() as session:
            for _ in answers:
                with suppress(SourceUnavailable):
                    pages.append((await session.get_list("/coins/markets", {})).body)
    assert len(provider.requests) == len(answers)
    return pages


@pytest.mark.parametrize("form", FORMS)
async def test_a_page_that_is_cut_is_never_taken(form: str) -> None:
    whole = len(FORMS[form](PAGE)[1])
    assert (
        await taken([cut(form, PAGE, size) for size in sorted({*range(0, whole, STEP), whole - 2, whole - 1})])
        == []
    )


async def test_a_page_that_is_whole_is_taken_in_every_form_that_tells_its_end() -> None:
    forms = {form: cut(form, PAGE, 10**6) for form in FORMS}
    to_the_end = forms.pop("to the end of the connection")

    assert await taken([*forms.values(), json_answer(PAGE)]) == [PAGE] * 4
    assert await taken([to_the_end]) == []
