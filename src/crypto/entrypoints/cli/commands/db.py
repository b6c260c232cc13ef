"""`crypto db`: the database itself: start and stop the embedded one, upgrade, dump and restore."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from crypto.entrypoints.cli.kit.groups import HelpfulGroup
from crypto.entrypoints.cli.kit.options import json_option

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
    from crypto.adapters.postgres.connection.url import masked
    from crypto.adapters.postgres.schema.migrate import migrate
    from crypto.entrypoints.cli.kit.session import begin, embedded_server

    settings = begin()
    _check_embedded(settings, "start")
    server = embedded_server(settings)
    with server as url:
        migrate(url, sources=tuple(settings.source))
        server.start()
    click.echo(_address(masked(url)))


@command.command("stop")
@click.option("--force", is_flag=True, help="Also while others use it: they lose their connections.")
def stop(*, force: bool) -> None:
    """End what `crypto db start` began; a server in use goes on until its last user leaves.

    \b
      crypto db stop
    """
    from crypto.entrypoints.cli.kit.exits import say
    from crypto.entrypoints.cli.kit.session import begin, embedded_server

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
    from crypto.adapters.postgres.schema.migrate import migration_state
    from crypto.entrypoints.cli.kit.exits import say
    from crypto.entrypoints.cli.kit.session import begin, migrated_database

    with migrated_database(begin(), upgrade=True) as url:
        say(f"the database is at revision {migration_state(url).current}: up to date")


@command.command("status")
@json_option
def status(*, as_json: bool) -> None:
    """Say where the database is, whether it runs, and whether its tables are the ones needed.

    \b
      crypto db status --json
    """
    from crypto.entrypoints.cli.db.status import facts
    from crypto.entrypoints.cli.kit.session import begin
    from crypto.entrypoints.cli.screen.show import show_facts, show_json

    found = facts(begin())
    if as_json:
        show_json(found)
        return
    show_facts(found)


@command.command("url")
@click.option("--show-password", is_flag=True, help="With its password, for a program; else it is masked.")
def url(*, show_password: bool) -> None:
    """Print the database's address as psql and other programs take it.

    \b
      psql "$(crypto db url --show-password)"
    """
    from crypto.adapters.postgres.connection.url import database_url, masked
    from crypto.application.errors import StoreUnavailable
    from crypto.entrypoints.cli.kit.session import begin, embedded_server

    settings = begin()
    if settings.database_url is None:
        server = embedded_server(settings)
        if not server.status().running:
            raise StoreUnavailable("the embedded server is not running: `crypto db start` starts it")
        click.echo(_address(server.url if show_password else masked(server.url)))
        return
    full = database_url(settings.database_url)
    click.echo(_address(full if show_password else masked(full)))


@command.command("dump")
@click.argument("file", required=False, type=click.Path(dir_okay=False, allow_dash=True, path_type=Path))
@click.option("--replace", is_flag=True, help="Overwrite FILE.")
def dump(file: Path | None, *, replace: bool) -> None:
    """Write the whole database to FILE, as it is at this moment; ingests and questions go on meanwhile.

    It is PostgreSQL's custom format. Without FILE its name tells the time, as crypto-20261102T120000Z.dump.

    \b
      crypto db dump
      crypto db dump nightly.dump --replace
      crypto db dump - | ssh elsewhere 'cat > crypto.dump'
    """
    from crypto.entrypoints.cli.db import dump as dumps
    from crypto.entrypoints.cli.kit.session import begin

    settings = begin()
    if str(file) == "-" and sys.stdout.isatty():
        raise click.UsageError("a dump is not text for a terminal: name a file, or pipe it elsewhere")
    dumps.dump(settings, file or dumps.default_name(), replace=replace)


@command.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path))
@click.option("--replace", is_flag=True, help="In place of what is there, which is gone then.")
def restore(file: Path, *, replace: bool) -> None:
    """Read a dump into an empty database: all of it, every row counted, or nothing.

    The server may be another one, of PostgreSQL 15 or newer. Ingests go on where the dump was. With --replace the
    tables that are there make place, in one transaction: a restore that fails leaves them as they were.

    \b
      CRYPTO_DATA_DIR=~/crypto-18 crypto db restore crypto.dump
      crypto db restore crypto.dump --replace
      ssh elsewhere crypto db dump - | crypto db restore -
    """
    from crypto.entrypoints.cli.db import dump as dumps
    from crypto.entrypoints.cli.kit.session import begin

    dumps.restore(begin(), file, replace=replace)


def _check_embedded(settings: "Settings", verb: str) -> None:
    from crypto.entrypoints.settings import BadSetting

    if settings.database_url is not None:
        raise BadSetting(f"CRYPTO_DATABASE_URL is set: `crypto db {verb}` is for the embedded server only")


def _address(url: str) -> str:
    """As libpq takes it: without SQLAlchemy's driver name."""
    return url.replace("postgresql+psycopg://", "postgresql://", 1)
