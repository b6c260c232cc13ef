"""`crypto up`: everything in one: database, tables, ingest on schedule and the API."""

import rich_click as click


@click.command("up")
def command() -> None:
    """Start everything and keep it going: the database, the ingests and the API, until Ctrl-C ends all cleanly.

    The API answers from the first moment, beside the first ingest. A source that fails stops nothing.

    \b
      crypto up
      CRYPTO_PORT=8080 CRYPTO_SOURCES=csv crypto up
      curl 'http://127.0.0.1:8000/api/v1/data?page_size=2'
    """
    from crypto.entrypoints.cli.address import free_address
    from crypto.entrypoints.cli.everything import Everything
    from crypto.entrypoints.cli.running import run_stoppable
    from crypto.entrypoints.cli.session import begin, check_repeatable, migrated_database

    settings = begin()
    check_repeatable(settings)
    free_address(settings)
    with migrated_database(settings, upgrade=True) as url:
        run_stoppable(Everything(settings, url).run(), starts_processes=True)
