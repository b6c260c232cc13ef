"""Put the REST API together from its use cases."""

import logging
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from http import HTTPStatus
from typing import TypeAlias

from litestar import Litestar, Response, get
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.handlers import HTTPRouteHandler
from msgspec import Struct

from crypto.application.operate.check_health import CheckHealth
from crypto.application.operate.list_drift import ListDrift
from crypto.application.operate.list_sources import ListSources
from crypto.application.operate.report_run_stats import ReportRunStats
from crypto.application.query.list_coins import ListCoins
from crypto.application.query.query_market_data import QueryMarketData
from crypto.entrypoints.http.docs import openapi
from crypto.entrypoints.http.docs import page as docs_page
from crypto.entrypoints.http.kit.cache_policies import CACHE_5_SECONDS
from crypto.entrypoints.http.kit.envelope import Envelope
from crypto.entrypoints.http.kit.negotiation import accepts_json
from crypto.entrypoints.http.kit.problems import OnError, Problems
from crypto.entrypoints.http.kit.query_string import parsed
from crypto.entrypoints.http.kit.request_context import OnRequest, RequestLine
from crypto.entrypoints.http.kit.scope import AnyRequest, context_of
from crypto.entrypoints.http.v1 import paths, routes
from crypto.entrypoints.http.v1.answers import JSON
from crypto.entrypoints.http.v1.questions import Questions

MAX_BODY = 65536
"""Bytes; nothing here reads a body."""

Lifespan: TypeAlias = Sequence[Callable[[Litestar], AbstractAsyncContextManager[None]]]


class ApiUseCases(Struct, frozen=True, kw_only=True):
    """What the API can do."""

    query_market_data: QueryMarketData
    list_coins: ListCoins
    report_run_stats: ReportRunStats
    list_drift: ListDrift
    list_sources: ListSources
    check_health: CheckHealth


def _unheard(line: RequestLine) -> None:
    """The log line of a request when nobody asked for it."""


def _to_stderr(error: Exception, request_id: str) -> None:
    logging.getLogger(__name__).error("request %s failed", request_id, exc_info=error)


def create_app(
    *,
    use_cases: ApiUseCases,
    sources: Collection[str],
    lifespan: Lifespan = (),
    on_request: OnRequest = _unheard,
    on_error: OnError = _to_stderr,
) -> Litestar:
    """The ASGI application.

    `sources` are the names that `source` may have. `on_request` is told of each request when it was answered,
    `on_error` of each error nobody expected and the id of its request.
    """
    questions = Questions(sources)
    app = Litestar(
        route_handlers=[*routes.HANDLERS, *docs_page.HANDLERS, _openapi_route(questions)],
        dependencies=_dependencies(use_cases, questions),
        before_request=_gate(questions),
        exception_handlers={Exception: Problems(on_error)},
        lifespan=list(lifespan),
        request_max_body_size=MAX_BODY,
        logging_config=None,
        openapi_config=None,
    )
    app.asgi_handler = Envelope(app.asgi_handler, on_request)
    return app


def _dependencies(use_cases: ApiUseCases, questions: Questions) -> Mapping[str, Provide]:
    """One typed function each: Litestar resolves them by name and type."""

    def provided_questions() -> Questions:
        return questions

    def query_market_data() -> QueryMarketData:
        return use_cases.query_market_data

    def list_coins() -> ListCoins:
        return use_cases.list_coins

    def report_run_stats() -> ReportRunStats:
        return use_cases.report_run_stats

    def list_drift() -> ListDrift:
        return use_cases.list_drift

    def list_sources() -> ListSources:
        return use_cases.list_sources

    def check_health() -> CheckHealth:
        return use_cases.check_health

    return {
        "context": Provide(context_of, sync_to_thread=False),
        "questions": Provide(provided_questions, sync_to_thread=False),
        "query_market_data": Provide(query_market_data, sync_to_thread=False),
        "list_coins": Provide(list_coins, sync_to_thread=False),
        "report_run_stats": Provide(report_run_stats, sync_to_thread=False),
        "list_drift": Provide(list_drift, sync_to_thread=False),
        "list_sources": Provide(list_sources, sync_to_thread=False),
        "check_health": Provide(check_health, sync_to_thread=False),
    }


def _gate(questions: Questions) -> Callable[[AnyRequest], Awaitable[None]]:
    """What every request must pass before its handler is asked."""

    async def gate(request: AnyRequest) -> None:
        if request.scope["path"].startswith(paths.DOCS):
            return  # for people: whatever their browser asks for and takes
        context = context_of(request)
        if not accepts_json(context.accept):
            raise HTTPException("only application/json is served here", status_code=HTTPStatus.NOT_ACCEPTABLE)
        context.query = parsed(context.raw_query, known=questions.names(request.scope["path"]))

    return gate


def _openapi_route(questions: Questions) -> HTTPRouteHandler:
    body = openapi.document(questions)

    @get(paths.OPENAPI)
    async def describe() -> Response[bytes]:
        """This API as an OpenAPI 3.1 document."""
        return Response(body, media_type=JSON, headers={"Cache-Control": CACHE_5_SECONDS})

    return describe
