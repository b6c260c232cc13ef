"""The endpoint that answers with the OpenAPI document of all the others, and of itself."""

from msgspec import Raw

from crypto.entrypoints.http.docs.openapi import NAME, OPENAPI_VERSION, DocumentAnswer, document
from crypto.entrypoints.http.kit.answer import ENCODER, Answer
from crypto.entrypoints.http.kit.endpoint import Endpoint
from crypto.entrypoints.http.kit.request_context import RequestContext
from crypto.entrypoints.http.kit.tags import ABOUT, MARKET_DATA

EXAMPLE = DocumentAnswer(
    openapi=OPENAPI_VERSION,
    info={"title": NAME, "version": "0.1.0"},
    servers=({"url": "/"},),
    security=({},),
    tags=({"name": MARKET_DATA.name},),
    paths={},
    components={},
)


def with_document(endpoints: tuple[Endpoint, ...], *, path: str) -> tuple[Endpoint, ...]:
    """These endpoints, and at `path` one more that describes them all."""

    async def describe(_: RequestContext) -> Answer:
        return Answer(body=body)

    itself = Endpoint(
        path=path, name="Document", tag=ABOUT, summary="This document.", answer=describe, example=EXAMPLE
    )
    described = (*endpoints, itself)
    body = Raw(ENCODER.encode(document(described)))
    return described
