"""Ingest several sources side by side, each isolated: one that fails, hangs or is refused delays no other."""

import asyncio
from collections.abc import Iterable

from msgspec import Struct

from crypto.application.errors import CryptoError
from crypto.application.ingest.ingest_source import IngestSource
from crypto.application.ports import Source
from crypto.domain.run import Run, RunStatus


class SourceResult(Struct, frozen=True, kw_only=True):
    """How the ingest of one source went: its run, or the error that kept it from having or ending one."""

    source: str
    run: Run | None = None
    error: CryptoError | None = None

    @property
    def succeeded(self) -> bool:
        """Whether the run ended well, so that everything the source had is stored."""
        return self.run is not None and self.run.status is RunStatus.SUCCESS


class IngestSources:
    """Ingests several sources at once; each keeps its own rate limit."""

    def __init__(self, *, ingest_source: IngestSource) -> None:
        self._ingest_source = ingest_source

    async def __call__(self, sources: Iterable[Source]) -> list[SourceResult]:
        """One result a source, in the order given; an error nobody expected waits until all have ended."""
        tasks = [asyncio.create_task(self._isolated(source)) for source in sources]
        await asyncio.gather(*tasks, return_exceptions=True)
        return [task.result() for task in tasks]

    async def _isolated(self, source: Source) -> SourceResult:
        try:
            return SourceResult(source=str(source.profile.feed), run=await self._ingest_source(source))
        except CryptoError as error:
            return SourceResult(source=str(source.profile.feed), error=error)
