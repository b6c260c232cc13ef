"""One request and its answer: the id it goes by, how long it took, what was asked and how much came back."""

import time
from collections.abc import Callable, Mapping
from typing import TypeAlias

from msgspec import Struct

from crypto.entrypoints.http.kit.query_string import Query
from crypto.entrypoints.http.kit.trace import Trace


class RequestLine(Struct, frozen=True, kw_only=True):
    """What the log says of one request. `path` is as sent (percent-encoded), `results` counts list items.

    `filters` are the parameters as understood; `error` says why it was refused or failed. `trace_id` is the
    caller's trace, `span_id` this request in it; both None where the caller traces nothing.
    """

    request_id: str
    method: str
    path: str
    status: int
    latency_ms: float
    results: int | None
    filters: Mapping[str, str]
    error: str | None
    trace_id: str | None = None
    span_id: str | None = None


OnRequest: TypeAlias = Callable[[RequestLine], None]
"""Told of each request when it was answered."""


class Headers(Struct, frozen=True, kw_only=True):
    """The headers of a request that anything here depends on, as sent; several of one name are one list."""

    accept: str | None = None
    accept_encoding: str | None = None
    access_control_request_method: str | None = None
    content_encoding: str | None = None
    content_length: str | None = None
    content_type: str | None = None
    if_none_match: str | None = None
    last_event_id: str | None = None
    origin: str | None = None
    traceparent: str | None = None
    x_request_id: str | None = None


class RequestContext:
    """What is known of a request while it is answered; handlers and error answers share it.

    `raw_path` and `raw_query` are bytes as sent. The gate sets `query`, and `body` where the endpoint takes one;
    `status`, `results` and `error` are what the log says of the answer.
    """

    def __init__(
        self,
        *,
        method: str,
        raw_path: bytes,
        raw_query: bytes,
        request_id: str,
        headers: Headers,
        trace: Trace | None = None,
    ) -> None:
        self.method = method
        self.raw_path = raw_path
        self.raw_query = raw_query
        self.request_id = request_id
        self.headers = headers
        self.trace = trace
        self.status = 500
        self.query: Query = {}
        self.body = b""
        self.results: int | None = None
        self.error: str | None = None
        self._started = time.perf_counter()

    @property
    def latency_ms(self) -> float:
        """How many milliseconds ago the request arrived here."""
        return round((time.perf_counter() - self._started) * 1000, 3)

    @property
    def path(self) -> str:
        """The path as sent: percent-encoded, so that it can stand in a log and in a URL."""
        return self.raw_path.decode("ascii", "backslashreplace")

    @property
    def ids(self) -> Mapping[str, str]:
        """What every log line about the request bears."""
        traced = {"trace_id": self.trace.trace_id, "span_id": self.trace.span_id} if self.trace else {}
        return {"request_id": self.request_id, **traced}

    def line(self) -> RequestLine:
        """The line that the log gets about the request."""
        return RequestLine(
            **self.ids,
            method=self.method,
            path=self.path,
            status=self.status,
            latency_ms=self.latency_ms,
            results=self.results,
            filters={name: ", ".join(given) for name, given in self.query.items()},
            error=self.error,
        )
