"""Put the HTTP service together: its routers in one envelope."""

import logging
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import TypeAlias

from litestar import Litestar

from crypto.entrypoints.http.docs.page import docs_router
from crypto.entrypoints.http.kit.endpoint import Service
from crypto.entrypoints.http.kit.envelope import Envelope
from crypto.entrypoints.http.kit.problems import OnError, Problems
from crypto.entrypoints.http.kit.request_context import OnRequest, RequestLine
from crypto.entrypoints.http.v1.router import DOCUMENT, v1_router

MAX_BODY = 65536
"""Bytes; nothing here reads a body."""

Lifespan: TypeAlias = Sequence[Callable[[Litestar], AbstractAsyncContextManager[None]]]


def _unheard(line: RequestLine) -> None:
    """The log line of a request when nobody asked for it."""


def _to_stderr(error: Exception, request_id: str) -> None:
    logging.getLogger(__name__).error("request %s failed", request_id, exc_info=error)


def create_app(
    *,
    service: Service,
    lifespan: Lifespan = (),
    on_request: OnRequest = _unheard,
    on_error: OnError = _to_stderr,
) -> Litestar:
    """The service's API as an ASGI application.

    `on_request` is told of each request when it was answered, `on_error` of each error nobody expected and the id
    of its request. Errors outside every router, such as an unknown path, are problems, too.

    :raises KeyError: when the service has no such use case as an endpoint asks for.
    """
    app = Litestar(
        route_handlers=[v1_router(service, on_error=on_error), docs_router(DOCUMENT)],
        exception_handlers={Exception: Problems(on_error)},
        lifespan=list(lifespan),
        request_max_body_size=MAX_BODY,
        logging_config=None,
        openapi_config=None,
    )
    app.asgi_handler = Envelope(app.asgi_handler, on_request)
    return app
