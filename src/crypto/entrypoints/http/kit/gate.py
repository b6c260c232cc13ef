"""What a request for JSON must pass before its endpoint is asked: it takes JSON, and asks only what there is."""

from collections.abc import Sequence
from http import HTTPStatus

from litestar.exceptions import HTTPException

from crypto.entrypoints.http.kit.endpoint import Endpoint
from crypto.entrypoints.http.kit.negotiation import accepts_json
from crypto.entrypoints.http.kit.query_string import parsed
from crypto.entrypoints.http.kit.router import Gate
from crypto.entrypoints.http.kit.scope import AnyRequest, context_of
from crypto.entrypoints.http.kit.verdict import Verdict, unexpected

NOT_ACCEPTABLE = Verdict(status=HTTPStatus.NOT_ACCEPTABLE, detail="only application/json is served here")

ALWAYS = (
    Verdict(status=HTTPStatus.BAD_REQUEST, detail="there is no parameter 'limit' here", parameter="limit"),
    NOT_ACCEPTABLE,
    Verdict(status=HTTPStatus.REQUEST_URI_TOO_LONG, detail="the path and query are too long; shorten them"),
    unexpected(),
)
"""Examples of what any request behind this gate may meet."""


def json_gate(endpoints: Sequence[Endpoint]) -> Gate:
    """A gate that lets pass what takes JSON, and puts the query into the request's context.

    It raises HTTPException for an Accept header without JSON, BadRequest for a query that its path does not take.
    """
    known = {each.path: {asked.name: asked.most for asked in each.parameters} for each in endpoints}

    async def gate(request: AnyRequest) -> None:
        context = context_of(request)
        if not accepts_json(context.accept):
            raise HTTPException(NOT_ACCEPTABLE.detail, status_code=NOT_ACCEPTABLE.status)
        context.query = parsed(context.raw_query, known=known.get(request.scope["path"], {}))

    return gate
