"""`crypto health`: whether the service on this machine answers, and how it is; a container's HEALTHCHECK."""

import sys
from typing import TYPE_CHECKING

import rich_click as click

from crypto.entrypoints.cli.kit.options import address_options, json_option

if TYPE_CHECKING:
    from crypto.entrypoints.http.v1.health import HealthAnswer, SourceHealth

TIMEOUT = 8.0
"""Seconds that the answer may take."""


@click.command("health")
@address_options
@json_option
def command(host: str | None, port: str | None, *, as_json: bool) -> None:
    """Ask the API of this machine how it is; the exit code says whether it can answer questions.

    0: healthy, or degraded (a source fails or is late; what is stored is served). 69: no database. 1: the API does
    not answer.

    \b
      crypto health
      crypto health --port 8080
      crypto health --json | jq .sources
    """
    from crypto.application.operate.check_health import UNHEALTHY
    from crypto.entrypoints.cli.kit.exits import NO_DATABASE
    from crypto.entrypoints.cli.kit.session import begin
    from crypto.entrypoints.cli.screen.show import show_json, show_lines
    from crypto.entrypoints.runtime.address import base_url

    health = _ask(base_url(begin(host=host, port=port)))
    if as_json:
        show_json(health)
    else:
        show_lines(_told(health))
    if health.status == UNHEALTHY:
        sys.exit(NO_DATABASE)


def _ask(base: str) -> "HealthAnswer":
    """The answer of `/health`, healthy or not; ends the process when there is none."""
    from http.client import HTTPConnection, HTTPException
    from urllib.parse import urlsplit

    from msgspec import DecodeError
    from msgspec.json import decode

    from crypto.entrypoints.cli.kit.exits import FAILED, fail, one_line
    from crypto.entrypoints.http.v1.health import HealthAnswer

    address = urlsplit(f"{base}/health")
    connection = HTTPConnection(address.netloc, timeout=TIMEOUT)
    try:
        connection.request("GET", address.path)
        return decode(connection.getresponse().read(), type=HealthAnswer)
    except (OSError, HTTPException, DecodeError) as error:
        remedy = "start it with `crypto up`, or say where it listens: --port, or CRYPTO_PORT"
        fail(f"the API does not answer at {base}: {one_line(error)}; {remedy}", FAILED)
    finally:
        connection.close()


def _told(health: "HealthAnswer") -> list[str]:
    if not health.database_connected:
        return [f"{health.status}: no database"]
    return [health.status, *(_source(each) for each in health.sources if each.enabled)]


def _source(source: "SourceHealth") -> str:
    reason = f" ({source.freshness_reason})" if source.freshness_reason else ""
    return f"  {source.source}: {source.status}, {source.freshness or 'nothing stored'}{reason}"
