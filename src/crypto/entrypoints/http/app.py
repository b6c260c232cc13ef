"""Put the HTTP service together: its routers in one envelope."""

import logging
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import TypeAlias

from litestar import Litestar

from crypto.application.query.watch_data import WatchData
from crypto.entrypoints.http.docs.page import docs_router
from crypto.entrypoints.http.docs.problems_page import problems_router
from crypto.entrypoints.http.kit.answer_cache import AnswerCache
from crypto.entrypoints.http.kit.cors import OFF, Cors
from crypto.entrypoints.http.kit.data_answers import DataAnswers
from crypto.entrypoints.http.kit.endpoint import Service
from crypto.entrypoints.http.kit.envelope import Envelope, LogScope, without_ids
from crypto.entrypoints.http.kit.json_body import MAX_BODY
from crypto.entrypoints.http.kit.problems import OnError, Problems
from crypto.entrypoints.http.kit.request_context import OnRequest, RequestLine
from crypto.entrypoints.http.v1.router import DOCUMENT, v1_router

CACHE_BYTES = 8 * 1024**2
"""Some hundred answers: those that many ask for."""

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
    cors: Cors = OFF,
    log_scope: LogScope = without_ids,
    cache_bytes: int = CACHE_BYTES,
    settings: str = "",
) -> Litestar:
    """The service's API as an ASGI application.

    `on_request` is told of each request when it was answered, `on_error` of each error nobody expected and the id
    of its request. `cors` lets pages of other origins read the answers. What is logged while a request is answered
    is logged within `log_scope`, which is given the request's ids. Errors outside every router,
    such as an unknown path, are problems, too. Answers are kept in up to `cache_bytes`; `settings` is what they
    depend on beside the data.

    :raises KeyError: when the service has no such use case as an endpoint asks for.
    """
    data = DataAnswers(
        service.use_case(WatchData), cache=AnswerCache(most_bytes=cache_bytes), cors=cors, settings=settings
    )
    app = Litestar(
        route_handlers=[
            v1_router(service, on_error=on_error, data=data),
            docs_router(DOCUMENT),
            problems_router(),
        ],
        exception_handlers={Exception: Problems(on_error)},
        lifespan=list(lifespan),
        request_max_body_size=MAX_BODY,
        logging_config=None,
        openapi_config=None,
    )
    app.asgi_handler = Envelope(
        app.asgi_handler, on_request, cors=cors, log_scope=log_scope, data=data, drain=service.drain
    )
    return app
