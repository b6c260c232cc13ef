"""The settings there are, what each takes, and which of them are secret."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import parse_qsl, unquote, urlsplit

from msgspec import Meta, Struct, field

from crypto.application.errors import CryptoError

ORIGIN = r"^(\*|https?://([a-z0-9.-]+|\[[0-9a-f:.]+\])(:[0-9]{1,5})?)$(?!\n)"
"""An origin as browsers send it: scheme, host and port, in small letters, without a path."""

Origins = Annotated[
    tuple[Annotated[str, Meta(pattern=ORIGIN)], ...],
    Meta(extra_json_schema={"description": "*, or origins such as https://app.example.org, with commas between"}),
]

SECRET_WORDS = ("key", "secret", "token", "password")


class BadSetting(CryptoError):
    """A setting that cannot be used; one line that names it, what it got and what it takes."""


class Settings(Struct, frozen=True, kw_only=True):
    """Everything that can be set. No `database_url`: the embedded server, with its files in `data_dir`.

    `sources` are the ones switched on; `source` has each source's own options, as its registry entry wants them.
    """

    database_url: str | None = None
    read_database_url: str | None = None
    max_replica_lag: Annotated[float, Meta(ge=1, le=86400)] = 300
    data_dir: Path | None = None
    postgres_bin: Path | None = None
    embedded_user: str | None = None
    host: Annotated[str, Meta(min_length=1)] = "127.0.0.1"
    port: Annotated[int, Meta(ge=1, le=65535)] = 8000
    cors_origins: Origins = ()
    drain_seconds: Annotated[float, Meta(ge=0, le=300)] = 0
    sources: tuple[str, ...] = ()
    log_format: Literal["text", "json"] | None = None
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    source: Mapping[str, Struct] = field(default_factory=dict)

    @property
    def secrets(self) -> frozenset[str]:
        """Texts that may never be shown: keys, and the passwords in URLs."""
        found: set[str] = set()
        for values in (self, *self.source.values()):
            for name in values.__struct_fields__:
                found |= secrets_in(name, getattr(values, name))
        return frozenset(found)


def is_secret(name: str) -> bool:
    """Whether a setting's value may never be shown, judged by its name: keys, and URLs that hold a password."""
    return name.endswith("database_url") or any(word in name for word in SECRET_WORDS)


def secrets_in(name: str, value: object) -> set[str]:
    """The texts in a setting's value that may never be shown."""
    if not isinstance(value, str) or not value:
        return set()
    if name.endswith("url"):
        return _passwords_in(value)
    return {value} if is_secret(name) else set()


def _passwords_in(url: str) -> set[str]:
    try:
        parts = urlsplit(url)
        password = parts.password
    except ValueError:
        return {url}
    query = {value for name, value in parse_qsl(parts.query) if is_secret(name)}
    return query | ({password, unquote(password)} if password else set())
