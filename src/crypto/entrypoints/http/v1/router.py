"""The REST API, version 1: its resources, and what is about all of them."""

from litestar import Router
from msgspec.structs import replace

from crypto.entrypoints.http.docs import page as docs_page
from crypto.entrypoints.http.docs.openapi_endpoint import with_document
from crypto.entrypoints.http.kit.data_answers import DataAnswers
from crypto.entrypoints.http.kit.endpoint import Endpoint, Service, Slice
from crypto.entrypoints.http.kit.gate import json_gate
from crypto.entrypoints.http.kit.problems import OnError, Problems
from crypto.entrypoints.http.kit.router import router
from crypto.entrypoints.http.v1 import (
    changes,
    coins,
    export,
    health,
    overview,
    pages,
    price_lookups,
    quotes,
    rejections,
    runs,
    skipped,
    sources,
    stats,
    stream,
)

BASE = "/api/v1"

DOCUMENT = f"{BASE}/openapi.json"

SLICES: tuple[Slice, ...] = (
    quotes.endpoints,
    export.endpoints,
    coins.endpoints,
    price_lookups.endpoints,
    changes.endpoints,
    stream.endpoints,
    sources.endpoints,
    stats.endpoints,
    runs.endpoints,
    rejections.endpoints,
    skipped.endpoints,
    pages.endpoints,
    health.endpoints,
)
"""A resource each, in the order of a reader's interest."""

PROBES = tuple(f"{BASE}{path}" for path in (health.PATH, health.LIVE_PATH, health.READY_PATH))
"""What is asked again and again by whoever watches the service."""


def v1_router(service: Service, *, on_error: OnError, data: DataAnswers) -> Router:
    """The API on what stands behind it; `on_error` is told of errors nobody expected."""
    served = v1_endpoints(service)
    return router(served, gate=json_gate, errors=Problems(on_error), data=data)


def v1_endpoints(service: Service) -> tuple[Endpoint, ...]:
    """Every endpoint by its whole path: the overview first, then the resources, then their document."""
    resources = [_whole(each) for endpoints in SLICES for each in endpoints(service)]
    links = {each.link: each.path for each in resources if each.link}
    links |= {"openapi": DOCUMENT, "docs": docs_page.PATH}
    overviews = overview.endpoints(links, at={"Overview": "/", "ApiOverview": BASE})
    return with_document((*overviews, *resources), path=DOCUMENT)


def _whole(endpoint: Endpoint) -> Endpoint:
    return replace(endpoint, path=f"{BASE}{endpoint.path}")
