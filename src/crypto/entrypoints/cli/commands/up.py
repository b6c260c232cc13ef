"""`crypto up`: everything in one: database, tables, ingest on schedule and the API."""

import rich_click as click

from crypto.entrypoints.cli.kit.options import address_options


@click.command("up")
@address_options
def command(host: str | None, port: str | None) -> None:
    """Start everything and keep it going: the database, the ingests and the API, until Ctrl-C ends all cleanly.

    The API answers from the first moment, beside the first ingest. A source that fails stops nothing.

    \b
      crypto up
      crypto up --port 8080              where 8000 is taken
      crypto up --host 0.0.0.0           also for other machines, without a password
      CRYPTO_SOURCES=csv crypto up
      curl 'http://127.0.0.1:8000/api/v1/data?page_size=2'
    """
    from crypto.entrypoints.cli.kit.session import begin, check_repeatable, migrated_database
    from crypto.entrypoints.cli.up.supervisor import Supervisor
    from crypto.entrypoints.runtime.address import free_address
    from crypto.entrypoints.runtime.signals import run_stoppable

    settings = begin(host=host, port=port)
    check_repeatable(settings)
    free_address(settings)
    with migrated_database(settings, upgrade=True) as url:
        run_stoppable(Supervisor(settings, url).run(), starts_processes=True)
