"""What there is to say of the database: where it is, whether it runs, whether its tables are the ones needed."""

from crypto.adapters.postgres.connection.url import database_url, masked
from crypto.adapters.postgres.schema.migrate import migration_state
from crypto.entrypoints.cli.kit.session import embedded_server
from crypto.entrypoints.settings import Settings


def facts(settings: Settings) -> dict[str, object]:
    """Facts about the database, by name; the embedded server is not started for them.

    :raises StoreUnavailable: when the person's own database cannot be reached.
    """
    if settings.database_url is None:
        return _of_embedded(settings)
    url = database_url(settings.database_url)
    return {"kind": "external", "url": masked(url).replace("+psycopg", "", 1), **_tables(url)}


def _of_embedded(settings: Settings) -> dict[str, object]:
    server = embedded_server(settings)
    status = server.status()
    return {
        "kind": "embedded",
        "data_dir": str(status.data_dir),
        "postgresql": status.major,
        "running": status.running,
        "pid": status.pid,
        "in_use": status.in_use,
        "kept_up": status.kept_up,
        **(_tables(server.url) if status.running else {}),
    }


def _tables(url: str) -> dict[str, object]:
    found = migration_state(url)
    return {"tables": found.state, "revision": found.current, "needed_revision": found.head}
