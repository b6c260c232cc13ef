"""The web address of a file: whether it is one that is read, and how it is called without its secrets."""

from contextlib import suppress
from hashlib import sha256
from ipaddress import IPv4Address, IPv6Address, ip_address
from socket import inet_aton
from urllib.parse import urlsplit

from crypto.adapters.csv.unreadable import Unreadable, setting
from crypto.adapters.fetch.options import is_loopback

DIGEST_CHARACTERS = 8


def is_address(path: str) -> bool:
    """Whether a path is an address with a scheme, and not the name of a file on this machine."""
    scheme, colon, _ = path.partition("://")
    return bool(colon) and scheme.isalnum()


def split_fragment(address: str) -> tuple[str, str | None]:
    """The address, and the member of a zip file that `https://host/prices.zip#btc.csv` names."""
    address, _, member = address.partition("#")
    return address, member or None


def public_name(address: str) -> str:
    """The address as it is stored and shown: a signature or key may be in a query, so none of its values is.

    A digest tells queries apart; a user name and password are left out.
    """
    try:
        parts = urlsplit(address)
        host = parts.netloc.rpartition("@")[2]
    except ValueError:
        return "the address"
    plain = f"{parts.scheme}://{host}{parts.path}"
    if not parts.query:
        return plain
    digest = sha256(parts.query.encode("utf-8", "surrogateescape")).hexdigest()
    return f"{plain}?***{digest[:DIGEST_CHARACTERS]}"


def may_hold_secret(path: str) -> bool:
    """Whether a path is an address of which not everything may be shown."""
    address, _ = split_fragment(path)
    return is_address(path) and public_name(address) != address


def check_address(address: str, *, plain_http: bool) -> None:
    """See that an address may be read: over https, or from this machine.

    :raises Unreadable: when it may not.
    """
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise Unreadable("it is not an address such as https://host/prices.csv") from error
    if parts.scheme.lower() not in {"https", "http"} or not host:
        raise Unreadable("it is not an address such as https://host/prices.csv")
    if "@" in parts.netloc:
        raise Unreadable("its address has a user name or password, which is not sent; use one without")
    if parts.scheme.lower() == "http" and not (plain_http or is_loopback(host)):
        remedy = setting("PLAIN_HTTP", "true")
        raise Unreadable(f"over plain http anyone between could change it; use https, or set {remedy}")


def check_redirect(address: str, to: str, *, plain_http: bool) -> None:
    """See that a server may lead from one to the other: never from elsewhere to this machine itself.

    :raises Unreadable: when it may not.
    """
    host = _host_of(to)
    try:
        check_address(to, plain_http=plain_http)
    except Unreadable as error:
        raise Unreadable(f"it is redirected to {host}: {error}") from error
    if _is_here(host) and not _is_here(_host_of(address)):
        raise Unreadable("it is redirected to this machine itself, which is not followed")


def _host_of(address: str) -> str:
    return urlsplit(address).hostname or ""


def _is_here(host: str) -> bool:
    """Whether the system takes it for this machine: `localhost.`, `127.1`, `0.0.0.0`, `::ffff:127.0.0.1`."""
    number = _number(host)
    if number is None:
        name = host.rstrip(".")
        return name == "localhost" or name.endswith(".localhost")
    number = getattr(number, "ipv4_mapped", None) or number
    return number.is_loopback or number.is_unspecified


def _number(host: str) -> IPv4Address | IPv6Address | None:
    """The number of an address that is one, however it is written."""
    with suppress(ValueError):
        return ip_address(host)
    with suppress(OSError):
        return ip_address(inet_aton(host))
    return None
