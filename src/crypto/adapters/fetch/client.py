"""One provider's address, key and budget, the connections to it, and as many ids in one request as it takes."""

import random
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager
from types import MappingProxyType
from typing import TYPE_CHECKING
from urllib.parse import quote

from crypto.adapters.fetch.options import HttpOptions, check_key_stays_secret
from crypto.adapters.fetch.rate_limiter import RateLimiter, allowance_of
from crypto.application.ports import Clock, RequestBudget
from crypto.domain.allowance import Allowance
from crypto.domain.quote import is_storable

if TYPE_CHECKING:
    from crypto.adapters.fetch.session import Session

NO_ADVICE: Mapping[int, str] = MappingProxyType({})

MOST_CHARACTERS = 3500
"""Characters of a request's ids in its URL, which then stays below 4 KB with all the rest."""

SEPARATOR = ","


class PoliteClient:
    """Asks one provider within its rate limit; the key goes nowhere but into its header.

    `sweep_requests` is what one sweep takes; `advice` what to do about the provider's own codes of errors, and
    about statuses of it; `random` gives numbers from 0 to 1 for the jitter of waits.
    """

    def __init__(
        self,
        source: str,
        options: HttpOptions,
        *,
        clock: Clock,
        budget: RequestBudget,
        key_header: Mapping[str, str],
        sweep_requests: int = 1,
        advice: Mapping[int, str] = NO_ADVICE,
        random: Callable[[], float] = random.random,
    ) -> None:
        self._source = source
        self._options = options
        self._clock = clock
        self._key_header = key_header
        self._advice = advice
        self._random = random
        allowance = allowance_of(source, options, sweep_requests=sweep_requests)
        self._rate_limiter = RateLimiter(allowance, budget=budget, clock=clock)

    @property
    def allowance(self) -> Allowance:
        """How many requests may be sent to the provider, and how far apart."""
        return self._rate_limiter.allowance

    async def may_ask_more(self) -> bool:
        """Whether the budget allows a request more than the schedule needs; then ask with `spare=True`.

        :raises StoreUnavailable: when the database that counts cannot be used.
        """
        return await self._rate_limiter.may_ask_more()

    @asynccontextmanager
    async def session(self) -> AsyncIterator["Session"]:
        """Connections for one run, closed at its end.

        :raises SourceRefused: when the key would travel in the clear.
        """
        from crypto.adapters.fetch.backoff import Backoff
        from crypto.adapters.fetch.connections import connections  # httpx: 0.1 s that only a fetch needs
        from crypto.adapters.fetch.session import Session

        check_key_stays_secret(self._source, self._options)
        backoff = Backoff(self._source, clock=self._clock, random=self._random)
        async with connections(timeout=self._options.timeout, headers=self._key_header) as http:
            yield Session(
                self._source,
                self._options,
                http=http,
                clock=self._clock,
                rate_limiter=self._rate_limiter,
                backoff=backoff,
                advice=self._advice,
            )


def can_be_asked(coin_id: str) -> bool:
    """Whether a text may be a coin's id, and a request can hold it."""
    may_be_one = bool(coin_id) and is_storable(coin_id)
    return may_be_one and SEPARATOR not in coin_id and _characters(coin_id) <= MOST_CHARACTERS


def _characters(coin_id: str) -> int:
    """How many it takes in a URL, with what parts it from the one before."""
    return len(quote(SEPARATOR + coin_id, safe=""))


def batches(coin_ids: Iterable[str], *, most: int) -> Iterator[tuple[str, ...]]:
    """The ids in their order, in groups of at most so many, one group a request.

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
