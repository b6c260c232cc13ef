"""The service broken on purpose, one way at a time: the harness must catch each, or it proves nothing."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, asynccontextmanager, contextmanager
from typing import Any

from crypto.adapters.postgres.ingest import fence as fencing
from crypto.adapters.postgres.ingest import page_transaction
from crypto.adapters.postgres.ingest.claim import PostgresClaim
from crypto.adapters.postgres.ingest.quote_writer import QuoteWriter
from crypto.adapters.postgres.ingest.source_lock import SourceLock
from crypto.application.errors import SourceBusy
from crypto.application.ingest.write_page import PageWriter
from crypto.application.ports import WriteOutcome
from tests.faults.killer.swapping import edited, put, swapped

DELETE_FIRST = """
    DELETE FROM unified_crypto_data AS believed
     USING stage
     WHERE believed.coin_id = stage.coin_id
       AND believed.source = %(source)s
       AND believed.observed_at = stage.observed_at
"""


@contextmanager
def _no_fence() -> Iterator[None]:
    """Whoever comes late writes all the same: no look at the epoch, none at the lock."""

    async def unfenced(connection: Any, run: Any) -> Any:
        return await fencing.locked_checkpoint(connection, run.of)

    async def unlooked(lock: Any, run: Any, *, pages: int) -> None:
        return None

    close = edited(page_transaction.CLOSE, "AND epoch = %(epoch)s", "")
    with ExitStack() as stack:
        stack.enter_context(swapped("fence", fencing.fence, unfenced))
        stack.enter_context(swapped("CLOSE", page_transaction.CLOSE, close))
        stack.enter_context(put(SourceLock, "keep", unlooked))
        yield


@contextmanager
def _cursor_apart() -> Iterator[None]:
    """The cursor moves in a transaction of its own, after the data's."""
    original: Any = PostgresClaim.page_transaction

    async def later() -> None:
        return None

    @asynccontextmanager
    async def page_transaction(claim: Any) -> AsyncIterator[Any]:
        async with original(claim) as transaction:
            close, transaction.close = transaction.close, later
            yield transaction
        async with claim._fenced() as connection:
            transaction._connection = connection
            await close()

    with put(PostgresClaim, "page_transaction", page_transaction):
        yield


@contextmanager
def _delete_then_insert() -> Iterator[None]:
    """What is known is deleted and written anew: what was believed before is gone."""

    async def write(writing: Any, quotes: Any) -> WriteOutcome:
        from crypto.adapters.postgres.ingest import quote_sql

        await writing._fill_stage(quotes)
        await writing._execute(DELETE_FIRST)
        inserted = await writing._firsts(quote_sql.INSERT_NEW)
        await writing._execute(quote_sql.REFRESH_LATEST, changed=inserted)
        return WriteOutcome(inserted=len(inserted))

    with put(QuoteWriter, "write", write):
        yield


@contextmanager
def _status_as_lock() -> Iterator[None]:
    """A row that says `running` is believed, and no lock is taken."""

    async def take(lock: Any) -> Any:
        session = await lock._open()
        running = "SELECT started_at FROM runs WHERE source = %s AND status = 'running'"
        row = await (await session.execute(running, [lock._feed.source])).fetchone()
        await session.execute("SELECT 'pg_try_advisory_lock'")
        if row:
            raise SourceBusy(str(lock._feed), holder="the run that says so", since=row[0])
        return session

    with put(SourceLock, "take", take):
        yield


@contextmanager
def _blind_redo() -> Iterator[None]:
    """A COMMIT without an answer counts as failed, and the page is written again."""

    async def never(claim: Any) -> bool:
        return False

    with put(PostgresClaim, "_is_committed", never):
        yield


@contextmanager
def _keep_pages() -> Iterator[None]:
    """Every page that was written stays in memory, with what was read of it."""
    original: Any = PageWriter.ingest
    kept: list[object] = []

    async def ingest(writer: Any, source: Any, claim: Any, page: Any, parsed: Any) -> Any:
        kept.append((page, parsed))
        return await original(writer, source, claim, page, parsed)

    with put(PageWriter, "ingest", ingest):
        yield


MUTANTS: dict[str, Callable[[], AbstractContextManager[None]]] = {
    "no-fence": _no_fence,
    "cursor-apart": _cursor_apart,
    "delete-then-insert": _delete_then_insert,
    "status-as-lock": _status_as_lock,
    "blind-redo": _blind_redo,
    "keep-pages": _keep_pages,
}


def broken(name: str) -> AbstractContextManager[None]:
    """The service broken in that way, to the end of the block.

    :raises ValueError: when there is no such mutant.
    """
    if name not in MUTANTS:
        raise ValueError(f"there is no mutant {name!r}; there are {', '.join(MUTANTS)}")
    return MUTANTS[name]()
