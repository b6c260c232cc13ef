"""What an answer means that is no page: by its status, by the error in its body, and by whether a key was sent."""

from collections.abc import Mapping
from datetime import datetime

import httpx

from crypto.adapters.fetch.failure import TryAgain
from crypto.adapters.fetch.json_list import NotAList
from crypto.adapters.fetch.options import HttpOptions
from crypto.adapters.fetch.refusal import ADVICE, BLOCKED, judge
from crypto.adapters.fetch.said import censored_bytes, is_html, said
from crypto.adapters.fetch.told import codes_of, tells_rate_limit
from crypto.application.errors import SourceUnavailable

UNPAID = frozenset({httpx.codes.UNAUTHORIZED, httpx.codes.PAYMENT_REQUIRED, httpx.codes.NOT_FOUND})
"""Statuses whose texts may speak of the rate limits of another plan."""

KEPT = 2048
"""Bytes of what came instead of a page."""

FIREWALL = b"error code: 1"
"""How Cloudflare refuses a program that asks for JSON."""


class Verdicts:
    """Judges the answers of one provider; `advice` is what to do about its own codes, and about statuses of it."""

    def __init__(self, source: str, options: HttpOptions, *, advice: Mapping[int, str]) -> None:
        self._source = source
        self._key = options.api_key
        self._own = advice
        self._advice = {**ADVICE, **advice}

    def on_status(self, response: httpx.Response, body: bytes, *, now: datetime) -> Exception:
        """The error that another status than 200 stands for; `body` is the beginning of what came with it."""
        text = said(body, secret=self._key)
        error = self._judge(response, body, text, self._code(body, text, status=response.status_code), now=now)
        if isinstance(error, TryAgain):
            error.beginning = self.beginning(body)
        return error

    def on_no_list(self, response: httpx.Response, body: bytes, problem: NotAList, *, now: datetime) -> Exception:
        """The error that a body with status 200 stands for."""
        text = said(body, secret=self._key)
        code = self._code(body, text, status=response.status_code)
        if code is not None:
            return self._judge(response, body, text, code, now=now)
        message = f"{self._source}: {problem}{f'; it says: {text}' if text else ''}"
        return SourceUnavailable(message, beginning=self.beginning(body))

    def beginning(self, body: bytes) -> bytes:
        """What is kept of a body that is no page."""
        return censored_bytes(body[:KEPT], self._key)

    def _judge(
        self, response: httpx.Response, body: bytes, text: str, code: int | None, *, now: datetime
    ) -> Exception:
        advice = self._advice
        if response.status_code == httpx.codes.FORBIDDEN and self._is_blocked(response, body):
            advice = {**advice, httpx.codes.FORBIDDEN: BLOCKED}
        return judge(response, text, source=self._source, now=now, advice=advice, code=code)

    def _code(self, body: bytes, text: str, *, status: int) -> int | None:
        """What the body tells beside the status: a rate limit, or what the provider's advice knows."""
        if status not in UNPAID and tells_rate_limit(body, text):
            return httpx.codes.TOO_MANY_REQUESTS
        return next((code for code in codes_of(body) if code in self._own), None)

    def _is_blocked(self, response: httpx.Response, body: bytes) -> bool:
        """Whether a firewall answered, and no provider: it sends pages, and knows nothing of keys."""
        content_type = response.headers.get("content-type", "")
        if is_html(body, content_type) or body.startswith(FIREWALL):
            return True
        return self._key is None and "json" not in content_type and not body.lstrip().startswith(b"{")
