"""The web address of a file: whether it is one that is read, and how it is called without its secrets."""

from hashlib import sha256
from urllib.parse import urlsplit

from crypto.adapters.fetch.address import is_loopback
from crypto.adapters.tabular.unreadable import Unreadable, setting

DIGEST_CHARACTERS = 8


def is_address(path: str) -> bool:
    """Whether it is the address of something, and not the name of a file here."""
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
    return f"{plain}?***{sha256(parts.query.encode()).hexdigest()[:DIGEST_CHARACTERS]}"


def check_address(address: str, *, plain_http: bool) -> None:
    """Whether it may be read: over https, or from this machine.

    :raises Unreadable: when it may not.
    """
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise Unreadable("it is no address such as https://host/prices.csv") from error
    if parts.scheme.lower() not in {"https", "http"} or not host:
        raise Unreadable("it is no address such as https://host/prices.csv")
    if "@" in parts.netloc:
        raise Unreadable("its address has a user name or password, which is not sent; use one without")
    if parts.scheme.lower() == "http" and not (plain_http or is_loopback(host)):
        remedy = setting("PLAIN_HTTP", "true")
        raise Unreadable(f"over plain http anyone between could change it; use https, or set {remedy}")


def host_of(address: str) -> str:
    """The host's name of an address that may be read."""
    return urlsplit(address).hostname or ""
