"""Where the API listens: checked before anything is started, and asked whether it answers."""

import asyncio
import errno
import os
import socket
from contextlib import suppress
from ipaddress import ip_address

from loguru import logger

from crypto.entrypoints.settings import BadSetting, Settings

TAKEN = "port {port} on {host} is in use, perhaps by another crypto; {free} (or CRYPTO_PORT)"
FORBIDDEN = "port {port} may not be used by this account; take one from 1024 on: --port 8080 (or CRYPTO_PORT)"
ELSEWHERE = (
    "{host} is not an address of this machine; --host 127.0.0.1 (or CRYPTO_HOST) serves it alone, 0.0.0.0 everyone"
)
OPEN = (
    "CRYPTO_HOST: {host} lets everyone who can reach this machine's port {port} read all that is stored, without"
    " a password; 127.0.0.1 serves this machine alone, where a proxy can ask for one"
)

LAST_PORT = 65_535
NEAR = 100
"""So many ports after one that is taken are tried, to name one that is free."""

COMPLAINTS = {errno.EADDRINUSE: TAKEN, errno.EACCES: FORBIDDEN}


def free_address(settings: Settings) -> str:
    """The IP address to listen at, once it is known that the port is free.

    :raises BadSetting: when host or port cannot be had.
    """
    try:
        return _tried(settings.host, settings.port)
    except (OSError, UnicodeError) as error:
        complaint = COMPLAINTS.get(getattr(error, "errno", None) or 0, ELSEWHERE)
        free = _free_near(settings) if complaint is TAKEN else ""
        raise BadSetting(complaint.format(host=settings.host, port=settings.port, free=free)) from error


def _tried(host: str, port: int) -> str:
    """The IP address, once one could listen there."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    family, kind, protocol, _, place = found[0]
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(place)
    return str(place[0])


def _free_near(settings: Settings) -> str:
    """What to say instead of a port that is taken."""
    for port in range(settings.port + 1, min(settings.port + NEAR, LAST_PORT) + 1):
        with suppress(OSError):
            _tried(settings.host, port)
            return f"{port} is free: --port {port}"
    return "take a free one with --port"


def as_environment(settings: Settings) -> dict[str, str]:
    """The host and port to listen at as environment variables, for a process that this one starts."""
    return {"CRYPTO_HOST": settings.host, "CRYPTO_PORT": str(settings.port)}


def warn_when_open(settings: Settings, address: str) -> None:
    """Say that others can read, too; a container, known by that variable, is opened and closed from outside."""
    if not ip_address(address).is_loopback and "container" not in os.environ:
        logger.warning(OPEN.format(host=settings.host, port=settings.port))


def base_url(settings: Settings) -> str:
    """The address at which a person on this machine reaches the API."""
    return f"{site_url(settings)}/api/v1"


def site_url(settings: Settings) -> str:
    """The address at which a person on this machine reaches everything that is served."""
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(settings.host, settings.host)  # noqa: S104 - compared only
    host = f"[{host}]" if ":" in host and not host.startswith("[") else host
    return f"http://{host}:{settings.port}"


async def until_answers(settings: Settings, *, limit: float) -> bool:
    """Wait until the API process answers, but no longer than `limit` seconds; whether it does."""
    try:
        async with asyncio.timeout(limit):
            while not await _answers(settings):  # noqa: ASYNC110 - another process: it can only be asked
                await asyncio.sleep(0.05)
    except TimeoutError:
        return False
    return True


async def _answers(settings: Settings) -> bool:
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)  # noqa: S104 - compared only
    try:
        reader, writer = await asyncio.open_connection(host, settings.port)
        try:
            writer.write(b"GET /api/v1/health/live HTTP/1.0\r\nHost: localhost\r\n\r\n")
            return (await reader.readline()).split()[1:2] == [b"200"]
        finally:
            writer.close()
    except OSError:
        return False
