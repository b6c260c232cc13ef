"""The sweep under way: what it covered so far, and its end, by questions to the pages as received."""

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any

from crypto.adapters.postgres.connection.database import DriverConnection
from crypto.adapters.postgres.connection.errors import translated
from crypto.adapters.postgres.ingest.fence import fetch_one, key, locked_checkpoint, recorded_at
from crypto.adapters.postgres.ingest.unseen_coins import mark_unseen_coins
from crypto.domain.coverage import Coverage
from crypto.domain.run import Run

LAST_DIGESTS = """
    SELECT sha256
      FROM raw_pages
     WHERE source = %(source)s AND sweep_id = %(sweep_id)s AND NOT context ? 'asked_for'
     ORDER BY page_seq DESC
     LIMIT %(count)s
"""
COVERAGE = """
    WITH here AS MATERIALIZED (
        SELECT context ? 'asked_for' AS is_by_id, context -> 'asked_for' AS asked_for, coin_ids, page_seq
          FROM raw_pages
         WHERE source = %(source)s AND sweep_id = %(sweep_id)s
    ), spoken_of AS (
        SELECT coin_id, true AS is_named, NOT is_by_id AS is_listed, false AS was_asked, NULL::int AS expected_on,
               NULL::timestamptz AS asked_at, NULL::bigint AS followed_on
          FROM here, unnest(coin_ids) AS coin_id
         UNION ALL
        SELECT coin_id, false, false, true, NULL, NULL, NULL
          FROM here, jsonb_array_elements_text(asked_for) AS coin_id
         UNION ALL
        SELECT coin_id, false, false, false, NULL, coalesce(asked_at, '-infinity'), NULL
          FROM latest_crypto_data
         WHERE source = %(source)s AND unseen_since IS NULL
         UNION ALL
        SELECT coin_id, false, false, false, NULL, NULL, place
          FROM unnest(%(followed)s::text[]) WITH ORDINALITY AS followed (coin_id, place)
         UNION ALL
        SELECT coin_id, false, false, false, page_seq, NULL, NULL
          FROM raw_pages, unnest(coin_ids) AS coin_id
         WHERE source = %(source)s AND sweep_id = %(good_sweep_id)s AND NOT context ? 'asked_for'
           AND (%(most_pages)s::int IS NULL OR page_seq <= %(most_pages)s)
    ), coins AS (
        SELECT coin_id, bool_or(is_named) AS is_named, bool_or(is_listed) AS is_listed,
               bool_or(was_asked) AS was_asked, min(expected_on) AS expected_on, min(asked_at) AS asked_at,
               min(followed_on) AS followed_on
          FROM spoken_of
         GROUP BY coin_id
    )
    SELECT count(*) FILTER (WHERE is_listed),
           count(*) FILTER (WHERE is_named),
           count(expected_on),
           count(coalesce(expected_on, followed_on)) FILTER (WHERE NOT is_named),
           array_agg(coin_id ORDER BY expected_on, coin_id)
               FILTER (WHERE expected_on IS NOT NULL AND followed_on IS NULL AND NOT is_named AND NOT was_asked),
           (SELECT count(*) FROM here WHERE is_by_id),
           array_agg(coin_id ORDER BY asked_at, coin_id)
               FILTER (WHERE asked_at IS NOT NULL AND coalesce(expected_on, followed_on) IS NULL
                         AND NOT is_named AND NOT was_asked),
           array_agg(coin_id ORDER BY followed_on)
               FILTER (WHERE followed_on IS NOT NULL AND NOT is_named AND NOT was_asked),
           array_agg(coin_id ORDER BY followed_on)
               FILTER (WHERE followed_on IS NOT NULL AND NOT is_named AND was_asked),
           (SELECT coin_ids = '{}' FROM here WHERE NOT is_by_id ORDER BY page_seq DESC LIMIT 1)
      FROM coins
"""
"""Every coin is met once, in one aggregate: no membership test whose list may outgrow the memory for it."""
FIGURES = "UPDATE runs SET coins_named = %(named)s, coins_missing = %(missing)s WHERE run_id = %(run_id)s"
COMPLETE = """
    UPDATE checkpoints
       SET sweep_id = NULL, sweep_started_at = NULL, page_seq = 0, sweep_holes = 0, failed_cursor = NULL,
           listed = false, marks = marks + %(marked)s,
           good_sweep_id = CASE WHEN %(good)s THEN sweep_id ELSE good_sweep_id END
     WHERE source = %(source)s AND feed = %(feed)s
"""

Fenced = Callable[[], AbstractAsyncContextManager[DriverConnection]]
"""Opens a transaction that holds the checkpoint's row, if the run's epoch is still the newest."""


class PostgresOpenSweep:
    """Works in transactions that begin with the fence."""

    def __init__(self, fenced: Fenced, run: Run) -> None:
        self._fenced = fenced
        self._run = run

    async def last_digests(self, count: int) -> Sequence[bytes]:
        """The SHA-256 of the bodies of the sweep's last `count` list pages, the newest at the end."""
        wanted = {"source": self._run.source, "sweep_id": self._run.sweep_id, "count": count}
        with translated():
            async with self._fenced() as connection:
                rows = await (await connection.execute(LAST_DIGESTS, wanted)).fetchall()
        return [digest for (digest,) in reversed(rows)]

    async def coverage(self, *, most_pages: int | None, followed: Sequence[str] = ()) -> Coverage:
        """What the sweep has covered so far of what it should."""
        with translated():
            async with self._fenced() as connection:
                checkpoint = await locked_checkpoint(connection, self._run.of)
                sweeps = {"sweep_id": checkpoint.sweep_id, "good_sweep_id": checkpoint.good_sweep_id}
                asked = {"source": self._run.source, "most_pages": most_pages, "followed": [*followed], **sweeps}
                counted = await fetch_one(connection, COVERAGE, asked)
        return _coverage(counted, holes=checkpoint.sweep_holes)

    async def complete(self, coverage: Coverage, *, believed: bool, cut: bool) -> None:
        """End it; a second attempt, after a COMMIT whose answer was lost, finds that done."""
        with translated():
            async with self._fenced() as connection:
                await self._complete(connection, coverage, believed=believed, cut=cut)

    async def _complete(
        self, connection: DriverConnection, coverage: Coverage, *, believed: bool, cut: bool
    ) -> None:
        checkpoint = await locked_checkpoint(connection, self._run.of)
        if checkpoint.sweep_id is None:
            return
        marked = 0
        if believed:
            at = await recorded_at(connection, checkpoint)
            marked = await mark_unseen_coins(connection, checkpoint, at=at, cut=cut)
        figures = {"named": coverage.named, "missing": coverage.missing, "run_id": self._run.run_id}
        await connection.execute(FIGURES, figures)
        good = believed and not checkpoint.sweep_holes
        await connection.execute(COMPLETE, {"good": good, "marked": marked, **key(self._run.of)})


def _coverage(counted: tuple[Any, ...], *, holes: int) -> Coverage:
    listed, named, expected, missing, unasked, pages_by_id, below, unfollowed, unknown, ends = counted
    return Coverage(
        listed=listed,
        named=named,
        expected=expected,
        missing=missing,
        unasked=tuple(unasked or ()),
        pages_by_id=pages_by_id,
        holes=holes,
        below=tuple(below or ()),
        unfollowed=tuple(unfollowed or ()),
        unknown=tuple(unknown or ()),
        ends=bool(ends),
    )
