"""What a page transaction adds to the counters of quotes and coins."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from crypto.adapters.postgres.connection.database import DriverConnection
from crypto.adapters.postgres.schema import quote_counts

LOCK = "SELECT pg_advisory_xact_lock(1668901220, hashtext(%(source)s))"
"""Two feeds of one source do not split the same stretch at once."""


@dataclass
class Tally:
    """How many quotes came, or left, in each second, and how many coins and open rejections more there are."""

    by_second: Counter[datetime] = field(default_factory=Counter)
    coins: int = 0
    rejections: int = 0

    @property
    def quotes(self) -> int:
        """How many quotes more there are."""
        return self.by_second.total()

    def came(self, observed: Iterable[datetime]) -> None:
        """Count the quotes that were observed then."""
        self.by_second.update(each.replace(microsecond=0) for each in observed)

    def left(self, observed: Iterable[datetime]) -> None:
        """Take off the quotes that were observed then."""
        self.by_second.subtract(each.replace(microsecond=0) for each in observed)

    def add(self, other: "Tally") -> None:
        """Count what another has counted."""
        self.by_second.update(other.by_second)
        self.coins += other.coins
        self.rejections += other.rejections


async def write_counts(connection: DriverConnection, source: str, tally: Tally) -> None:
    """Bring the counters of a source to what its quotes are now, in the transaction that writes these."""
    changed = {second: quotes for second, quotes in tally.by_second.items() if quotes}
    if not changed:
        return
    of_source: dict[str, object] = {"source": source}
    await connection.execute(LOCK, of_source)
    added = {"moments": list(changed), "quotes": list(changed.values())}
    written = await connection.execute(quote_counts.ADD, of_source | added)
    while too_large := quote_counts.large(await written.fetchall()):
        written = await connection.execute(quote_counts.SPLIT, of_source | too_large._asdict())
