"""Where the in-memory store's tables and the model of them part."""

from collections.abc import Iterator
from decimal import Decimal

from crypto.adapters.memory.state import FeedState
from crypto.domain.run import RunKind, RunStatus
from tests.faults.machine.machine_model import Model
from tests.faults.machine.machine_pages import Key
from tests.support.market import EPOCH


def disagreements(model: Model, state: FeedState) -> list[str]:
    """What differs, in words."""
    return [*_where_it_stands(model, state), *_what_is_believed(model, state), *_what_was_counted(state)]


def _where_it_stands(model: Model, state: FeedState) -> Iterator[str]:
    at = state.checkpoint
    compared = {
        "cursor": (model.cursor, at.cursor),
        "failed at": (model.failed_at, at.failed_cursor),
        "sweep since": (model.sweep_started, at.sweep_started_at),
        "pages of the sweep": (model.page_seq, at.page_seq),
        "holes": (model.holes, at.sweep_holes),
        "listed": (model.listed, at.listed),
        "good sweep": (model.good_sweep, at.good_sweep_id),
        "figures": (model.figures, _figures(state)),
        "epoch": (len(model.runs), at.epoch),
        "runs": (model.runs, {run: str(each.status) for run, each in state.runs.items()}),
        "raw pages": (len(model.pages), len(state.pages)),
    }
    for name, (expected, found) in compared.items():
        if expected != found:
            yield f"{name}: must be {expected}, is {found}"


def _figures(state: FeedState) -> dict[int, tuple[int | None, int | None]]:
    ended = {run: each for run, each in state.runs.items() if each.coins_named is not None}
    return {run: (each.coins_named, each.coins_missing) for run, each in ended.items()}


def _what_is_believed(model: Model, state: FeedState) -> Iterator[str]:
    believed = {_key(key[0], row.observed_at): row.price_usd for key, row in state.unified.items()}
    if believed != model.believed():
        yield f"unified: must be {model.believed()}, is {believed}"
    for row in state.unified.values():
        said = model.pages[row.page_id - 1].said().get(_key(row.coin_id, row.observed_at))
        if said != (row.position, row.price_usd):
            yield f"{row.coin_id} at {row.observed_at} is not what its page says: {said}"
    open_rejections = {
        (page_id, at) for (page_id, at, _), kept in state.rejections.items() if kept.resolved_at is None
    }
    if open_rejections != model.rejected():
        yield f"rejections: must be {model.rejected()}, are {open_rejections}"
    yield from _what_is_latest(model, state)


def _what_is_latest(model: Model, state: FeedState) -> Iterator[str]:
    newest: dict[str, tuple[int, Decimal | None]] = {}
    for (coin, minutes), price in sorted(model.believed().items(), key=lambda each: each[0][1]):
        newest[coin] = (minutes, price)
    latest = {
        coin: (_key(coin, each.quote.observed_at)[1], each.quote.price_usd) for coin, each in state.latest.items()
    }
    if latest != newest:
        yield f"latest: must be {newest}, is {latest}"
    for coin, each in state.latest.items():
        if model.unseen is not None and (each.unseen_since is not None) != model.unseen.get(coin, False):
            yield f"{coin} unseen since {each.unseen_since}, in the model {model.unseen.get(coin)}"


def _what_was_counted(state: FeedState) -> Iterator[str]:
    """Every record is accounted for, and so is every row."""
    counted = [run.counters for run in state.runs.values()]
    for each in counted:
        if each.received != each.inserted + each.unchanged + each.restated + each.rejected:
            yield f"counters do not add up: {each}"
    if len(state.unified) != sum(each.inserted - each.withdrawn for each in counted):
        yield "inserted less withdrawn is not what is believed"
    if len(state.superseded) != sum(each.restated + each.withdrawn for each in counted):
        yield "restated and withdrawn is not the history"
    versions = [row.version for row in (*state.unified.values(), *(row for row, _ in state.superseded))]
    if max(versions, default=0) > state.checkpoint.version:
        yield f"a row is of version {max(versions)}, the source of {state.checkpoint.version}"
    if any(run.status is RunStatus.RUNNING and run.epoch != state.checkpoint.epoch for run in state.runs.values()):
        yield "two runs seem to run"
    if sum(run.counters.pages for run in state.runs.values() if run.kind is RunKind.INGEST) != len(state.pages):
        yield "runs counted other pages than were kept"


def _key(coin: str, observed_at: object) -> Key:
    minutes = (observed_at - EPOCH).total_seconds() // 60  # type: ignore[operator]
    return coin, int(minutes)
