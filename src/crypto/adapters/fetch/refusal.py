"""What a provider's answer means: ask again, do not, or read it."""

import http
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import urlsplit

import httpx

from crypto.adapters.fetch.failure import TryAgain
from crypto.adapters.fetch.patience import retry_after
from crypto.application.errors import SourceRefused
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


def judge(
    response: httpx.Response,
    said: str,
    *,
    source: str,
    now: datetime,
    advice: Mapping[int, str] = ADVICE,
    code: int | None = None,
) -> Exception:
    """The error that an answer stands for that is no page; `said` is the provider's own text, without secrets.

    A `code` that its body tells, of those in `advice`, counts for more than its status.
    """
    status, told = response.status_code, code or response.status_code
    answered = _named(status) if told not in AGAIN or told == status else f"{_named(told)} with status {status}"
    reason = f"{answered}{f', saying: {said}' if said else ''}"
    if told in AGAIN or (code is None and (status >= 500 or status < 300)):
        return TryAgain(reason, status=told, retry_after=retry_after(response.headers.get("retry-after"), now=now))
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
