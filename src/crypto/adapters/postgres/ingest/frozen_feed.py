"""Whether a source's feed still moves: its newest stamp beside the one after the sweep before."""

from datetime import datetime, timedelta

from crypto.adapters.postgres.connection.database import DriverConnection
from crypto.adapters.postgres.ingest.fence import key
from crypto.domain.feed import Feed

WATCH = """
    UPDATE checkpoints
       SET frozen_since = CASE WHEN newest.stamp <= checkpoints.newest_stamp
                                AND newest.stamp < %(arrived_at)s::timestamptz - %(update_cycle)s::interval
                               THEN newest.stamp END,
           newest_stamp = newest.stamp
      FROM (SELECT max(observed_at) AS stamp
              FROM latest_crypto_data
             WHERE source = %(source)s) AS newest
     WHERE source = %(source)s AND feed = %(feed)s
"""


async def watch_feed(
    connection: DriverConnection, feed: Feed, *, arrived_at: datetime, update_cycle: timedelta
) -> None:
    """Write down the newest stamp, and since when the feed is frozen; NULL when it moves."""
    of_sweep = {**key(feed), "arrived_at": arrived_at, "update_cycle": update_cycle}
    await connection.execute(WATCH, of_sweep)
