"""CSV files of quotes: a source whose provider is whoever put them there."""

import asyncio
from collections.abc import AsyncGenerator, Collection
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Annotated

from msgspec import Meta
from msgspec.structs import replace

from crypto.adapters.tabular.declared import Declared
from crypto.adapters.tabular.reading import Place, Reading
from crypto.adapters.tabular.records import Limits
from crypto.adapters.tabular.rows import parse_rows
from crypto.adapters.tabular.unreadable import setting
from crypto.application.errors import CryptoError, SourceOff, SourceRefused, SourceUnavailable
from crypto.application.ports import Clock, RequestBudget, Source
from crypto.domain.allowance import Allowance
from crypto.domain.page import Cursor, ParsedPage, RawPage, no_pages

NAME = "csv"

SAMPLE = "data/sample.csv"
"""Read where the working directory has it and no path is set: made-up coins, never to be taken for real."""


class Options(Declared, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which files, and what they do not say themselves; each is a setting `CRYPTO_SOURCE__CSV__<NAME>`.

    Besides what can be declared of a file: its `paths`, how often they are looked at, and how old a row may be and
    pass for current, in seconds; by default a day, as most files hold daily closes, and the next is due by then.

    :raises ValueError: when one of them makes no sense.
    """

    paths: tuple[str, ...] = ()
    interval: Annotated[int, Meta(ge=1)] = 300
    max_age: Annotated[int, Meta(ge=1, le=100 * 366 * 24 * 3600)] = 24 * 3600


def build(options: Options, *, clock: Clock, budget: RequestBudget | None = None) -> Source:
    """The source, as set; files need no budget.

    :raises SourceOff: when no path is set and the working directory has no sample file.
    """
    if options.paths:
        return CsvFiles(options, clock=clock)
    if not Path(SAMPLE).is_file():
        raise SourceOff(
            f"no CSV file is set and there is no {SAMPLE}; set {setting('PATHS', 'prices.csv,more.csv')}"
        )
    return CsvFiles(replace(options, paths=(SAMPLE,)), clock=clock)


class CsvFiles:
    """The files that are set, each read from where it was left."""

    name = NAME
    sweep_lifetime: timedelta | None = None
    lists_every_coin = False
    update_cycle: timedelta | None = None
    most_pages = None
    parser_version = 2
    allowance: Allowance | None = None

    def __init__(self, options: Options, *, clock: Clock, limits: Limits | None = None) -> None:
        self._options = options
        self._clock = clock
        self._limits = limits or Limits()

    @property
    def interval(self) -> timedelta:
        """How often the files are looked at."""
        return timedelta(seconds=self._options.interval)

    @property
    def max_age(self) -> timedelta:
        """How old a row may be and pass for current."""
        return timedelta(seconds=self._options.max_age)

    async def pages(self, cursor: Cursor) -> AsyncGenerator[RawPage, None]:
        """The chunks of all files, in order of their paths; a bad file does not keep the others out.

        :raises SourceRefused: after the last page, naming each file that cannot be read, and what would help.
        :raises SourceUnavailable: after the last page, when a file changed while it was read.
        """
        place = Place.at(cursor)
        problems: list[CryptoError] = []
        held: RawPage | None = None
        for path in sorted(set(self._options.paths)):
            try:
                with closing(await asyncio.to_thread(self._open, path, place)) as reading:
                    while page := await asyncio.to_thread(reading.next_page):
                        if held:
                            yield held
                        held = page
            except (SourceRefused, SourceUnavailable) as error:
                problems.append(error)
        if held:
            yield replace(held, is_last=not problems)
        if problems:
            raise _together(problems)

    def _open(self, path: str, place: Place) -> Reading:
        return Reading(
            path, source=NAME, declared=self._options, place=place, clock=self._clock, limits=self._limits
        )

    def pages_of(self, coin_ids: Collection[str]) -> AsyncGenerator[RawPage, None]:
        """None: a file does not shift while it is read."""
        return no_pages()

    def cursor_past(self, cursor: Cursor) -> Cursor | None:
        """A chunk's end is not known before it is read."""
        return None

    def requests_from(self, cursor: Cursor) -> int | None:
        """None are needed."""
        return 0

    def parse(self, page: RawPage) -> ParsedPage:
        """Read a chunk's records."""
        return parse_rows(page)


def _together(problems: list[CryptoError]) -> CryptoError:
    message = "; ".join(str(problem) for problem in problems)
    refused = any(isinstance(problem, SourceRefused) for problem in problems)
    return SourceRefused(message) if refused else SourceUnavailable(message)
