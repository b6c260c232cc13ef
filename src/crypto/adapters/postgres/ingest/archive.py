"""The pages as received: every byte, in order of arrival."""

import hashlib
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, LiteralString

import psycopg
from psycopg.types.json import Json, Jsonb

from crypto.adapters.platform.system_clock import SystemClock
from crypto.adapters.postgres.connection.database import Database, DriverConnection
from crypto.adapters.postgres.connection.errors import translated
from crypto.adapters.postgres.ingest.fence import fetch_one, key
from crypto.application.ports.ledger import unheard
from crypto.application.retries import Hear, retried
from crypto.domain.feed import Feed
from crypto.domain.page import RawPage, StoredPage
from crypto.domain.parts import PART

INSERT = """
    INSERT INTO raw_pages (page_id, source, feed, received_at, run_id, sweep_id, page_seq, request, context,
                           requested_at, status, headers, coin_ids, body_json, body_bytes, sha256,
                           parser_version, version, cursor_after, is_last)
    VALUES (nextval('page_ids'), %(source)s, %(feed)s, %(received_at)s, %(run_id)s, %(sweep_id)s, %(page_seq)s,
            %(request)s, %(context)s, %(requested_at)s, %(status)s, %(headers)s, %(coin_ids)s, %(body_json)s,
            %(body_bytes)b, %(sha256)s, %(parser_version)s, %(version)s, %(cursor_after)s, %(is_last)s)
    RETURNING page_id
"""
REDECLARE = """
    UPDATE raw_pages
       SET context = %(context)s, coin_ids = %(coin_ids)s
     WHERE source = %(source)s AND received_at = %(received_at)s AND page_id = %(page_id)s
"""
PAGES = """
    SELECT page_id, source, feed, request, context, requested_at, received_at, status, headers,
           coalesce(body_bytes, convert_to(body_json::text, 'UTF8')), cursor_after, is_last
      FROM raw_pages
"""
NEXT_PAGES = (
    PAGES
    + """
     WHERE source = %(source)s AND feed = %(feed)s AND (received_at, page_id) > (%(received_at)s, %(page_id)s)
       AND received_at >= %(received_from)s AND received_at < %(received_to)s
       AND (%(parts)s::text[] IS NULL OR context ->> %(part)s = ANY (%(parts)s))
     ORDER BY received_at, page_id
     LIMIT %(limit)s
"""
)
ONE_PAGE = PAGES + " WHERE page_id = %s"
PAGES_AT_ONCE = 4
BEGINNING = 64
FETCH_SECONDS = 30.0


async def insert_page(connection: DriverConnection, page: RawPage, facts: Mapping[str, object]) -> StoredPage:
    """Keep a page: as `json` (its text exactly) where PostgreSQL takes it for that, else as bytes."""
    values = {**_values(page), **facts}
    page_id = await _insert_json(connection, values, page.body)
    if page_id is None:
        as_bytes = {**values, "body_json": None, "body_bytes": page.body}
        (page_id,) = await fetch_one(connection, INSERT, as_bytes)
    return StoredPage(page_id=page_id, page=page)


async def redeclare_page(connection: DriverConnection, stored: StoredPage, *, coin_ids: Sequence[str]) -> None:
    """Keep the context that a page has now; its bytes stay."""
    page = stored.page
    values = {"source": page.source, "received_at": page.received_at, "page_id": stored.page_id}
    await connection.execute(REDECLARE, {**values, "context": Jsonb(page.context), "coin_ids": list(coin_ids)})


async def _insert_json(connection: DriverConnection, values: Mapping[str, object], body: bytes) -> int | None:
    """The page's id, or None when the body is not JSON to PostgreSQL."""
    if b"\x00" in body or body[:BEGINNING].lstrip()[:1] not in {b"[", b"{"}:
        return None
    try:
        async with connection.transaction():
            as_json = {**values, "body_json": Json(body, dumps=_as_sent), "body_bytes": None}
            return int((await fetch_one(connection, INSERT, as_json))[0])
    except psycopg.DataError:
        return None


def _as_sent(body: bytes) -> bytes:
    """No copy of the text is made: pages may be large."""
    return body


def _values(page: RawPage) -> dict[str, object]:
    return {
        "source": page.source,
        "feed": page.feed,
        "received_at": page.received_at,
        "request": Jsonb(page.request),
        "context": Jsonb(page.context),
        "requested_at": page.requested_at,
        "status": page.status,
        "headers": Jsonb(page.headers),
        "sha256": hashlib.sha256(page.body).digest(),
        "cursor_after": Jsonb(page.cursor_after),
        "is_last": page.is_last,
    }


class PostgresArchive:
    """Reads pages back, a few at a time: memory does not grow with their number."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def stored_pages(
        self,
        feed: Feed,
        *,
        received_from: datetime | None = None,
        received_to: datetime | None = None,
        parts: Collection[str] | None = None,
        hear: Hear = unheard,
    ) -> AsyncIterator[StoredPage]:
        """The stored pages of a feed in order of arrival; a database that is away is waited for."""
        at: dict[str, Any] = {
            **key(feed),
            "received_at": received_from or "-infinity",
            "page_id": 0,
            "received_from": received_from or "-infinity",
            "received_to": received_to or "infinity",
            "parts": None if parts is None else list(parts),
            "part": PART,
            "limit": PAGES_AT_ONCE,
        }
        while pages := await retried(SystemClock(), partial(self._fetch, NEXT_PAGES, at), hear=hear):
            for stored in pages:
                yield stored
            at |= {"received_at": pages[-1].page.received_at, "page_id": pages[-1].page_id}

    async def stored_page(self, page_id: int) -> StoredPage | None:
        """The page with this id, or None when there is none."""
        return next(iter(await self._fetch(ONE_PAGE, [page_id])), None)

    async def _fetch(self, query: LiteralString, values: Any) -> list[StoredPage]:
        with translated():
            async with self._database.driver_connection(FETCH_SECONDS) as connection:
                rows = await (await connection.execute(query, values)).fetchall()
        return [_stored(row) for row in rows]


def _stored(row: tuple[Any, ...]) -> StoredPage:
    names = ("source", "feed", "request", "context", "requested_at", "received_at", "status", "headers", "body")
    named = dict(zip((*names, "cursor_after", "is_last"), row[1:], strict=True))
    return StoredPage(page_id=row[0], page=RawPage(**named))
