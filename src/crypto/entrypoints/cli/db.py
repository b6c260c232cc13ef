"""`crypto db`: the database itself: start and stop the embedded one, upgrade, dump and restore."""

from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from crypto.entrypoints.cli.groups import HelpfulGroup
from crypto.entrypoints.cli.options import json_option

if TYPE_CHECKING:
    from crypto.entrypoints.settings import Settings


@click.group("db", cls=HelpfulGroup)
def command() -> None:
    """The database: the embedded PostgreSQL, or your own at CRYPTO_DATABASE_URL.

    \b
      crypto db status
      crypto db start && psql "$(crypto db url)"
      crypto db upgrade                  make or change the tables
    """


@command.command("start")
def start() -> None:
    """Start the embedded server and keep it up without a user, until `crypto db stop`; prints its address.

    \b
      psql "$(crypto db start)"
    """
    from crypto.adapters.postgres.migrate import migrate
    from crypto.entrypoints.cli.session import begin, embedded_server

    settings = begin()
    _check_embedded(settings, "start")
    server = embedded_server(settings)
    with server as url:
        migrate(url, sources=tuple(settings.source))
        server.start()
    click.echo(_address(url))


@command.command("stop")
@click.option("--force", is_flag=True, help="Also while others use it: they lose their connections.")
def stop(*, force: bool) -> None:
    """End what `crypto db start` began; a server in use goes on until its last user leaves.

    \b
      crypto db stop
    """
    from crypto.entrypoints.cli.exits import say
    from crypto.entrypoints.cli.session import begin, embedded_server

    settings = begin()
    _check_embedded(settings, "stop")
    stopped = embedded_server(settings).stop(force=force)
    say("stopped" if stopped else "in use: it stops when its last user leaves (--force stops it now)")


@command.command("upgrade")
def upgrade() -> None:
    """Bring the database to the tables this version needs; a second time it finds nothing to do.

    \b
      CRYPTO_DATABASE_URL=postgresql://me:secret@host/crypto crypto db upgrade
    """
    from crypto.adapters.postgres.migrate import migration_state
    from crypto.entrypoints.cli.exits import say
    from crypto.entrypoints.cli.session import begin, migrated_database

    with migrated_database(begin(), upgrade=True) as url:
        say(f"the database is at revision {migration_state(url).current}: up to date")


@command.command("status")
@json_option
def status(*, as_json: bool) -> None:
    """Say where the database is, whether it runs, and whether its tables are the ones needed.

    \b
      crypto db status --json
    """
    from crypto.entrypoints.cli.db_status import facts
    from crypto.entrypoints.cli.session import begin
    from crypto.entrypoints.cli.show import show_json, show_table

    found = facts(begin())
    if as_json:
        show_json(found)
        return
    show_table(("database", ""), list(found.items()))


@command.command("url")
@click.option("--show-password", is_flag=True, help="With its password, for a program; else it is masked.")
def url(*, show_password: bool) -> None:
    """Print the database's address as psql and other programs take it.

    \b
      psql "$(crypto db url --show-password)"
    """
    from crypto.adapters.postgres.url import database_url, masked
    from crypto.application.errors import StoreUnavailable
    from crypto.entrypoints.cli.session import begin, embedded_server

    settings = begin()
    if settings.database_url is None:
        server = embedded_server(settings)
        if not server.status().running:
            raise StoreUnavailable("the embedded server is not running: `crypto db start` starts it")
        click.echo(_address(server.url))
        return
    full = database_url(settings.database_url)
    click.echo(_address(full if show_password else masked(full)))


@command.command("dump")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def dump(file: Path) -> None:
    """Write the whole database to FILE, with PostgreSQL's pg_dump, in its custom format.

    \b
      crypto db dump crypto.dump
    """
    from crypto.entrypoints.cli.dump import write_dump
    from crypto.entrypoints.cli.session import begin

    write_dump(begin(), file)


@command.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def restore(file: Path) -> None:
    """Read a dump into an empty database: all of it, or nothing.

    \b
      CRYPTO_DATA_DIR=~/crypto-18 crypto db restore crypto.dump
    """
    from crypto.entrypoints.cli.dump import read_dump
    from crypto.entrypoints.cli.session import begin

    read_dump(begin(), file)


def _check_embedded(settings: "Settings", verb: str) -> None:
    from crypto.entrypoints.settings import BadSetting

    if settings.database_url is not None:
        raise BadSetting(f"CRYPTO_DATABASE_URL is set: `crypto db {verb}` is for the embedded server only")


def _address(url: str) -> str:
    """As libpq takes it: without SQLAlchemy's driver name."""
    return url.replace("postgresql+psycopg://", "postgresql://", 1)
