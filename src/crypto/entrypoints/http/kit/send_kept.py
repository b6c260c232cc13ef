"""Send an answer that was kept, to another request: before routing, in as few steps as can be."""

from http import HTTPStatus

from litestar.types import Send

from crypto.entrypoints.http.kit.answer_cache import KeptAnswer
from crypto.entrypoints.http.kit.compression import wants_gzip
from crypto.entrypoints.http.kit.cors import Cors
from crypto.entrypoints.http.kit.etag import is_known
from crypto.entrypoints.http.kit.request_context import RequestContext
from crypto.entrypoints.http.kit.stamp import OwnHeaders, stamped

UNCHANGED = frozenset({b"etag", b"cache-control", b"vary"})
"""What a 304 says again (RFC 9110, 15.4.5)."""


async def send_kept(kept: KeptAnswer, context: RequestContext, send: Send, cors: Cors) -> None:
    """The same answer with this request's id; only that nothing has changed, to who has it already."""
    context.query, context.results = kept.query, kept.results
    if context.headers.if_none_match == "*" or is_known(kept.etag, context.headers.if_none_match):
        headers = [each for each in kept.headers if each[0] in UNCHANGED]
        await _send(HTTPStatus.NOT_MODIFIED, headers, b"", context, send, cors)
        return
    body = kept.body + _of_request(context)
    await _send(HTTPStatus.OK, [*kept.headers, (b"content-length", b"%d" % len(body))], body, context, send, cors)


def _of_request(context: RequestContext) -> bytes:
    """The end of a body; the id is one that needs no escapes."""
    return b',"request_id":"%s","api_latency_ms":%.3f}' % (context.request_id.encode(), context.latency_ms)


async def _send(
    status: int, headers: OwnHeaders, body: bytes, context: RequestContext, send: Send, cors: Cors
) -> None:
    """What depends on nothing but the id of the request is stamped already."""
    asked = context.headers
    if context.trace or asked.origin or wants_gzip(asked.accept_encoding):
        send = stamped(send, context, cors)
    else:
        context.status = status
        headers.append((b"x-request-id", context.request_id.encode()))
        body = b"" if context.method == "HEAD" else body
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})
