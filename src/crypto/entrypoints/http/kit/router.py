"""Serve endpoints behind one gate, with one format of errors."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
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
from crypto.entrypoints.http.kit.event_stream import EventStream
from crypto.entrypoints.http.kit.events_response import EventsResponse
from crypto.entrypoints.http.kit.json_body import MAX_BODY
from crypto.entrypoints.http.kit.pieces import Pieces
from crypto.entrypoints.http.kit.pieces_response import CLIENT_LEFT, Caller, PiecesResponse
from crypto.entrypoints.http.kit.request_context import RequestContext
from crypto.entrypoints.http.kit.scope import AnyRequest, context_of

Gate: TypeAlias = Callable[[AnyRequest], Awaitable[None]]
"""What a request must pass before its endpoint is asked; raises for one that may not."""

ErrorFormat: TypeAlias = Callable[[AnyRequest, Exception], Response[bytes]]
"""What an error is to the caller."""

_ENDPOINTS, _FILES = "endpoints", "files"


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
        opt={_FILES: tuple(each.path for each in endpoints if each.gives_file)},
        before_request=gate,
        exception_handlers={Exception: errors},
    )


def endpoint_of(request: AnyRequest) -> Endpoint | None:
    """The endpoint that a request asks, once it has found its route; None for OPTIONS, which Litestar answers."""
    asked: Mapping[str, Endpoint] = request.route_handler.opt.get(_ENDPOINTS, {})
    return asked.get(request.method)


def files_of(request: AnyRequest) -> Sequence[str]:
    """The paths beside the asked one that answer in other formats than JSON."""
    files: Sequence[str] = request.route_handler.opt.get(_FILES, ())
    return files


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
        if endpoint.is_in_pieces:
            return await _in_pieces(request, endpoint)
        answer = await endpoint.answer(context)
        told = _noted(answer, endpoint, context)
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


def _noted(answer: Answer, endpoint: Endpoint, context: RequestContext) -> dict[str, str]:
    """The headers of an answer, once the log knows of it."""
    context.results, context.error = answer.results, answer.error
    headers = {"Cache-Control": answer.cache, "Content-Type": answer.media, **answer.headers}
    return dict(endpoint.deprecated.headers(headers)) if endpoint.deprecated else headers


async def _in_pieces(request: AnyRequest, endpoint: Endpoint) -> Response[Any]:
    """What the endpoint answers, unless the caller leaves before."""
    context, caller = context_of(request), Caller(request.receive)
    try:
        answer = await caller.unless_left(endpoint.answer(context))
    except BaseException:
        await caller.aclose()
        raise
    headers = _noted(answer, endpoint, context) if answer else {}
    if answer and isinstance(answer.body, Pieces):
        return PiecesResponse(answer.body, context, caller, headers=headers)
    await caller.aclose()
    return _response(answer, headers) if answer else Response(b"", status_code=CLIENT_LEFT)


def _response(answer: Answer, headers: Mapping[str, str]) -> Response[Any]:
    if isinstance(answer.body, EventStream):
        return EventsResponse(answer.body, status_code=answer.status, headers=headers)
    body = b"" if answer.body is None else ENCODER.encode(answer.body)
    return Response(body, status_code=answer.status, headers=headers)


def _route(endpoint: Endpoint) -> str:
    """The path as Litestar writes it."""
    path = endpoint.path
    for each in endpoint.in_path:
        kind = "path" if each.schema["type"] == "string" else "str"
        path = path.replace(f"{{{each.name}}}", f"{{{each.name}:{kind}}}")
    return path
