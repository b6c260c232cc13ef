"""Which sources there are: one line each."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from msgspec import Struct

from crypto.adapters.sources import bitstamp, coingecko, coinpaprika
from crypto.adapters.sources import csv_files as csv_file
from crypto.application.ports import Source


class SourceKind(Struct, frozen=True, kw_only=True):
    """How a source is set up: the settings it takes, and `build(options, clock=..., budget=...)` that makes it.

    `build` raises SourceOff when the settings leave the source switched off. One that is not `on_by_default` is on
    where CRYPTO_SOURCES names it: no upgrade asks a provider that nobody chose.
    """

    options: type[Struct]
    build: Callable[..., Source]
    on_by_default: bool = True


SOURCES: Mapping[str, SourceKind] = MappingProxyType(
    {
        coinpaprika.NAME: SourceKind(options=coinpaprika.Options, build=coinpaprika.build),
        coingecko.NAME: SourceKind(options=coingecko.Options, build=coingecko.build),
        bitstamp.NAME: SourceKind(options=bitstamp.Options, build=bitstamp.build, on_by_default=False),
        csv_file.NAME: SourceKind(options=csv_file.Options, build=csv_file.build),
    }
)
