"""What a request must pass before its endpoint is asked: it takes what is offered, and asks only what there is."""

from collections.abc import Sequence

from litestar.exceptions import HTTPException

from crypto.entrypoints.http.kit.body_reader import body_of
from crypto.entrypoints.http.kit.endpoint import Endpoint
from crypto.entrypoints.http.kit.negotiation import negotiated
from crypto.entrypoints.http.kit.problem_codes import ProblemCode
from crypto.entrypoints.http.kit.query_string import parsed
from crypto.entrypoints.http.kit.request_context import RequestContext
from crypto.entrypoints.http.kit.router import endpoint_of, files_of
from crypto.entrypoints.http.kit.scope import AnyRequest, context_of
from crypto.entrypoints.http.kit.verdict import Verdict, unexpected

ALWAYS = (
    Verdict(
        code=ProblemCode.UNKNOWN_PARAMETER,
        detail="there is no parameter 'limit' here; there are none",
        parameter="limit",
    ),
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
    """Lets pass what takes what is offered, and puts the query, and the body if any, into the request's context.

    :raises HTTPException: for an Accept header that takes nothing of what the endpoint offers.
    :raises Refusal: for a query or a body that its endpoint does not take.
    """
    context, endpoint = context_of(request), endpoint_of(request)
    if endpoint is None:
        return
    known = {each.name: each.most for each in endpoint.parameters}
    context.query = parsed(context.raw_query, known=known)
    _check_accept(endpoint, context, elsewhere=files_of(request))
    if endpoint.body:
        context.body = await body_of(request, endpoint.body)


def _check_accept(endpoint: Endpoint, context: RequestContext, *, elsewhere: Sequence[str]) -> None:
    """What is sent as it was received is given to whoever accepts whatever; who names a format needs no Accept."""
    if endpoint.is_sent_as_received or "format" in context.query:
        return
    if negotiated(context.headers.accept, endpoint.offers) is None:
        refused = not_acceptable(endpoint.offers, elsewhere=elsewhere)
        raise HTTPException(refused.detail, status_code=refused.status)


def not_acceptable(offers: Sequence[str], *, elsewhere: Sequence[str] = ()) -> Verdict:
    """What is said to a caller who takes none of the media types of a path; `elsewhere` are paths with others."""
    served = f"this is served as {', '.join(offers)}: name one of them in Accept, or say format=..."
    if len(offers) == 1:
        others = f"; other formats are at {', '.join(elsewhere)}" if elsewhere else ""
        served = f"only {offers[0]} is served here{others}"
    return Verdict(code=ProblemCode.NOT_ACCEPTABLE, detail=served)
