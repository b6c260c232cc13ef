"""GET / and the base of the API: the service's name and version, and where things are."""

from collections.abc import Mapping
from importlib.metadata import version

from msgspec import Struct

from crypto.entrypoints.http.kit.answer import Answer
from crypto.entrypoints.http.kit.endpoint import Endpoint
from crypto.entrypoints.http.kit.example_values import REQUEST_ID
from crypto.entrypoints.http.kit.request_context import RequestContext
from crypto.entrypoints.http.kit.tags import ABOUT

NAME = "crypto"


class OverviewAnswer(Struct, frozen=True, kw_only=True):
    """What there is: the path of each thing by its name."""

    service: str
    version: str
    links: dict[str, str]
    request_id: str
    api_latency_ms: float


def endpoints(links: Mapping[str, str], *, at: Mapping[str, str]) -> tuple[Endpoint, ...]:
    """The overview of these links; `at` has the names and paths by which it is found."""
    of = dict(links)

    async def overview(context: RequestContext) -> Answer:
        body = OverviewAnswer(
            service=NAME,
            version=version(NAME),
            links=of,
            request_id=context.request_id,
            api_latency_ms=context.latency_ms,
        )
        return Answer(body=body)

    example = OverviewAnswer(service=NAME, version="0.1.0", links=of, request_id=REQUEST_ID, api_latency_ms=0.1)
    return tuple(
        Endpoint(path=path, name=name, tag=ABOUT, summary="What there is.", answer=overview, example=example)
        for name, path in at.items()
    )
