"""The connections to a provider, and what it means when a request over one gets no answer."""

import socket
import ssl
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.metadata import version

import httpx
from tenacity import RetryCallState
from tenacity.stop import stop_base

from crypto.adapters.fetch.backoff import NoSuchName, RetryableError
from crypto.application.errors import SourceRefused

CUT = (ssl.SSLEOFError, ssl.SSLZeroReturnError)
"""A handshake that the other side broke off: which of the two depends on the version of OpenSSL."""

UNKNOWN = (socket.EAI_NONAME, socket.EAI_NODATA)
"""What a resolver says of a name that there is not; anything else may pass."""

NAME_ATTEMPTS = 3
"""How often a name is looked up that there is not."""


def connections(*, timeout: float, headers: Mapping[str, str]) -> httpx.AsyncClient:
    """A client of httpx, to be opened and closed by `async with`; `headers` go with each request."""
    ours = {"Accept": "application/json", "Accept-Encoding": "gzip", "User-Agent": f"crypto/{version('crypto')}"}
    return httpx.AsyncClient(
        headers={**ours, **headers},
        timeout=timeout,
        verify=_trusted_authorities(),
        follow_redirects=False,
        trust_env=False,
    )


@cache
def _trusted_authorities() -> ssl.SSLContext:
    """Made once: it takes longer than a request to a provider nearby."""
    return httpx.create_ssl_context(trust_env=False)


def translate(error: httpx.HTTPError, *, source: str, host: str) -> Exception:
    """Our error for one of httpx: TLS failures are refused, the others may pass.

    Name lookup and TLS failures are both `ConnectError` there; what caused them tells them apart.
    """
    causes = list(_causes(error))
    tls = _first(causes, ssl.SSLError)
    if tls is not None and not isinstance(tls, CUT):
        return SourceRefused(f"{source}: no trustworthy TLS connection to {host} ({_tls_reason(tls)})")
    lookup = _first(causes, socket.gaierror)
    if isinstance(lookup, socket.gaierror) and lookup.errno in UNKNOWN:
        return NoSuchName(f"the name {host} cannot be looked up (DNS): no such name is known")
    if lookup is not None:
        return RetryableError(f"the name {host} cannot be looked up (DNS)")
    return RetryableError(_what_happened(error, host))


class StopAtUnknownName(stop_base):
    """Stops once a name was looked up in vain as often as may help."""

    def __call__(self, retry_state: RetryCallState) -> bool:
        """Whether the last attempt looked the name up in vain, and was one too many."""
        failure = retry_state.outcome.exception() if retry_state.outcome else None
        return isinstance(failure, NoSuchName) and retry_state.attempt_number >= NAME_ATTEMPTS


def _what_happened(error: httpx.HTTPError, host: str) -> str:
    if isinstance(error, httpx.TimeoutException):
        return f"{host} did not answer in time ({type(error).__name__})"
    if isinstance(error, httpx.ConnectError):
        return f"{host} refused the connection or cannot be reached"
    if isinstance(error, httpx.RemoteProtocolError):
        return f"the answer of {host} was cut or is not HTTP"
    return f"the connection to {host} failed ({type(error).__name__})"


def _tls_reason(error: BaseException) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_message
    return str(getattr(error, "reason", None) or "handshake failed")


def _first(causes: list[BaseException], kind: type[BaseException]) -> BaseException | None:
    return next((cause for cause in causes if isinstance(cause, kind)), None)


def _causes(error: BaseException) -> Iterator[BaseException]:
    cause: BaseException | None = error
    seen: set[int] = set()
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        yield cause
        cause = cause.__cause__ or cause.__context__
