"""The invariants, checked by SQL and by what the upstream's log says it served; none of our code decides here.

`complaints(read(url), served)` is empty when nothing is lost, nothing doubled and nothing stuck.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from tests.faults.oracle.history import History
from tests.faults.oracle.stored import Row, Stored
from tests.faults.upstream.served import Served

COUNTED = ("received", "inserted", "unchanged", "restated", "rejected", "pages")


def complaints(
    stored: Stored, served: Sequence[Served], *, kills: int | None = None, at_rest: bool = True
) -> list[str]:
    """What is wrong with the database; `at_rest` when no ingest runs and the last one ended by itself.

    With `kills`, no more pages than that may have been fetched twice. Histories with re-processing are not for it.
    """
    history = History(stored)
    return [
        *history.complaints,
        *_of_bytes(stored, served),
        *_of_sweeps(stored),
        *_of_counters(stored, history),
        *_of_versions(stored),
        *_of_epochs(stored),
        *_of_latest(stored),
        *_of_counts(stored),
        *(_of_rest(stored) if at_rest else ()),
        *([] if kills is None else _of_fetches(stored, served, kills)),
    ]


def _of_bytes(stored: Stored, served: Sequence[Served]) -> Iterator[str]:
    """Raw bytes are the bytes served, and no answer was stored twice."""
    left = Counter((each.source, _asked(each.params), each.body) for each in served if each.is_whole)
    for page in stored.pages:
        body = bytes(page["body"])
        answer = page["source"], _asked(page["request"].get("params", {})), body
        left[answer] -= 1
        if left[answer] < 0:
            yield f"page {page['page_id']} was not served like that, or is stored more often than it was served"
        if hashlib.sha256(body).digest() != bytes(page["sha256"]):
            yield f"page {page['page_id']} has another SHA-256 than it says"


def _asked(params: "dict[str, str] | object") -> str:
    return str(sorted(params.items())) if isinstance(params, dict) else ""


def _of_sweeps(stored: Stored) -> Iterator[str]:
    """Inside a sweep the pages count up without a gap, and the place to go on at never goes back."""
    for (source, sweep), pages in _grouped(stored.pages, "source", "sweep_id").items():
        numbers = [page["page_seq"] for page in pages]
        if numbers != list(range(1, len(pages) + 1)):
            yield f"{source}: the pages of sweep {sweep} are numbered {numbers}"
        listed = [page for page in (_page_number(each) for each in pages) if page is not None]
        if any(later <= earlier for earlier, later in pairwise(listed)):
            yield f"{source}: sweep {sweep} asked for pages {listed}"


def _page_number(page: Row) -> int | None:
    number = page["request"].get("params", {}).get("page")
    return None if number is None else int(number)


def _of_counters(stored: Stored, history: History) -> Iterator[str]:
    """Every run counted what its pages became, and it adds up."""
    for run in stored.runs:
        said = {name: run[name] for name in COUNTED}
        expected = {name: history.counted[run["run_id"]][name] for name in COUNTED}
        if said != expected:
            yield f"run {run['run_id']} of {run['source']} counted {said}, its pages give {expected}"
        if run["received"] != sum(run[name] for name in ("inserted", "unchanged", "restated", "rejected")):
            yield f"run {run['run_id']} of {run['source']}: its counters do not add up"


def _of_versions(stored: Stored) -> Iterator[str]:
    """Versions follow the pages, never go back, and the checkpoint knows the newest."""
    versions = {page["page_id"]: page["version"] for page in stored.pages}
    rows = [*stored.unified, *stored.superseded]
    for row in rows:
        if versions.get(row["page_id"]) != row["version"]:
            yield f"{row['source']} {row['coin_id']}: version {row['version']} is not its page's"
    for (source,), pages in _grouped(stored.pages, "source").items():
        if any(later["version"] < earlier["version"] for earlier, later in pairwise(pages)):
            yield f"{source}: the version went back"
    newest = _grouped(rows, "source")
    for checkpoint in stored.checkpoints:
        highest = max((row["version"] for row in newest.get((checkpoint["source"],), [])), default=0)
        if checkpoint["version"] != highest:
            yield f"{checkpoint['source']} is at version {checkpoint['version']}, its newest row at {highest}"


def _of_epochs(stored: Stored) -> Iterator[str]:
    """At most one live run a source, and no page of an old epoch after one of a newer."""
    epochs = {run["run_id"]: run["epoch"] for run in stored.runs}
    for (source,), runs in _grouped(stored.runs, "source").items():
        if sum(run["status"] == "running" for run in runs) > 1:
            yield f"{source}: more than one run is running"
        if any(later["epoch"] <= earlier["epoch"] for earlier, later in pairwise(runs)):
            yield f"{source}: a later run has no newer epoch"
    for (source,), pages in _grouped(stored.pages, "source").items():
        if any(epochs[later["run_id"]] < epochs[earlier["run_id"]] for earlier, later in pairwise(pages)):
            yield f"{source}: an old epoch wrote a page after a newer one had taken over"


def _of_latest(stored: Stored) -> Iterator[str]:
    """Latest is the newest quote of each coin, and says the same."""
    newest: dict[tuple[str, str], Row] = {}
    for row in stored.unified:
        coin = row["source"], row["coin_id"]
        if coin not in newest or newest[coin]["observed_at"] < row["observed_at"]:
            newest[coin] = row
    latest = {(row["source"], row["coin_id"]): row for row in stored.latest}
    for coin in newest.keys() | latest.keys():
        if newest.get(coin) != latest.get(coin):
            yield f"{coin[0]} {coin[1]}: latest is not its newest quote"


def _of_counts(stored: Stored) -> Iterator[str]:
    """The counters of quotes and coins are what counting them gives."""
    for row in stored.miscounted:
        yield f"{row['source']}: {row['counted']} says {row['said']}, there are {row['are']}"


def _of_rest(stored: Stored) -> Iterator[str]:
    """Nothing hangs: no run is running, and the checkpoint stands behind the newest page."""
    for run in stored.runs:
        if run["status"] == "running":
            yield f"run {run['run_id']} of {run['source']} still says that it is running"
    pages = _grouped(stored.pages, "source", "sweep_id")
    for checkpoint in stored.checkpoints:
        of_sweep = pages.get((checkpoint["source"], checkpoint["sweep_id"]), [])
        if checkpoint["page_seq"] != len(of_sweep):
            yield f"{checkpoint['source']} stands at page {checkpoint['page_seq']}, {len(of_sweep)} are in"
        if of_sweep and not checkpoint["sweep_holes"] and checkpoint["cursor"] != of_sweep[-1]["cursor_after"]:
            yield f"{checkpoint['source']} goes on at {checkpoint['cursor']}, not behind its newest page"


def _of_fetches(stored: Stored, served: Sequence[Served], kills: int) -> Iterator[str]:
    """Each kill costs one page at most."""
    again = sum(each.is_whole for each in served) - len(stored.pages)
    if again > kills:
        yield f"{again} pages were fetched again after {kills} kills"


def _grouped(rows: Iterable[Row], *columns: str) -> dict[tuple[object, ...], list[Row]]:
    groups: defaultdict[tuple[object, ...], list[Row]] = defaultdict(list)
    for row in rows:
        groups[tuple(row[column] for column in columns)].append(row)
    return dict(groups)
