"""Serve endpoints behind one gate, with one format of errors."""

from collections.abc import Awaitable, Callable
from typing import TypeAlias

from litestar import Response, Router, get, post
from litestar.handlers import HTTPRouteHandler

from crypto.entrypoints.http.kit.answer import ENCODER, JSON
from crypto.entrypoints.http.kit.endpoint import Endpoint
from crypto.entrypoints.http.kit.scope import AnyRequest, context_of

Gate: TypeAlias = Callable[[AnyRequest], Awaitable[None]]
"""What a request must pass before its endpoint is asked; raises for one that may not."""

ErrorFormat: TypeAlias = Callable[[AnyRequest, Exception], Response[bytes]]
"""What an error is to the caller."""

_ENDPOINT = "endpoint"


def router(endpoints: tuple[Endpoint, ...], *, gate: Gate, errors: ErrorFormat) -> Router:
    """The endpoints, by their whole paths, behind this gate; what it and they raise is answered by `errors`."""
    return Router(
        path="/",
        route_handlers=[_handler(each) for each in endpoints],
        before_request=gate,
        exception_handlers={Exception: errors},
    )


def endpoint_of(request: AnyRequest) -> Endpoint | None:
    """The endpoint that a request asks, once it has found its route; None for OPTIONS, which Litestar answers."""
    found: Endpoint | None = request.route_handler.opt.get(_ENDPOINT)
    return found


def _handler(endpoint: Endpoint) -> HTTPRouteHandler:
    """Asks the endpoint, notes for the log what it answered, and sends it."""

    async def handle(request: AnyRequest) -> Response[bytes]:
        context = context_of(request)
        answer = await endpoint.answer(context)
        context.results, context.error = answer.results, answer.error
        headers = {"Cache-Control": answer.cache, **answer.headers}
        return Response(
            ENCODER.encode(answer.body),
            status_code=answer.status,
            media_type=JSON,
            headers=dict(endpoint.deprecated.headers(headers)) if endpoint.deprecated else headers,
        )

    route, opt = _route(endpoint), {_ENDPOINT: endpoint}
    if endpoint.body is None:
        return get(route, opt=opt)(handle)
    return post(route, opt=opt, status_code=200, request_max_body_size=endpoint.body.most)(handle)


def _route(endpoint: Endpoint) -> str:
    """The path as Litestar writes it."""
    path = endpoint.path
    for each in endpoint.in_path:
        path = path.replace(f"{{{each.name}}}", f"{{{each.name}:path}}")
    return path
