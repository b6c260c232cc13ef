"""The sweep under way, in memory."""

from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from hashlib import sha256

from msgspec.structs import replace

from crypto.adapters.memory.state import FeedState, KeptPage, without_sweep
from crypto.application.ports import Clock
from crypto.domain.coverage import Coverage
from crypto.domain.run import Run


class MemoryOpenSweep:
    """The sweep of a run in memory; `fenced` gives the feed's state, or raises FencedOff for an old run."""

    def __init__(self, fenced: Callable[[], FeedState], run: Run, *, clock: Clock) -> None:
        self._fenced = fenced
        self._run = run
        self._clock = clock

    async def last_digests(self, count: int) -> Sequence[bytes]:
        """The SHA-256 of the bodies of the sweep's last `count` list pages, the newest at the end."""
        pages = self._fenced().list_pages(self._run.sweep_id)[-count:]
        return [sha256(each.stored.page.body).digest() for each in pages]

    async def coverage(self, *, most_pages: int | None, followed: Sequence[str] = ()) -> Coverage:
        """What the sweep has covered so far of what it should."""
        state = self._fenced()
        checkpoint = state.checkpoint
        good = state.list_pages(checkpoint.good_sweep_id)[:most_pages]
        expected = dict.fromkeys(coin_id for page in good for coin_id in sorted(page.coin_ids))
        pages = state.pages_of(checkpoint.sweep_id)
        named, asked = _named(pages), state.asked_for(checkpoint.sweep_id)
        missing = [coin_id for coin_id in {**expected, **dict.fromkeys(followed)} if coin_id not in named]
        unasked = [coin_id for coin_id in missing if coin_id not in asked]
        listed = state.list_pages(checkpoint.sweep_id)
        return Coverage(
            listed=len(_named(listed)),
            named=len(named),
            expected=len(expected),
            missing=len(missing),
            unasked=tuple(coin_id for coin_id in unasked if coin_id not in followed),
            pages_by_id=sum(each.stored.page.is_by_id for each in pages),
            holes=checkpoint.sweep_holes,
            below=tuple(each for each in state.seen() if each not in {*named, *asked, *expected, *followed}),
            unfollowed=tuple(coin_id for coin_id in followed if coin_id in unasked),
            unknown=tuple(coin_id for coin_id in followed if coin_id in asked and coin_id not in named),
            ends=bool(listed) and not listed[-1].coin_ids,
        )

    async def complete(self, coverage: Coverage, *, believed: bool, cut: bool) -> None:
        """End the sweep; where its list is `believed`, mark the coins that it did not name."""
        state = self._fenced()
        before = state.checkpoint
        if before.sweep_id is None:
            return
        if believed:
            now, changed_at = self._clock.now(), before.changed_at
            at = max(now, changed_at + timedelta(microseconds=1)) if changed_at else now
            state.mark_unseen(at, cut=cut)
        figures = {"coins_named": coverage.named, "coins_missing": coverage.missing}
        state.runs[self._run.run_id] = replace(state.runs[self._run.run_id], **figures)
        good = before.sweep_id if believed and not before.sweep_holes else before.good_sweep_id
        state.checkpoint = replace(without_sweep(before), good_sweep_id=good)


def _named(pages: Iterable[KeptPage]) -> frozenset[str]:
    return frozenset().union(*(page.coin_ids for page in pages))
