"""HTTP limits: the same bytes without a database.

granian --interface asgi app_static:app   Litestar route returning bytes made at start
granian --interface asgi app_static:raw   the same bytes from a bare ASGI callable
SIZE=50 or 1000 items.
"""

import os

import msgspec
from litestar import Litestar, Response, get

ITEMS = [
    {
        "coin_id": f"coin-{i:05d}",
        "name": f"Coin {i}",
        "symbol": f"c{i}",
        "price_usd": 12345.12345678,
        "market_cap": 104729001.0,
        "volume_24h": 15485863.0,
        "source": "coingecko",
        "ingested_at": "2025-01-07T22:30:00Z",
    }
    for i in range(int(os.environ.get("SIZE", "50")))
]
BODY = msgspec.json.encode(
    {
        "items": ITEMS,
        "total": 1000000,
        "page": 1,
        "page_size": len(ITEMS),
        "request_id": "f3a1c2d4-0000-4000-8000-000000000000",
        "api_latency_ms": 0.123,
    }
)
HEADERS = [(b"content-type", b"application/json"), (b"content-length", str(len(BODY)).encode())]


@get("/api/v1/data", media_type="application/json")
async def data() -> Response[bytes]:
    return Response(BODY, media_type="application/json")


app = Litestar([data], openapi_config=None)


async def raw(scope, receive, send):
    if scope["type"] != "http":
        return
    await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
    await send({"type": "http.response.body", "body": BODY})
