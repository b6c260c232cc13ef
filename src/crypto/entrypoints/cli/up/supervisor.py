"""What `crypto up` keeps going: one process that serves and one that ingests, and what the person sees of it."""

import asyncio
import os
from collections.abc import Mapping
from contextlib import ExitStack

from loguru import logger
from msgspec.json import Decoder

from crypto.application.errors import StoreUnavailable
from crypto.entrypoints.cli.kit.exits import say
from crypto.entrypoints.cli.kit.progress import Progress
from crypto.entrypoints.cli.kit.run_events import RunEvent
from crypto.entrypoints.cli.kit.session import announce, container_of, embedded_server, on_terminal, running_server
from crypto.entrypoints.runtime.address import as_environment, base_url, site_url, until_answers
from crypto.entrypoints.runtime.child_process import GRACE, Child
from crypto.entrypoints.settings import Settings

DECODER = Decoder(RunEvent)

BANNER = """The API is at {base}/
  try: curl '{base}/data?page_size=2'
       curl {base}/health
       or open {site}/docs in a browser
Ctrl-C ends everything."""

ENDINGS = ("finished", "refused", "waiting")

STARTING_SECONDS = 30.0
"""An API process that does not answer after so long is not waited for."""

DATABASE_CHECK_SECONDS = 3.0
"""How often it is seen whether the embedded server still runs."""

LOST_SIGNAL_SECONDS = 3.0
"""An API process that starts is given so long to be able to hear a signal."""


class Supervisor:
    """The children of `crypto up`. On a terminal the first ingest is shown with progress bars."""

    def __init__(self, settings: Settings, url: str) -> None:
        self._settings = settings
        sources = container_of(settings, url).sources()
        self._to_come = set(sources.on)
        self._off = [sources.off[name] for name in settings.sources if name in sources.off]
        self._progress = Progress() if on_terminal() and settings.log_format != "json" else None
        self._first_ingest = asyncio.Event()

    async def run(self) -> None:
        """Goes on until it is cancelled; then everything has ended."""
        api = self._child("serve")
        children = [api]
        if self._to_come:
            children.insert(0, self._child("ingest", "--schedule", "--json"))
        keeping = [asyncio.create_task(child.keep()) for child in children]
        beside = [asyncio.create_task(self._tell()), asyncio.create_task(self._keep_database_up())]
        try:
            done, _ = await asyncio.wait([*keeping, *beside], return_when=asyncio.FIRST_EXCEPTION)
        finally:
            beside[0].cancel()
            await self._stop(children, api)
            beside[1].cancel()
            await asyncio.wait(beside)
        for task in done:
            task.result()

    def _child(self, *arguments: str) -> Child:
        """Where bars are drawn, its log goes through our hands, above the bars."""
        return Child(
            *arguments,
            "--with-parent",
            environment=self._environment(),
            on_output=self._hear if arguments[0] == "ingest" else None,
            on_error=self._say if self._progress else None,
            grace=GRACE + self._settings.drain_seconds,
        )

    def _environment(self) -> Mapping[str, str]:
        form = {"CRYPTO_LOG_FORMAT": "text"} if self._progress else {}
        return {**os.environ, **as_environment(self._settings), **form}

    async def _keep_database_up(self) -> None:
        """Start the embedded server again when it was killed; your own is yours to look after."""
        with ExitStack() as joined:
            while self._settings.database_url is None:
                await asyncio.sleep(DATABASE_CHECK_SECONDS)
                try:
                    await asyncio.to_thread(self._look_after_server, joined)
                except StoreUnavailable as error:
                    logger.error("the database server does not start: {}", error)

    def _look_after_server(self, joined: ExitStack) -> None:
        if not embedded_server(self._settings).status().running:
            logger.error("the database server is gone; starting it again")
            joined.enter_context(running_server(self._settings))

    async def _tell(self) -> None:
        """Say where the API is, then show the first ingest."""
        for reason in self._off if not self._to_come else ():  # else the process that ingests says it
            announce(self._settings, reason, reason)
        if self._progress and self._to_come:
            with self._progress:
                await self._say_address()
                await self._first_ingest.wait()
            self._progress = None
        else:
            await self._say_address()

    async def _say_address(self) -> None:
        if not await until_answers(self._settings, limit=STARTING_SECONDS):
            self._announce("the API does not answer yet; the log says why", "The API does not answer yet")
            return
        base = base_url(self._settings)
        self._announce(BANNER.format(base=base, site=site_url(self._settings)), "Serving", url=base)

    def _announce(self, text: str, event: str, **facts: object) -> None:
        """Print a text, or log it as an event; above the progress bars while they are drawn."""
        if self._progress:
            self._progress.say(text)
        else:
            announce(self._settings, text, event, **facts)

    def _say(self, text: str) -> None:
        """A line of a child's log, as it is; above the bars while they are drawn."""
        if self._progress:
            self._progress.say(text)
        else:
            say(text)

    def _hear(self, line: str) -> None:
        event = DECODER.decode(line)
        if self._progress and not self._first_ingest.is_set():
            self._progress.show(event)
        if event.event in ENDINGS:
            self._to_come.discard(event.source)
        if not self._to_come:
            self._first_ingest.set()

    async def _stop(self, children: list[Child], api: Child) -> None:
        """The API last, and not while it starts: granian loses a signal that comes too early."""
        announce(self._settings, "stopping ...", "Stopping")
        for child in children:
            if child is api:
                await until_answers(self._settings, limit=LOST_SIGNAL_SECONDS)
            await child.stop()
