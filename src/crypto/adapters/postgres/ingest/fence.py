"""The fence: who took a feed over raised its epoch, and whoever comes late writes nothing."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, LiteralString

from crypto.adapters.postgres.connection.database import DriverConnection
from crypto.adapters.postgres.schema.rows import CHECKPOINT, checkpoint_of
from crypto.application.errors import FencedOff, StoreUnavailable
from crypto.domain.feed import Feed
from crypto.domain.run import Checkpoint, Run

CHECKPOINT_FOR_UPDATE = f"""
    SELECT {", ".join(CHECKPOINT)}
      FROM checkpoints
     WHERE source = %(source)s AND feed = %(feed)s
       FOR UPDATE
"""
RECORDED_AT = "SELECT greatest(clock_timestamp(), %s::timestamptz + interval '1 microsecond')"
STANDING = """
    SELECT epoch, (SELECT pages FROM runs WHERE run_id = %(run_id)s)
      FROM checkpoints
     WHERE source = %(source)s AND feed = %(feed)s
"""


async def locked_checkpoint(connection: DriverConnection, feed: Feed) -> Checkpoint:
    """The checkpoint, its row held to the end of the transaction."""
    return checkpoint_of(await fetch_one(connection, CHECKPOINT_FOR_UPDATE, key(feed)))


async def fence(connection: DriverConnection, run: Run) -> Checkpoint:
    """The checkpoint, held, if this run still is the source's holder.

    :raises FencedOff: when a newer holder took over.
    """
    checkpoint = await locked_checkpoint(connection, run.of)
    if checkpoint.epoch != run.epoch:
        raise FencedOff(_taken_over(run, checkpoint.epoch))
    return checkpoint


async def recorded_at(connection: DriverConnection, checkpoint: Checkpoint) -> datetime:
    """The moment of what is written now, by the database's clock: after all that was written before."""
    moment: datetime
    (moment,) = await fetch_one(connection, RECORDED_AT, [checkpoint.changed_at])
    return moment


async def check_unchanged(connection: DriverConnection, run: Run, *, pages: int) -> None:
    """See that nobody took the source over, and that the run's pages are all there.

    :raises FencedOff: when a newer holder took over.
    :raises StoreUnavailable: when pages are gone, as after a failover to a replica that lagged behind.
    """
    epoch, kept = await fetch_one(connection, STANDING, {**key(run.of), "run_id": run.run_id})
    if epoch > run.epoch:
        raise FencedOff(_taken_over(run, epoch))
    if (epoch, kept) != (run.epoch, pages):
        back = f"the database went back to an earlier state: it has {kept or 0} of this run's {pages} pages"
        raise StoreUnavailable(f"{back}; the next run goes on from there")


def _taken_over(run: Run, epoch: int) -> str:
    return f"{run.of} was taken over by a newer run (epoch {epoch}); this one stops"


def key(feed: Feed) -> dict[str, object]:
    """The values by which statements name a feed."""
    return {"source": feed.source, "feed": feed.name}


async def fetch_one(
    connection: DriverConnection, query: LiteralString, values: Sequence[object] | Mapping[str, object] = ()
) -> tuple[Any, ...]:
    """The one row that a query must give.

    :raises StoreUnavailable: when it gives none: someone else changed our tables.
    """
    row = await (await connection.execute(query, values)).fetchone()
    if row is None:
        raise StoreUnavailable(f"the database lost a row that must be there: {' '.join(query.split())[:80]}")
    return row
