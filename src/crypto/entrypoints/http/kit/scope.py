"""Find a request's context in its ASGI scope, and make one of what the scope holds."""

import re
from typing import Any, TypeAlias
from urllib.parse import quote
from uuid import uuid4

from litestar import Request
from litestar.types import HTTPScope

from crypto.entrypoints.http.kit.request_context import Headers, RequestContext
from crypto.entrypoints.http.kit.trace import continued

AnyRequest: TypeAlias = Request[Any, Any, Any]

_SANE_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_KEY = "crypto.request_context"
_WANTED = {name.replace("_", "-").encode(): name for name in Headers.__struct_fields__}


def open_context(scope: HTTPScope) -> RequestContext:
    """A context for the request that arrives with this scope, kept in the scope for handlers to find."""
    headers = _headers(scope)
    context = RequestContext(
        method=scope["method"],
        raw_path=_raw_path(scope),
        raw_query=scope["query_string"],
        request_id=_request_id(headers.x_request_id),
        headers=headers,
        trace=continued(headers.traceparent),
    )
    scope.setdefault("state", {})[_KEY] = context
    return context


def context_of(request: AnyRequest) -> RequestContext:
    """The context that was opened for a request."""
    found: RequestContext = request.scope["state"][_KEY]
    return found


def _headers(scope: HTTPScope) -> Headers:
    """The headers that are wanted; several of one name are one list."""
    found: dict[str, str] = {}
    for sent, value in scope["headers"]:
        name = _WANTED.get(sent.lower())
        if name:
            text = value.decode("latin-1")
            found[name] = f"{found[name]}, {text}" if name in found else text
    return Headers(**found)


def _request_id(sent: str | None) -> str:
    """The caller's, if it is sane, else a new one."""
    return sent if sent and _SANE_ID.fullmatch(sent) else uuid4().hex


def _raw_path(scope: HTTPScope) -> bytes:
    """The path as sent, without the query that some servers leave in it."""
    path = scope.get("raw_path") or quote(scope["path"]).encode("ascii")
    return path.partition(b"?")[0]
