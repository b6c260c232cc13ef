"""Serve endpoints behind one gate, with one format of errors."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Any, TypeAlias

from litestar import Response, Router, route
from litestar.enums import HttpMethod
from litestar.handlers import HTTPRouteHandler
from msgspec import Raw
from msgspec.structs import replace

from crypto.application.errors import StoreLost
from crypto.entrypoints.http.kit.answer import ENCODER, Answer
from crypto.entrypoints.http.kit.data_answers import DataAnswers
from crypto.entrypoints.http.kit.endpoint import Endpoint
from crypto.entrypoints.http.kit.json_body import MAX_BODY
from crypto.entrypoints.http.kit.parts_response import PartsResponse
from crypto.entrypoints.http.kit.scope import AnyRequest, context_of

Gate: TypeAlias = Callable[[AnyRequest], Awaitable[None]]
"""What a request must pass before its endpoint is asked; raises for one that may not."""

ErrorFormat: TypeAlias = Callable[[AnyRequest, Exception], Response[bytes]]
"""What an error is to the caller."""

_ENDPOINTS = "endpoints"


def router(
    endpoints: tuple[Endpoint, ...], *, gate: Gate, errors: ErrorFormat, data: DataAnswers | None = None
) -> Router:
    """The endpoints, by their whole paths, behind this gate; what it and they raise is answered by `errors`.

    Answers that depend on stored data alone are known again by `data`.
    """
    of_path: dict[str, dict[str, Endpoint]] = {}
    for each in endpoints:
        of_path.setdefault(_route(each), {})[_method(each)] = each
    return Router(
        path="/",
        route_handlers=[_handler(path, asked, data) for path, asked in of_path.items()],
        before_request=gate,
        exception_handlers={Exception: errors},
    )


def endpoint_of(request: AnyRequest) -> Endpoint | None:
    """The endpoint that a request asks, once it has found its route; None for OPTIONS, which Litestar answers."""
    asked: Mapping[str, Endpoint] = request.route_handler.opt.get(_ENDPOINTS, {})
    return asked.get(request.method)


def _handler(path: str, asked: Mapping[str, Endpoint], data: DataAnswers | None) -> HTTPRouteHandler:
    """Asks the endpoint, notes for the log what it answered, and sends it.

    One handler for all methods of a path: of two Litestar's answer to OPTIONS would name only one's.
    """

    async def handle(request: AnyRequest) -> Response[Any]:
        try:
            return await answered(request)
        except StoreLost:
            return await answered(request)  # every path here reads, so that it can be asked twice

    async def answered(request: AnyRequest) -> Response[Any]:
        context, endpoint = context_of(request), asked[request.method]
        if data and endpoint.data_of and (current := await data.is_current(context, endpoint.data_of)):
            return Response(b"", status_code=HTTPStatus.NOT_MODIFIED, headers=dict(current))
        answer = await endpoint.answer(context)
        context.results, context.error = answer.results, answer.error
        headers = {"Cache-Control": answer.cache, "Content-Type": answer.media, **answer.headers}
        told = dict(endpoint.deprecated.headers(headers)) if endpoint.deprecated else headers
        if data and endpoint.data_of and answer.version is not None:
            body = ENCODER.encode(answer.body)
            told |= data.keep(context, answer, body, source=endpoint.data_of(context.query))
            answer = replace(answer, body=Raw(body))
        return _response(answer, told)

    most = max((each.body.most for each in asked.values() if each.body), default=MAX_BODY)
    methods = [HttpMethod(each) for each in asked]
    return route(path, http_method=methods, opt={_ENDPOINTS: asked}, status_code=200, request_max_body_size=most)(
        handle
    )


def _method(endpoint: Endpoint) -> str:
    return "POST" if endpoint.body else "GET"


def _response(answer: Answer, headers: Mapping[str, str]) -> Response[Any]:
    match answer.body:
        case None:
            return Response(b"", status_code=answer.status, headers=headers)
        case AsyncIterator():
            return PartsResponse(answer.body, status_code=answer.status, headers=headers)
        case _:
            return Response(ENCODER.encode(answer.body), status_code=answer.status, headers=headers)


def _route(endpoint: Endpoint) -> str:
    """The path as Litestar writes it."""
    path = endpoint.path
    for each in endpoint.in_path:
        kind = "path" if each.schema["type"] == "string" else "str"
        path = path.replace(f"{{{each.name}}}", f"{{{each.name}:{kind}}}")
    return path
