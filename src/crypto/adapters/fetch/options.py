"""What can be set of a provider that is asked over HTTP: where, with which key, how often, with which backoff."""

from datetime import timedelta
from ipaddress import ip_address
from typing import Annotated
from urllib.parse import urlsplit

from msgspec import Meta, Struct
from msgspec.structs import force_setattr

from crypto.application.errors import SourceRefused
from crypto.application.setting_names import setting_name
from crypto.domain.allowance import Allowance
from crypto.domain.feed import Feed, FeedProfile

Pause = Annotated[float, Meta(ge=0, le=3600)]
Timeout = Annotated[float, Meta(gt=0, le=3600)]
Interval = Annotated[float, Meta(gt=0, le=31 * 24 * 3600)]
MaxAge = Annotated[float, Meta(gt=0, le=100 * 366 * 24 * 3600)]
Count = Annotated[int, Meta(ge=1)]
ApiKey = Annotated[str, Meta(pattern=r"^[!-~]*$(?!\n)")]
"""What a header can carry: printable ASCII without a space."""


class HttpOptions(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings that every provider has; its own defaults and additions are in its module.

    `pause` is the time between two requests, `interval` between two sweeps, `timeout` what one request may take
    in all, `max_age` how old a quote may be and pass for current (None: as interval and provider have it), each in
    seconds; `retries` is how often a request is repeated. Without `per_minute` and `per_month` the provider's
    published limits count. An empty `api_key` is none.

    :raises ValueError: for a `base_url` that is not a plain address of an HTTP server.
    """

    base_url: str
    interval: Interval
    max_age: MaxAge | None = None
    api_key: ApiKey | None = None
    pause: Pause = 0.5
    per_minute: Count | None = None
    per_month: Count | None = None
    retries: Annotated[int, Meta(ge=0)] = 6
    timeout: Timeout = 30.0

    def __post_init__(self) -> None:
        force_setattr(self, "base_url", _plain_address(self.base_url))
        force_setattr(self, "api_key", self.api_key or None)

    def profile(
        self,
        feed: Feed,
        *,
        update_cycle: timedelta,
        parser_version: int,
        allowance: Allowance,
        most_pages: int | None = None,
        cut_from: int | None = None,
        followed: tuple[str, ...] = (),
    ) -> FeedProfile:
        """How a live list behaves that is read so often, and names every coin that is listed.

        Its half-done sweep is resumed within one interval, so that its first coins never starve. A quote passes
        for current as long as is set, else for one interval over the provider's cycle.
        """
        interval = timedelta(seconds=self.interval)
        return FeedProfile(
            feed=feed,
            interval=interval,
            max_age=timedelta(seconds=self.max_age) if self.max_age else interval + update_cycle,
            parser_version=parser_version,
            update_cycle=update_cycle,
            sweep_lifetime=interval,
            allowance=allowance,
            lists_every_coin=True,
            most_pages=most_pages,
            cut_from=cut_from,
            followed=followed,
        )

    def __repr__(self) -> str:
        key = "set" if self.api_key else "none"
        return f"{type(self).__name__}(base_url={self.base_url!r}, api_key {key})"


def _plain_address(base_url: str) -> str:
    """The address without a trailing slash, which providers answer with a redirect."""
    parts = urlsplit(base_url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("base_url must be like https://host/path")
    if parts.port == 0:
        raise ValueError("base_url has port 0")
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise ValueError("base_url takes no user name, password, query or fragment; a key belongs in api_key")
    return base_url.rstrip("/")


def host_of(base_url: str) -> str:
    """The name of the host in an address, for messages."""
    return urlsplit(base_url).hostname or ""


def check_key_stays_secret(source: str, options: HttpOptions) -> None:
    """See that a key goes over TLS, or to this machine only.

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
    """Whether a host, by its name or number, is this machine."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
