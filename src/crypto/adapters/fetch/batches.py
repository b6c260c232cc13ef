"""Coins asked for by their ids: as many in one request as a provider and its URL take."""

from collections.abc import Iterable, Iterator
from urllib.parse import quote

from crypto.domain.quote import is_storable

MOST_CHARACTERS = 3500
"""Of a request's ids as they stand in its URL; with address and other parameters it stays below 4 KB."""

SEPARATOR = ","


def can_be_asked(coin_id: str) -> bool:
    """Whether it may be a coin's id, and a request can hold it."""
    may_be_one = bool(coin_id) and is_storable(coin_id)
    return may_be_one and SEPARATOR not in coin_id and _characters(coin_id) <= MOST_CHARACTERS


def _characters(coin_id: str) -> int:
    """How many it takes in a URL, with what parts it from the one before."""
    return len(quote(SEPARATOR + coin_id, safe=""))


def batches(coin_ids: Iterable[str], *, most: int) -> Iterator[tuple[str, ...]]:
    """The ids in their order, at most so many a request.

    One with a comma would be read as two, and one that fills a URL fits into none: both are left out.
    """
    batch: list[str] = []
    characters = 0
    for coin_id in coin_ids:
        length = _characters(coin_id)
        if SEPARATOR in coin_id or length > MOST_CHARACTERS:
            continue
        if batch and (len(batch) == most or characters + length > MOST_CHARACTERS):
            yield tuple(batch)
            batch, characters = [], 0
        batch.append(coin_id)
        characters += length
    if batch:
        yield tuple(batch)
