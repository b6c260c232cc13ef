"""One request and its answer: the id it goes by, how long it took, what was asked and how much came back."""

import re
import time
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias
from urllib.parse import quote
from uuid import uuid4

from litestar import Request
from litestar.types import HTTPScope
from msgspec import Struct

from crypto.entrypoints.http.kit.query_string import Query

JSON = "application/json"

BRIEFLY, NEVER = "public, max-age=5", "no-store"
"""How long a copy may be kept: lists for 5 seconds, health and errors not at all."""

AnyRequest: TypeAlias = Request[Any, Any, Any]

_SANE_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_KEY = "crypto.exchange"


class RequestLine(Struct, frozen=True, kw_only=True):
    """What the log says of one request. `path` is as sent (percent-encoded), `results` counts list items.

    `filters` are the parameters as understood; `error` says why it was refused or failed.
    """

    request_id: str
    method: str
    path: str
    status: int
    latency_ms: float
    results: int | None
    filters: Mapping[str, str]
    error: str | None


OnRequest: TypeAlias = Callable[[RequestLine], None]


class Exchange:
    """What is known of a request while it is answered; handlers and error answers share it."""

    def __init__(self, scope: HTTPScope) -> None:
        self.method: str = scope["method"]
        self.raw_path = _raw_path(scope)
        self.raw_query = scope["query_string"]
        self.request_id = _request_id(header(scope, b"x-request-id"))
        self.accept = header(scope, b"accept")
        self.status = 500
        self.query: Query = {}
        self.results: int | None = None
        self.error: str | None = None
        self._started = time.perf_counter()

    @property
    def latency_ms(self) -> float:
        """Milliseconds since the request arrived here."""
        return round((time.perf_counter() - self._started) * 1000, 3)

    @property
    def path(self) -> str:
        """The path as sent: percent-encoded, so that it can stand in a log and in a URL."""
        return self.raw_path.decode("ascii", "backslashreplace")

    def line(self) -> RequestLine:
        """What the log says of it."""
        return RequestLine(
            request_id=self.request_id,
            method=self.method,
            path=self.path,
            status=self.status,
            latency_ms=self.latency_ms,
            results=self.results,
            filters={name: ", ".join(given) for name, given in self.query.items()},
            error=self.error,
        )


def keep(exchange: Exchange, scope: HTTPScope) -> None:
    """Put it where handlers find it."""
    scope.setdefault("state", {})[_KEY] = exchange


def exchange_of(request: AnyRequest) -> Exchange:
    """The exchange a request belongs to."""
    found: Exchange = request.scope["state"][_KEY]
    return found


def header(scope: HTTPScope, wanted: bytes) -> str | None:
    """A header as sent, by its lower-case name; several of one name are one list."""
    values = [value.decode("latin-1") for name, value in scope["headers"] if name.lower() == wanted]
    return ", ".join(values) if values else None


def _request_id(sent: str | None) -> str:
    """The caller's, if it is sane, else a new one."""
    return sent if sent and _SANE_ID.fullmatch(sent) else uuid4().hex


def _raw_path(scope: HTTPScope) -> bytes:
    """Some servers leave the query in it."""
    path = scope.get("raw_path") or quote(scope["path"]).encode("ascii")
    return path.partition(b"?")[0]
