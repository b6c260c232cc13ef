"""Which sources there are: one line each."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TypeAlias

from msgspec import Struct

from crypto.adapters.sources import bitstamp, coingecko, coinpaprika
from crypto.adapters.sources import csv_files as csv_file
from crypto.application.ports import Source
from crypto.domain.feed import Feed
from crypto.domain.page import ParsedPage, RawPage

Parse: TypeAlias = Callable[[RawPage], ParsedPage]
"""Reads a page's records; pure, and never raises."""


class SourceKind(Struct, frozen=True, kw_only=True):
    """How a source is set up: the settings it takes, and `build(options, clock=..., budget=...)` that makes it.

    `build` raises SourceOff when the settings leave the source switched off. One that is not `on_by_default` is on
    where CRYPTO_SOURCES names it: no upgrade asks a provider that nobody chose. `parse` reads
    a page of its prices again, whatever the settings are. `feeds` builds those that it has
    beside its prices, by their names, in the same way: they share its settings, its account and its budget.
    """

    options: type[Struct]
    build: Callable[..., Source]
    parse: Parse
    on_by_default: bool = True
    feeds: Mapping[str, Callable[..., Source]] = MappingProxyType({})


SOURCES: Mapping[str, SourceKind] = MappingProxyType(
    {
        coinpaprika.NAME: SourceKind(
            options=coinpaprika.Options, build=coinpaprika.build, parse=coinpaprika.parse
        ),
        coingecko.NAME: SourceKind(options=coingecko.Options, build=coingecko.build, parse=coingecko.parse),
        bitstamp.NAME: SourceKind(
            options=bitstamp.Options, build=bitstamp.build, parse=bitstamp.parse, on_by_default=False
        ),
        csv_file.NAME: SourceKind(options=csv_file.Options, build=csv_file.build, parse=csv_file.parse),
    }
)


def feeds() -> list[str]:
    """The feeds that there are, as people write them."""
    beside = {name: [str(Feed(source=name, name=each)) for each in kind.feeds] for name, kind in SOURCES.items()}
    return [feed for name in SOURCES for feed in (name, *beside[name])]
