"""What granian loads: the REST API on the database that the settings name."""

import asyncio
import multiprocessing
import os
import signal
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, AbstractContextManager, asynccontextmanager
from importlib.metadata import version

from litestar import Litestar
from loguru import logger
from msgspec.structs import asdict

from crypto.adapters.platform import HERE
from crypto.adapters.postgres.connection.url import database_url
from crypto.adapters.registry import SOURCES
from crypto.application.query.quote_page import max_ages
from crypto.entrypoints.http.app import create_app
from crypto.entrypoints.http.kit.cors import Cors
from crypto.entrypoints.http.kit.drain import Drain
from crypto.entrypoints.http.kit.endpoint import Service
from crypto.entrypoints.http.kit.request_context import RequestLine
from crypto.entrypoints.http.v1.router import PROBES
from crypto.entrypoints.log import configure_log, log_facts
from crypto.entrypoints.runtime.signals import told_of_signals
from crypto.entrypoints.settings import BadSetting, load_settings
from crypto.entrypoints.wiring.container import Container
from crypto.entrypoints.wiring.use_cases import ContainerUseCases

PARENT_CHECK_SECONDS = 1.0

OK, SERVER_ERROR = 200, 500


def app() -> Litestar:
    """The application of this process. While the database is away it answers 503, and heals by itself.

    :raises BadSetting: when the settings are wrong, or name no database.
    """
    settings = load_settings()
    configure_log(form=settings.log_format, level=settings.log_level, secrets=settings.secrets)
    if settings.database_url is None:
        raise BadSetting("CRYPTO_DATABASE_URL is not set; `crypto serve` sets it when it starts its own database")
    container = Container(settings=settings, url=database_url(settings.database_url))
    drain = Drain()
    return create_app(
        service=Service(use_case=ContainerUseCases(container), sources=tuple(SOURCES), drain=drain),
        lifespan=(_lifespan(container, drain, seconds=settings.drain_seconds),),
        on_request=log_request,
        on_error=log_error,
        cors=Cors(origins=settings.cors_origins),
        log_scope=log_scope,
        settings=f"{version('crypto')} {max_ages(container.sources().policies)}",
    )


def _lifespan(
    container: Container, drain: Drain, *, seconds: float
) -> Callable[[Litestar], AbstractAsyncContextManager[None]]:
    """Connections open when first used: a database that is away does not keep the API from starting."""

    @asynccontextmanager
    async def lifespan(_: Litestar) -> AsyncIterator[None]:
        _drain_when_told(drain, seconds)
        watch = asyncio.create_task(_end_with_parent())
        try:
            with told_of_signals(container.stream_changes().stop):  # streams would never end by themselves
                yield
        finally:
            watch.cancel()
            await container.query_database().close()
            await container.version_database().close()

    return lifespan


def _drain_when_told(drain: Drain, seconds: float) -> None:
    """Take SIGTERM from the server, and hand it on as SIGINT, which it ends at as well, when the drain is over.

    So Ctrl-C is not waited for. Each process of the service hears a signal that is sent to all of them twice.
    """
    loop = asyncio.get_running_loop()

    def begin(_: int) -> None:
        if not drain.begun:
            drain.begin()
            loop.call_later(seconds, signal.raise_signal, signal.SIGINT)

    if multiprocessing.parent_process() is not None:
        HERE.hear(loop, signal.SIGTERM, begin)


async def _end_with_parent() -> None:
    """A worker whose server was killed must not go on serving: nobody could stop it any more."""
    parent = os.getppid()
    while multiprocessing.parent_process() is not None:
        await asyncio.sleep(PARENT_CHECK_SECONDS)
        if os.getppid() != parent:
            HERE.ask_ourselves_to_end()
            return


def log_scope(ids: Mapping[str, str]) -> AbstractContextManager[None]:
    """A block within which each line of the log bears these ids, whoever writes it."""
    return logger.contextualize(**ids)


def log_request(line: RequestLine) -> None:
    """One line a request; the probes of whoever watches the service are many and say little."""
    log_facts(_level(line), "Answered request", asdict(line))


def _level(line: RequestLine) -> str:
    if line.status >= SERVER_ERROR:
        return "ERROR"
    return "DEBUG" if line.status == OK and line.path in PROBES else "INFO"


def log_error(error: Exception, request_id: str) -> None:
    """An error nobody expected: what it was, and at DEBUG where it came from."""
    bound = logger.bind(request_id=request_id)
    bound.error("unexpected {}: {}", type(error).__name__, error)
    bound.opt(exception=error).debug("where it came from")
