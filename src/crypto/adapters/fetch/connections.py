"""The connections to a provider: nothing of the environment counts, and redirects are not followed."""

import ssl
from collections.abc import Mapping
from functools import cache
from importlib.metadata import version

import httpx


def connections(*, timeout: float, headers: Mapping[str, str]) -> httpx.AsyncClient:
    """To be opened and closed by `async with`; `headers` go with each request."""
    ours = {"Accept": "application/json", "Accept-Encoding": "gzip", "User-Agent": f"crypto/{version('crypto')}"}
    return httpx.AsyncClient(
        headers={**ours, **headers},
        timeout=timeout,
        verify=_trusted_authorities(),
        follow_redirects=False,
        trust_env=False,
    )


@cache
def _trusted_authorities() -> ssl.SSLContext:
    """Made once: it takes longer than a request to a provider nearby."""
    return httpx.create_ssl_context(trust_env=False)
