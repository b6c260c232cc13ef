"""The log of changes: which pages' quotes a transaction changed, numbered in the order of commits.

The number is taken under a lock of the source that lasts to COMMIT, whichever of its feeds writes: who has read
number n of a source will find no smaller one appear later.
"""

from collections.abc import Collection

from crypto.adapters.postgres.connection.database import DriverConnection
from crypto.adapters.postgres.ingest.tally import LOCK
from crypto.domain.page import StoredPage

LOG = """
    INSERT INTO quote_changes (source, change, version, page_id, ingested_at)
    SELECT %(source)s, last.change + place, %(version)s, page_id, ingested_at
      FROM unnest(%(page_ids)s::bigint[], %(moments)s::timestamptz[])
           WITH ORDINALITY AS changed (page_id, ingested_at, place)
     CROSS JOIN (SELECT coalesce(max(change), 0) AS change
                   FROM quote_changes
                  WHERE source = %(source)s) AS last
"""


async def log_changes(
    connection: DriverConnection, source: str, pages: Collection[StoredPage], *, version: int
) -> None:
    """Note, in the transaction that changed them, the pages whose quotes are believed or not since `version`."""
    if not pages:
        return
    of_source: dict[str, object] = {"source": source, "version": version}
    await connection.execute(LOCK, of_source)  # a statement of its own: the next one sees what we waited for
    changed = {
        "page_ids": [each.page_id for each in pages],
        "moments": [each.page.received_at for each in pages],
    }
    await connection.execute(LOG, of_source | changed)
