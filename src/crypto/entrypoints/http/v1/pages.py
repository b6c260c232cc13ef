"""GET /pages/{page_id} and /pages/{page_id}/body: a stored page, and its bytes exactly as they were received."""

import re
from base64 import b64encode
from http import HTTPStatus
from typing import Any

from msgspec import Struct

from crypto.application.errors import UnknownPage
from crypto.application.operate.read_page import ReadPage
from crypto.domain.page import PageFacts
from crypto.entrypoints.http.kit.answer import Answer, Moment
from crypto.entrypoints.http.kit.cache_policies import FOR_EVER
from crypto.entrypoints.http.kit.endpoint import Endpoint, Service
from crypto.entrypoints.http.kit.example_values import INGESTED, REQUEST_ID, STARTED
from crypto.entrypoints.http.kit.parameters import number
from crypto.entrypoints.http.kit.pieces import Parts
from crypto.entrypoints.http.kit.query_string import decoded
from crypto.entrypoints.http.kit.request_context import RequestContext
from crypto.entrypoints.http.kit.tags import MARKET_DATA
from crypto.entrypoints.http.kit.validators import has_copy
from crypto.entrypoints.http.kit.verdict import database_away, judge

PATH = "/pages"
BYTES = "application/octet-stream"

PAGE_ID = number("page_id", "The id of a page, as quotes and rejections name it.", example=812)
NO_SUCH_PAGE = judge(UnknownPage("no page 812 is stored; each quote and each rejection names its page_id"))

_MEDIA_TYPE = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+/[!#$%&'*+.^_`|~0-9A-Za-z-]+[ -~]*")


class PageAnswer(Struct, frozen=True, kw_only=True):
    """A stored page: what was asked, and what is known of the answer without reading it.

    `request` has no secrets. `context` is what reading the bytes takes beside them, as the header of a CSV file of
    which they are a part. `body_url` leads to the bytes, `sha256` is of them.
    """

    page_id: int
    source: str
    feed: str
    run_id: int
    sweep_id: int | None
    page_seq: int
    request: dict[str, Any]
    context: dict[str, Any]
    requested_at: Moment
    received_at: Moment
    status: int | None
    headers: dict[str, str]
    sha256: str
    size_bytes: int
    coins: int
    parser_version: int
    is_last: bool
    body_url: str
    request_id: str
    api_latency_ms: float


EXAMPLE = PageAnswer(
    page_id=812,
    source="coingecko",
    feed="prices",
    run_id=41,
    sweep_id=9,
    page_seq=1,
    request={"url": "https://api.coingecko.com/api/v3/coins/markets", "page": "1"},
    context={},
    requested_at=STARTED,
    received_at=INGESTED,
    status=200,
    headers={"content-type": "application/json; charset=utf-8"},
    sha256="e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    size_bytes=187_201,
    coins=250,
    parser_version=2,
    is_last=False,
    body_url="/api/v1/pages/812/body",
    request_id=REQUEST_ID,
    api_latency_ms=1.4,
)
BODY_EXAMPLE = b'[{"id":"bitcoin","symbol":"btc","current_price":110394.5}]'


def endpoints(service: Service) -> tuple[Endpoint, ...]:
    """A page, and its bytes."""
    return (_page(service), _body(service))


def _page(service: Service) -> Endpoint:
    read_page = service.use_case(ReadPage)

    async def page(context: RequestContext) -> Answer:
        return Answer(body=_answer(await read_page(_page_id(context.raw_path)), context))

    return Endpoint(
        path=f"{PATH}/{{page_id}}",
        name="Page",
        tag=MARKET_DATA,
        summary="The stored page that a number was read from: what was asked, when, and where its bytes are.",
        in_path=(PAGE_ID,),
        answer=page,
        example=EXAMPLE,
        problems=(NO_SUCH_PAGE, database_away()),
    )


def _body(service: Service) -> Endpoint:
    read_page = service.use_case(ReadPage)

    async def body(context: RequestContext) -> Answer:
        page = await read_page(_page_id(context.raw_path))
        headers = _headers(page)
        if has_copy(context.headers.if_none_match, headers["ETag"]):
            return Answer(body=None, status=HTTPStatus.NOT_MODIFIED, cache=FOR_EVER, headers=headers)
        sent = None if context.method == "HEAD" else Parts(await read_page.body(page))
        length = {"Content-Length": str(page.size_bytes)}
        return Answer(body=sent, media=_media(page), cache=FOR_EVER, headers={**headers, **length})

    return Endpoint(
        path=f"{PATH}/{{page_id}}/body",
        name="PageBody",
        tag=MARKET_DATA,
        summary="The bytes of a stored page, exactly as they were received, to recompute a number from.",
        in_path=(PAGE_ID,),
        answer=body,
        example=BODY_EXAMPLE,
        problems=(NO_SUCH_PAGE, database_away()),
    )


def _page_id(path: bytes) -> int:
    """The id in a path as sent.

    :raises BadRequest: for one that no page can have.
    """
    _, _, rest = path.partition(f"{PATH}/".encode())
    sent = decoded(rest.partition(b"/")[0], of=PAGE_ID.name)
    return PAGE_ID.of({PAGE_ID.name: (sent,)}) or 0


def _headers(page: PageFacts) -> dict[str, str]:
    """A browser saves the bytes and never shows them: a provider's HTML is not ours."""
    digest = b64encode(bytes.fromhex(page.sha256)).decode()
    return {
        "ETag": f'"{page.sha256}"',
        "Repr-Digest": f"sha-256=:{digest}:",
        "Content-Disposition": f'attachment; filename="page-{page.page_id}"',
    }


def _media(page: PageFacts) -> str:
    """The media type as the provider sent it, if it is one."""
    sent = page.content_type or ""
    return sent if _MEDIA_TYPE.fullmatch(sent) else BYTES


def _answer(page: PageFacts, context: RequestContext) -> PageAnswer:
    return PageAnswer(
        page_id=page.page_id,
        source=page.source,
        feed=page.feed,
        run_id=page.run_id,
        sweep_id=page.sweep_id,
        page_seq=page.page_seq,
        request=dict(page.request),
        context=dict(page.context),
        requested_at=page.requested_at,
        received_at=page.received_at,
        status=page.status,
        headers=dict(page.headers),
        sha256=page.sha256,
        size_bytes=page.size_bytes,
        coins=page.coins,
        parser_version=page.parser_version,
        is_last=page.is_last,
        body_url=f"{context.path.rstrip('/')}/body",
        request_id=context.request_id,
        api_latency_ms=context.latency_ms,
    )
