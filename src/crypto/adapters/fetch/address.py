"""Where a provider is, and whether a key may travel there."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from crypto.adapters.fetch.options import HttpOptions
from crypto.application.errors import SourceRefused
from crypto.application.setting_names import setting_name


def host_of(base_url: str) -> str:
    """The host's name, for messages."""
    return urlsplit(base_url).hostname or ""


def check_key_stays_secret(source: str, options: HttpOptions) -> None:
    """A key goes over TLS, or to this machine only.

    :raises SourceRefused: when it would travel in the clear.
    """
    parts = urlsplit(options.base_url)
    if options.api_key is None or parts.scheme == "https" or is_loopback(parts.hostname or ""):
        return
    raise SourceRefused(
        f"{source}: the key is not sent over plain http to {parts.hostname};"
        f" set {setting_name(source, 'base_url')} to an https address"
    )


def is_loopback(host: str) -> bool:
    """Whether it is this machine, by its name or number."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
