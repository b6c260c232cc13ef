"""What the stored pages must have become: the oracle's own recomputation, record by record."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from tests.faults.oracle.reading import Key, Said, plainly, records
from tests.faults.oracle.stored import Row, Stored

Coin = tuple[str, Key]
"""(source, key)"""

QUOTE_COLUMNS = ("name", "symbol", "price_usd", "market_cap", "volume_24h")
TOLERANCE = timedelta(minutes=10)
"""How far ahead of its arrival a record may be stamped."""

ALLOWED_REASONS = {"contradicted_in_page"}
"""Why a plain record may be rejected all the same."""


class History:
    """Plays the pages in their order; `complaints` are the records that became nothing, or two things."""

    def __init__(self, stored: Stored) -> None:
        self.believed: defaultdict[Coin, list[Said]] = defaultdict(list)
        self.counted: defaultdict[int, Counter[str]] = defaultdict(Counter)
        self.complaints: list[str] = []
        self._rejected = {(row["page_id"], row["position"]): row["reason"] for row in stored.rejections}
        for page in stored.pages:
            self._play(page)
        self._compare(stored)

    def _play(self, page: Row) -> None:
        found = records(bytes(page["body"]))
        tally = self.counted[page["run_id"]]
        tally["pages"] += 1
        if found is None:
            tally.update(received=1, rejected=1)
            self._expect_rejected(page, 0, "no list of records")
            return
        tally["received"] += len(found)
        last: dict[Key, tuple[int, Said]] = {}
        for position, key, said in self._believable(page, found):
            last[key] = position, said
        for position, key, said in self._believable(page, found, quiet=True):
            self._believe(page, key, said, is_last=last[key][0] == position, contradicts=said != last[key][1])

    def _believable(self, page: Row, found: Any, *, quiet: bool = False) -> Iterator[tuple[int, Key, Said]]:
        for position, record in enumerate(found):
            reading = plainly(page["source"], record)
            if reading and reading[0][1] > page["received_at"] + TOLERANCE:
                reading = None  # a stamp of the future
            reason = self._rejected.get((page["page_id"], position))
            if not quiet:
                self._judge(page, position, readable=reading is not None, reason=reason)
            if reading is not None and (reason is None or reason in ALLOWED_REASONS):
                yield position, *reading

    def _judge(self, page: Row, position: int, *, readable: bool, reason: str | None) -> None:
        if reason is not None and reason not in ALLOWED_REASONS:
            self.counted[page["run_id"]]["rejected"] += 1
        where = f"record {position} of page {page['page_id']} ({page['source']})"
        if readable and reason is not None and reason not in ALLOWED_REASONS:
            self.complaints.append(f"{where} is plain and was rejected: {reason}")
        if not readable and reason is None:
            self.complaints.append(f"{where} is odd and was not rejected")

    def _believe(self, page: Row, key: Key, said: Said, *, is_last: bool, contradicts: bool) -> None:
        tally, versions = self.counted[page["run_id"]], self.believed[page["source"], key]
        if not is_last:
            tally["rejected" if contradicts else "unchanged"] += 1
        elif not versions:
            tally["inserted"] += 1
            versions.append(said)
        elif versions[-1] == said:
            tally["unchanged"] += 1
        else:
            tally["restated"] += 1
            versions.append(said)

    def _expect_rejected(self, page: Row, position: int, why: str) -> None:
        if (page["page_id"], position) not in self._rejected:
            self.complaints.append(f"page {page['page_id']} is {why} and was not rejected")

    def _compare(self, stored: Stored) -> None:
        kept: defaultdict[Coin, list[Said]] = defaultdict(list)
        for row in [*stored.superseded, *stored.unified]:
            kept[row["source"], (row["coin_id"], row["observed_at"])].append(_said(row))
        for coin in self.believed.keys() | kept.keys():
            served, found = self.believed.get(coin, []), kept.get(coin, [])
            if served != found:
                source, (coin_id, stamp) = coin
                counts = f"{len(served)} version(s) served, {len(found)} stored, or other values"
                self.complaints.append(f"{source} {coin_id} at {stamp:%H:%M:%S.%f}: {counts}")


def _said(row: Row) -> Said:
    name, symbol, price, cap, volume = (row[column] for column in QUOTE_COLUMNS)
    return name, symbol, price, cap, volume
