"""Ask for one page after the other: again where that helps, never longer than agreed, never half an answer."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import httpx
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type, stop_after_attempt, stop_any

from crypto.adapters.fetch.answer import Answer, kept
from crypto.adapters.fetch.backoff import (
    LONGEST_BACKOFF,
    Backoff,
    NoSuchName,
    RetryableError,
    TooLarge,
    failure_of,
)
from crypto.adapters.fetch.body import read_beginning, read_whole
from crypto.adapters.fetch.connections import NAME_ATTEMPTS, StopAtUnknownName, translate
from crypto.adapters.fetch.error_text import censored, is_html, repeats
from crypto.adapters.fetch.json_list import NotAList, split
from crypto.adapters.fetch.options import HttpOptions, host_of
from crypto.adapters.fetch.rate_limiter import RateLimiter
from crypto.adapters.fetch.refusal import Verdicts
from crypto.application.errors import CryptoError, SourceRateLimited, SourceRefused, SourceUnavailable
from crypto.application.ports import Clock
from crypto.application.setting_names import setting_name

Params = Mapping[str, str]


class Session:
    """Fetches one page after the other from one provider, for one run."""

    def __init__(
        self,
        source: str,
        options: HttpOptions,
        *,
        http: httpx.AsyncClient,
        clock: Clock,
        rate_limiter: RateLimiter,
        backoff: Backoff,
        advice: Mapping[int, str],
    ) -> None:
        """`advice` is what to do about the provider's own codes of errors, and about statuses of it."""
        self._source = source
        self._options = options
        self._http = http
        self._clock = clock
        self._rate_limiter = rate_limiter
        self._backoff = backoff
        self._host = host_of(options.base_url)
        self._verdicts = Verdicts(source, options, advice=advice)

    async def get_list(self, path: str, params: Params, *, discretionary: bool = False) -> Answer:
        """The whole answer to `GET path`, a JSON list; a `spare` request is one more than the schedule needs.

        :raises SourceUnavailable: when every attempt failed, or the answer is not a list.
        :raises SourceRateLimited: when provider or budget want a longer wait than a run has.
        :raises SourceRefused: when asking again gives the same answer, or the host's name is not known.
        :raises StoreUnavailable: when the database that counts requests cannot be used.
        """
        retrying = AsyncRetrying(
            sleep=self._clock.sleep,
            stop=stop_any(stop_after_attempt(self._options.retries + 1), StopAtUnknownName()),
            wait=self._backoff,
            retry=retry_if_exception_type(RetryableError),
            after=self._heed,
            reraise=True,
        )
        try:
            answer: Answer = await retrying(self._attempt, path, params, discretionary=discretionary)
        except RetryableError as last:
            raise self._gave_up(last, path, retrying.statistics) from last
        return answer

    async def _heed(self, state: RetryCallState) -> None:
        """What the provider asks one process to wait, all processes do."""
        failure = failure_of(state)
        if failure.retry_after is not None:
            await self._rate_limiter.pause(failure.retry_after)

    async def _attempt(self, path: str, params: Params, *, discretionary: bool) -> Answer:
        await self._rate_limiter.turn(discretionary=discretionary)
        try:
            async with asyncio.timeout(self._options.timeout):
                return await self._ask(path, params)
        except TimeoutError as error:
            raise RetryableError(f"{self._host} took longer than {self._options.timeout:g} s in all") from error
        except httpx.InvalidURL as error:
            raise SourceRefused(f"{self._source}: its setting BASE_URL is not an address") from error
        except TooLarge as error:
            raise SourceUnavailable(f"{self._source}: {error}") from error
        except httpx.HTTPError as error:
            raise translate(error, source=self._source, host=self._host) from error

    async def _ask(self, path: str, params: Params) -> Answer:
        requested_at = self._clock.now()
        async with self._http.stream("GET", self._options.base_url + path, params=params) as response:
            if response.status_code != httpx.codes.OK:
                beginning = await read_beginning(response)
                raise self._verdicts.on_status(response, beginning, now=self._clock.now())
            body = await read_whole(response)
        if is_html(body, response.headers.get("content-type", "")):
            told = "an HTML page with status 200 instead of data"
            raise RetryableError(told, beginning=self._verdicts.beginning(body))
        records = self._count(response, body)
        self._refuse_own_key(body)
        return Answer(
            source=self._source,
            request={"url": self._options.base_url + path, "params": dict(params)},
            requested_at=requested_at,
            received_at=self._clock.now(),
            status=response.status_code,
            headers=self._kept(response.headers),
            body=body,
            records=records,
        )

    def _refuse_own_key(self, body: bytes) -> None:
        """A body is kept as sent, so one with the key in it cannot be kept at all."""
        if repeats(body, self._options.api_key):
            raise SourceRefused(f"{self._source}: the answer repeats the key it was sent with; it is not kept")

    def _kept(self, headers: Mapping[str, str]) -> dict[str, str]:
        return {name: censored(value, self._options.api_key) for name, value in kept(headers).items()}

    def _count(self, response: httpx.Response, body: bytes) -> int:
        try:
            return sum(1 for _ in split(body))
        except NotAList as problem:
            raise self._verdicts.on_no_list(response, body, problem, now=self._clock.now()) from problem

    def _gave_up(self, last: RetryableError, path: str, statistics: Mapping[str, Any]) -> CryptoError:
        attempts, waited = statistics["attempt_number"], statistics["idle_for"]
        times = "once" if attempts == 1 else f"{attempts} times, {waited:.0f} s of waiting in between"
        message = f"{self._source}: asked {self._host} for {path} {times}; the last time: {last.reason}"
        if isinstance(last, NoSuchName) and attempts >= NAME_ATTEMPTS:
            name = setting_name(self._source, "base_url")
            return SourceRefused(
                f"{message}; see that this machine reaches the network, then check the setting {name}"
            )
        if last.status != httpx.codes.TOO_MANY_REQUESTS:
            return SourceUnavailable(message, beginning=last.beginning)
        until = self._clock.now() + timedelta(seconds=last.retry_after or LONGEST_BACKOFF)
        return SourceRateLimited(message, until=until)
