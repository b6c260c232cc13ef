"""What an answer that is not a page means, by status, body and whether a key was sent: ask again or not."""

import http
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import urlsplit

import httpx

from crypto.adapters.fetch.backoff import RetryableError, retry_after
from crypto.adapters.fetch.error_text import censored_bytes, codes_of, is_html, said, tells_rate_limit
from crypto.adapters.fetch.json_list import NotAList
from crypto.adapters.fetch.options import HttpOptions
from crypto.application.errors import SourceRefused, SourceUnavailable
from crypto.application.setting_names import setting_name

AGAIN = frozenset({408, 425, 429})

BLOCKED = (
    "this address or network is blocked (by a firewall, for its country, or by a proxy on the way): wait, or ask"
    " from another network"
)

ADVICE = {
    400: "the request is not understood: the provider may have changed its API",
    401: "check the settings {prefix}API_KEY and {prefix}PLAN",
    402: "the plan does not cover this, or its monthly calls are used up: check {prefix}PLAN or the account",
    403: "check the settings {prefix}API_KEY and {prefix}PLAN",
    404: "check the setting {prefix}BASE_URL",
    422: "the request is not accepted: the provider may have changed its API",
    451: BLOCKED,
}
"""What to do about a status, or about a code of the provider's; `{prefix}` is how the source's settings begin."""

UNPAID = frozenset({httpx.codes.UNAUTHORIZED, httpx.codes.PAYMENT_REQUIRED, httpx.codes.NOT_FOUND})
"""Statuses whose texts may speak of the rate limits of another plan."""

KEPT = 2048
"""Bytes of what came instead of a page."""

FIREWALL = b"error code: 1"
"""How Cloudflare refuses a program that asks for JSON."""


def judge(
    response: httpx.Response,
    text: str,
    *,
    source: str,
    now: datetime,
    advice: Mapping[int, str] = ADVICE,
    code: int | None = None,
) -> Exception:
    """The error that an answer stands for that is not a page; `text` is the provider's own text, without secrets.

    A `code` that its body tells, of those in `advice`, counts for more than its status.
    """
    status, told = response.status_code, code or response.status_code
    answered = _named(status) if told not in AGAIN or told == status else f"{_named(told)} with status {status}"
    reason = f"{answered}{f', saying: {text}' if text else ''}"
    if told in AGAIN or (code is None and (status >= 500 or status < 300)):
        return RetryableError(
            reason, status=told, retry_after=retry_after(response.headers.get("retry-after"), now=now)
        )
    if status < 300 or status >= 400:
        return SourceRefused(f"{source} answered {reason}; {_advise(advice, told, source)}")
    return SourceRefused(
        f"{source} answered {_named(status)}{_where_to(response)}; {_advise(advice, 404, source)}"
    )


def _advise(advice: Mapping[int, str], told: int, source: str) -> str:
    return advice.get(told, "asking again gives the same answer").format(prefix=setting_name(source))


def _named(status: int) -> str:
    try:
        return f"{status} {http.HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def _where_to(response: httpx.Response) -> str:
    """The host only: the rest of a Location may hold what was sent."""
    location = response.headers.get("location", "")
    try:
        host = urlsplit(location).hostname or response.url.host
    except ValueError:
        return ", a redirect that cannot be read"
    return f", a redirect to {host}, and redirects are not followed"


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
        if isinstance(error, RetryableError):
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
        """The beginning of a body that is not a page, without the key: what is stored of it."""
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
