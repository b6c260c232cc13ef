"""What most commands begin with: settings, log, a migrated database, and the use cases on top of it."""

import sys
from collections.abc import AsyncIterator, Callable, Collection, Coroutine, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, nullcontext
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from loguru import logger
from msgspec.structs import replace

from crypto.application.errors import SourceOff, UnknownSource
from crypto.application.setting_names import setting_name
from crypto.domain.feed import Feed
from crypto.entrypoints.cli.kit.exits import say
from crypto.entrypoints.log import configure_log
from crypto.entrypoints.runtime.signals import end_with_parent, run_stoppable
from crypto.entrypoints.settings import BadSetting, Settings, load_settings

if TYPE_CHECKING:
    from crypto.adapters.postgres.embedded import EmbeddedServer
    from crypto.application.ports import Source
    from crypto.entrypoints.cli.kit.run_events import RunEventPublisher
    from crypto.entrypoints.wiring.container import Container

Result = TypeVar("Result")


def begin(environment: Mapping[str, str] | None = None, **said: str | None) -> Settings:
    """The settings of this process, or of another environment, with the log set up as they say.

    What was `said` on the command line wins.

    :raises BadSetting: when they are wrong.
    """
    settings = load_settings(environment=environment, said=said)
    configure_log(form=settings.log_format, level=settings.log_level, secrets=settings.secrets)
    return settings


def narrowed(settings: Settings, names: tuple[str, ...]) -> Settings:
    """The settings with just these sources switched on; without names as they are.

    :raises UnknownSource: for a name that is none.
    """
    sources = [Feed.called(name).source for name in names]
    for source in sources:
        check_source(source, settings.source)
    return replace(settings, sources=tuple(dict.fromkeys(sources))) if names else settings


def check_repeatable(settings: Settings) -> None:
    """See that each source can be ingested again and again.

    :raises BadSetting: when one reads standard input, which comes once only.
    """
    for name in settings.sources:
        if "-" in getattr(settings.source[name], "paths", ()):
            once = f"standard input (-) is read once, by `crypto ingest {name}`; no schedule can"
            raise BadSetting(f"{setting_name(name, 'paths')}: {once}")


def check_source(name: str, known: Collection[str]) -> None:
    """See that there is a source of this name.

    :raises UnknownSource: when there is none; the message says which it might be.
    """
    from crypto.entrypoints.settings.load import did_you_mean

    if name not in known:
        raise UnknownSource(f"there is no source {name!r}; {did_you_mean(name, known)}")


@contextmanager
def migrated_database(settings: Settings, *, upgrade: bool = False) -> Iterator[str]:
    """The URL of a database that can be used to the end of the block: the embedded one, or the person's own.

    The embedded one is migrated by itself, the other only with `upgrade`.

    :raises StoreUnavailable: when it cannot be reached, or is not migrated; the message says what to do.
    """
    from crypto.adapters.postgres.connection.url import database_url
    from crypto.adapters.postgres.schema.migrate import check_migrated, migrate
    from crypto.entrypoints.cli.kit.server_start import once_open

    if settings.database_url is None:
        with running_server(settings) as url:
            migrate(url, sources=tuple(settings.source))
            yield url
        return
    url = database_url(settings.database_url)
    once_open(partial(migrate, url, sources=tuple(settings.source)) if upgrade else partial(check_migrated, url))
    yield url


@contextmanager
def running_server(settings: Settings) -> Iterator[str]:
    """The embedded server's URL; it runs to the end of the block at least.

    :raises StoreUnavailable: when it cannot be had.
    """
    server = embedded_server(settings)
    with server as url:
        for warning in server.warnings:
            logger.warning(warning)
        yield url


@contextmanager
def with_parent(settings: Settings) -> Iterator[None]:
    """The block of a child of `crypto up`: it ends when its parent does, and then may be the last to leave.

    So it joins the embedded server before anything else: a parent that was killed stops no server, nor does a
    child that ends before it joined.

    :raises StoreUnavailable: when the server cannot be had.
    """
    with embedded_server(settings) if settings.database_url is None else nullcontext():
        end_with_parent()
        yield


def embedded_server(settings: Settings) -> "EmbeddedServer":
    """The embedded server as the settings want it, not started."""
    from crypto.adapters.postgres.embedded import EmbeddedServer

    return EmbeddedServer(settings.data_dir, settings.postgres_bin, settings.embedded_user)


def container_of(settings: Settings, url: str, events: "RunEventPublisher | None" = None) -> "Container":
    """Every use case, on this database; `events` hears of runs."""
    from crypto.entrypoints.cli.kit.run_events import RunEventPublisher
    from crypto.entrypoints.wiring.container import Container

    events = events or RunEventPublisher()
    return Container(settings=settings, url=url, events=events)


def switched_on(container: "Container", settings: Settings, *, names: tuple[str, ...] = ()) -> "list[Source]":
    """The feeds to ingest: those of these `names`, or all; says of each source that is off how to switch it on.

    :raises SourceOff: when there is none, or one that was asked for by name is off.
    :raises UnknownSource: when a source has no feed of such a name.
    """
    sources = container.sources()
    off = [sources.off[name] for name in settings.sources if name in sources.off]
    if off and (names or not sources.on):
        raise SourceOff("; ".join(off))
    for reason in off:
        logger.warning(reason)
    return sources.called(names)


def asked(question: "Callable[[Container], Coroutine[Any, Any, Result]]") -> Result:
    """What a question to the stored data gives, on a database that is there for as long as it takes."""
    settings = begin()
    with migrated_database(settings) as url:
        return run_stoppable(_answered(question, container_of(settings, url)))


async def _answered(
    question: "Callable[[Container], Coroutine[Any, Any, Result]]", container: "Container"
) -> Result:
    async with closing(container):
        return await question(container)


@asynccontextmanager
async def closing(container: "Container") -> AsyncIterator[None]:
    """Lets go of the database connections at the end of the block."""
    try:
        yield
    finally:
        await container.ingest_database().close()
        await container.query_database().close()


def announce(settings: Settings, text: str, event: str, **facts: object) -> None:
    """Tell a person how it goes; where the log is JSON lines, as one of them: the `event` and its `facts`."""
    if logs_json(settings):
        logger.bind(**facts).info(event)
    else:
        say(text)


def logs_json(settings: Settings) -> bool:
    """Whether the log is written as JSON lines, for programs."""
    return settings.log_format == "json" or (settings.log_format is None and not on_terminal())


def on_terminal() -> bool:
    """Whether a person watches: stderr is a terminal."""
    return sys.stderr.isatty()
