"""What the database must hold after chaos, worked out from the script alone: no code of the service is used."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, TypeAlias

from msgspec import Struct

from tests.faults.chaos.chaos_provider import Script
from tests.faults.chaos.chaos_records import Record, Said
from tests.support.stores import InPostgres

Key: TypeAlias = tuple[str, str, datetime]
Rows: TypeAlias = Mapping[Any, tuple[Any, ...]]

NEW_PAGES = """
    SELECT page_id, source, run_id, sweep_id, page_seq, sha256,
           coalesce(convert_to(body_json::text, 'UTF8'), body_bytes), (request->'params'->>'page')::int
      FROM raw_pages WHERE page_id > %s ORDER BY page_id
"""
UNIFIED = """
    SELECT source, coin_id, observed_at, name, symbol, price_usd, market_cap, volume_24h, page_id, position
      FROM unified_crypto_data
"""
LATEST = "SELECT source, coin_id, observed_at, price_usd, page_id, position FROM latest_crypto_data"
REJECTED = "SELECT page_id, position, source FROM rejected_records WHERE resolved_at IS NULL AND field = ''"
RUNS = "SELECT run_id, pages, received, inserted, unchanged, restated, rejected FROM runs"
SUPERSEDED = "SELECT source, count(*)::int FROM superseded_crypto_data GROUP BY source"
VERSIONS = "SELECT source, version FROM checkpoints WHERE version > 0"
BACK_IN_A_SWEEP = """
    WITH pages AS (
        SELECT source, sweep_id, page_id, page_seq, sha256, body_json::text IS DISTINCT FROM '[]' AS has_records,
               context ? 'asked_for' AS by_id, (request->'params'->>'page')::int AS number
          FROM raw_pages
    ), steps AS (
        SELECT pages.*, page_seq - lag(page_seq) OVER sweep AS step,
               bool_or(by_id) OVER (PARTITION BY source, sweep_id ORDER BY page_id) AND NOT by_id AS is_late
          FROM pages WINDOW sweep AS (PARTITION BY source, sweep_id ORDER BY page_id)
    ), listed AS (
        SELECT source, sweep_id, page_id, number - lag(number) OVER sweep AS ahead,
               has_records AND sha256 = lag(sha256) OVER sweep AND sha256 = lag(sha256, 2) OVER sweep AS loops
          FROM pages WHERE NOT by_id WINDOW sweep AS (PARTITION BY source, sweep_id ORDER BY page_id)
    )
    SELECT source, sweep_id, page_id FROM steps WHERE step <> 1 OR is_late
     UNION
    SELECT source, sweep_id, page_id FROM listed WHERE ahead < 1 OR loops
"""
"""An answer by id comes after the whole list, and no page of a list is the third of the same bytes in a row."""

TWO_AT_ONCE = """
    SELECT run_id
      FROM (SELECT run_id, status, started_at < lag(finished_at) OVER by_source AS early,
                   epoch <= lag(epoch) OVER by_source AS behind
              FROM runs WINDOW by_source AS (PARTITION BY source ORDER BY run_id)) AS runs
     WHERE early OR behind OR status = 'running'
"""


class Believed(Struct, frozen=True):
    """What is believed of a coin's moment, and the record it was read from."""

    said: Said
    page_id: int
    position: int


class Oracle:
    """Told of the scripts; `check` reads the new pages and compares all tables with what they must hold."""

    def __init__(self, scripts: Mapping[str, Script]) -> None:
        self.pages = 0
        self._scripts = scripts
        self._last_page_id = 0
        self._kept: Counter[tuple[str, bytes]] = Counter()
        self._believed: dict[Key, Believed] = {}
        self._rejected: dict[tuple[int, int], tuple[str]] = {}
        self._superseded: Counter[str] = Counter()
        self._versions: Counter[str] = Counter()
        self._runs: defaultdict[int, list[int]] = defaultdict(lambda: [0] * 6)

    async def check(self, store: InPostgres) -> list[str]:
        """What is wrong, in words; nothing when all is as it must be."""
        wrong = [each for row in await store.rows(NEW_PAGES, self._last_page_id) for each in self._take(*row)]
        wrong += _differences("unified", self._unified(), await _keyed(store, UNIFIED, 3))
        wrong += _differences("latest", self._latest(), await _keyed(store, LATEST, 2))
        wrong += _differences("rejections", self._rejected, await _keyed(store, REJECTED, 2))
        wrong += _differences("runs", self._counted(), await _keyed(store, RUNS, 1), absent=(0,) * 6)
        wrong += _differences("superseded", _each(self._superseded), await _keyed(store, SUPERSEDED, 1))
        wrong += _differences("versions", _each(self._versions), await _keyed(store, VERSIONS, 1))
        wrong += [f"the sweep went back: {row}" for row in await store.rows(BACK_IN_A_SWEEP)]
        wrong += [f"a run not alone, or left running: {row}" for row in await store.rows(TWO_AT_ONCE)]
        return wrong

    def _take(
        self,
        page_id: int,
        source: str,
        run_id: int,
        sweep_id: int,
        page_seq: int,
        sha256: bytes,
        body: bytes,
        number: int | None,
    ) -> Iterator[str]:
        """A page that is new in the database."""
        self._last_page_id = page_id
        self.pages += 1
        script, digest = self._scripts[source], hashlib.sha256(body).digest()
        self._kept[source, digest] += 1
        if digest != sha256 or self._kept[source, digest] > script.served[digest]:
            yield f"page {page_id} of {source} was kept and never served so: {body[:80]!r}"
        else:
            self._fold(page_id, source, run_id, script.pages[digest])

    def _fold(self, page_id: int, source: str, run_id: int, records: tuple[Record, ...]) -> None:
        last = {(each.said.coin_id, each.said.observed_at): each.said for each in records if each.said}
        positions = {_key(each.said): position for position, each in enumerate(records) if each.said}
        inserted = restated = rejected = 0
        for position, record in enumerate(records):
            said = record.said
            if said is None or said != last[_key(said)]:
                self._rejected[page_id, position] = (source,)
                rejected += 1
            elif positions[_key(said)] == position:
                before = self._believed.get((source, *_key(said)))
                if before is None or before.said != said:
                    self._believed[source, *_key(said)] = Believed(said, page_id, position)
                    inserted += before is None
                    restated += before is not None
        unchanged = len(records) - inserted - restated - rejected
        counted = (1, len(records), inserted, unchanged, restated, rejected)
        self._runs[run_id] = [sum(each) for each in zip(self._runs[run_id], counted, strict=True)]
        self._superseded[source] += restated
        self._versions[source] += bool(inserted or restated)

    def _unified(self) -> Rows:
        return {
            key: (*_values(believed.said), believed.page_id, believed.position)
            for key, believed in self._believed.items()
        }

    def _latest(self) -> Rows:
        newest: dict[tuple[str, str], Believed] = {}
        for (source, coin_id, observed_at), believed in self._believed.items():
            other = newest.get((source, coin_id))
            if other is None or other.said.observed_at < observed_at:
                newest[source, coin_id] = believed
        return {
            key: (each.said.observed_at, each.said.price_usd, each.page_id, each.position)
            for key, each in newest.items()
        }

    def _counted(self) -> Rows:
        return {run_id: tuple(counters) for run_id, counters in self._runs.items()}


def _key(said: Said) -> tuple[str, datetime]:
    return said.coin_id, said.observed_at


def _values(said: Said) -> tuple[object, ...]:
    return said.name, said.symbol, said.price_usd, said.market_cap, said.volume_24h


def _each(counter: Counter[str]) -> Rows:
    return {name: (count,) for name, count in counter.items() if count}


async def _keyed(store: InPostgres, query: str, columns: int) -> Rows:
    """The rows by their first columns."""
    rows = await store.rows(query)
    return {row[:columns] if columns > 1 else row[0]: row[columns:] for row in rows}


def _differences(table: str, expected: Rows, found: Rows, absent: tuple[Any, ...] | None = None) -> list[str]:
    """Where the tables part; a row that is not expected may be `absent`'s equal."""
    keys = expected.keys() | found.keys()
    parted = [key for key in keys if expected.get(key, absent) != found.get(key, absent)]
    return [
        f"{table} {key}: must be {expected.get(key)}, is {found.get(key)}" for key in sorted(parted, key=str)[:3]
    ]
