"""Database addresses: what you may write, what SQLAlchemy and libpq take, and what may be shown."""

from urllib.parse import unquote

from psycopg import ProgrammingError
from psycopg.conninfo import make_conninfo
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

DRIVER = "postgresql+psycopg"
SCHEMES = ("postgres", "postgresql", DRIVER)
EXAMPLE = "postgresql://user:password@host:5432/database"
SECRETS = ("password", "sslpassword")
HIGHEST_PORT = 65_535


def database_url(text: str) -> str:
    """The URL as SQLAlchemy takes it, whichever of PostgreSQL's schemes it was written with.

    :raises ValueError: when it is not a PostgreSQL URL; the message is one line and never holds the password.
    """
    url = _parsed(text.strip())
    if url.drivername not in SCHEMES:
        raise ValueError(f"a database URL of scheme {url.drivername} is not PostgreSQL's: write {EXAMPLE}")
    if url.port is not None and not 0 < url.port <= HIGHEST_PORT:
        raise ValueError(f"a database URL with port {url.port}: ports go from 1 to {HIGHEST_PORT}")
    known = _socket_as_option(url.set(drivername=DRIVER))
    _check_options(known)
    return known.render_as_string(hide_password=False)


def masked(url: str) -> str:
    """The URL as it may be shown and logged: passwords are `***`."""
    parsed = make_url(url)
    hidden = {name: "***" for name in SECRETS if name in parsed.query}
    return parsed.update_query_dict(hidden).render_as_string(hide_password=True)


def conninfo(url: str) -> str:
    """The address of a database in libpq's own form, for a plain psycopg connection."""
    return _conninfo(make_url(url))


def _conninfo(url: URL) -> str:
    _, options = url.get_dialect()().create_connect_args(url)
    return make_conninfo(**options)


def _parsed(text: str) -> URL:
    try:
        return make_url(text)
    except (ArgumentError, ValueError):
        # without its cause, which may quote a part of the password
        raise ValueError(f"that is not a database URL: write {EXAMPLE}, with special characters as %xx") from None


def _socket_as_option(url: URL) -> URL:
    """libpq also takes a socket's folder in the host's place, as %2Fvar%2Frun; SQLAlchemy only as ?host=."""
    host = unquote(url.host or "")
    if not host.startswith("/"):
        return url
    return url.set(host="").update_query_dict({"host": host})


def _check_options(url: URL) -> None:
    try:
        _conninfo(url)
    except ProgrammingError as error:
        raise ValueError(f"a database URL with an option libpq does not know: {str(error).strip()}") from error
