"""`crypto serve`: the REST API."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING

import rich_click as click

from crypto.entrypoints.cli.kit.options import address_options

if TYPE_CHECKING:
    from crypto.entrypoints.settings import Settings


@click.command("serve")
@address_options
@click.option("--with-parent", is_flag=True, hidden=True, help="End when standard input does.")
def command(host: str | None, port: str | None, *, with_parent: bool) -> None:
    """Serve the REST API until Ctrl-C; `crypto up` does this and ingests, too.

    While the database is away it answers 503, and heals by itself.

    \b
      crypto serve
      crypto serve --port 8080
      crypto serve --host 0.0.0.0        also for other machines, without a password
      curl 'http://127.0.0.1:8080/api/v1/data?page_size=2'
    """
    from crypto.entrypoints.cli.kit import session

    settings = session.begin(host=host, port=port)
    with session.with_parent(settings) if with_parent else nullcontext():
        _serve(settings, announced=not with_parent)


def _serve(settings: "Settings", *, announced: bool) -> None:
    from crypto.entrypoints.cli.kit.session import announce
    from crypto.entrypoints.runtime.address import as_environment, base_url, free_address, warn_when_open
    from crypto.entrypoints.runtime.http_server import serve_until_stopped

    address = free_address(settings)
    warn_when_open(settings, address)
    with _database(settings) as url:
        if announced:
            url_of_api = base_url(settings)
            announce(settings, f"serving at {url_of_api}", "Serving", url=url_of_api)
        os.environ.update(as_environment(settings))
        serve_until_stopped(address=address, port=settings.port, url=url, drain_seconds=settings.drain_seconds)


@contextmanager
def _database(settings: "Settings") -> "Iterator[str]":
    """As for any command, but an external database may be away: then the API says so until it is back."""
    from loguru import logger

    from crypto.adapters.postgres.connection.url import database_url
    from crypto.adapters.postgres.schema.migrate import migration_state
    from crypto.application.errors import StoreUnavailable
    from crypto.entrypoints.cli.kit.session import migrated_database

    if settings.database_url is not None:
        url = database_url(settings.database_url)
        try:
            migration_state(url)
        except StoreUnavailable as error:
            logger.warning("answering 503 until the database is back: {}", error)
            yield url
            return
    with migrated_database(settings) as url:
        yield url
