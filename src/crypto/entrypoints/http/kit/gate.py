"""What a request for JSON must pass before its endpoint is asked: it takes JSON, and asks only what there is."""

from litestar.exceptions import HTTPException
from msgspec import Struct

from crypto.entrypoints.http.kit.body_reader import body_of
from crypto.entrypoints.http.kit.negotiation import accepts_json
from crypto.entrypoints.http.kit.problem_codes import ProblemCode
from crypto.entrypoints.http.kit.query_string import parsed
from crypto.entrypoints.http.kit.router import endpoint_of
from crypto.entrypoints.http.kit.scope import AnyRequest, context_of
from crypto.entrypoints.http.kit.verdict import Verdict, unexpected

NOT_ACCEPTABLE = Verdict(code=ProblemCode.NOT_ACCEPTABLE, detail="only application/json is served here")

ALWAYS = (
    Verdict(
        code=ProblemCode.UNKNOWN_PARAMETER,
        detail="there is no parameter 'limit' here; there are none",
        parameter="limit",
    ),
    NOT_ACCEPTABLE,
    Verdict(code=ProblemCode.URL_TOO_LONG, detail="the path and query are longer than 8192 bytes together"),
    unexpected(),
)
"""Examples of what any request behind this gate may meet."""

OF_READING = (
    Verdict(
        code=ProblemCode.BODY_TOO_LARGE,
        detail="the body of a GET, HEAD or OPTIONS is longer than 65536 bytes; nobody reads it",
    ),
)
"""An example of what a request without a body that means anything may meet, too."""

OF_BODIES = (
    Verdict(
        code=ProblemCode.INVALID_BODY,
        detail="$.pairs[3].time does not fit: expected `str`, got `int`",
        pointer="/pairs/3/time",
    ),
    Verdict(code=ProblemCode.REQUEST_TIMEOUT, detail="the body did not arrive within 10 seconds"),
    Verdict(
        code=ProblemCode.BODY_TOO_LARGE, detail="the body is longer than the 65536 bytes that this path takes"
    ),
    Verdict(
        code=ProblemCode.UNSUPPORTED_MEDIA_TYPE, detail="the body must be application/json; it is 'text/plain'"
    ),
)
"""Examples of what a request with a body may meet, too."""


async def json_gate(request: AnyRequest) -> None:
    """Lets pass what takes JSON, and puts the query, and the body if there is one, into the request's context.

    Bytes that are sent as they were received are given to whoever accepts whatever.

    :raises HTTPException: for an Accept header without JSON.
    :raises Refusal: for a query or a body that its endpoint does not take.
    """
    context, endpoint = context_of(request), endpoint_of(request)
    if endpoint is None:
        return
    if isinstance(endpoint.example, Struct) and not accepts_json(context.headers.accept):
        raise HTTPException(NOT_ACCEPTABLE.detail, status_code=NOT_ACCEPTABLE.status)
    known = {each.name: each.most for each in endpoint.parameters}
    context.query = parsed(context.raw_query, known=known)
    if endpoint.body:
        context.body = await body_of(request, endpoint.body)
