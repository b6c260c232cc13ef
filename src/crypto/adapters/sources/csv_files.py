"""CSV files of quotes: a source whose provider is whoever put them there."""

import asyncio
from collections.abc import AsyncGenerator, Collection, Mapping, Sequence
from contextlib import aclosing, closing
from datetime import timedelta
from pathlib import Path
from typing import Annotated

from msgspec import Meta
from msgspec.structs import replace

from crypto.adapters.csv.check.coin_names import require_one_coin
from crypto.adapters.csv.files.blocks import FileBlock
from crypto.adapters.csv.files.file_settings import FileSettings
from crypto.adapters.csv.files.pattern_advice import advised
from crypto.adapters.csv.files.problems import CANNOT_READ, Problem, as_error
from crypto.adapters.csv.input.listing import belongs
from crypto.adapters.csv.input.name_pattern import absolute
from crypto.adapters.csv.input.open_file import Opening, public
from crypto.adapters.csv.input.standard_input import STANDARD_INPUT
from crypto.adapters.csv.input.table import Table
from crypto.adapters.csv.layout.format_options import FormatOptions
from crypto.adapters.csv.layout.lone_rate import LoneRate
from crypto.adapters.csv.read.file_reader import FileReader
from crypto.adapters.csv.read.outdated_pages import OutdatedPages
from crypto.adapters.csv.read.place import Place
from crypto.adapters.csv.read.redeclaration import is_replaced, redeclared, settings_of, settled_in
from crypto.adapters.csv.read.rows import parse_rows
from crypto.adapters.csv.text.records import Limits
from crypto.adapters.csv.unreadable import Unreadable, setting
from crypto.application.errors import SourceOff, SourceRefused
from crypto.application.ports import Clock, RequestBudget
from crypto.domain.feed import Feed, FeedProfile
from crypto.domain.page import Cursor, ParsedPage, RawPage, no_pages
from crypto.domain.parts import part_of
from crypto.domain.rejection import printable

NAME = "csv"
PARSER_VERSION = 4

SAMPLE = "data/sample.csv"
"""Read where the working directory has it and no path is set: made-up coins, never to be taken for real."""

_BLOCKS = Meta(extra_json_schema={"description": "blocks [[source.csv.file]], in crypto.toml only"})


class Options(FormatOptions, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which files, and what they do not say themselves; each is a setting `CRYPTO_SOURCE__CSV__<NAME>`.

    Besides what can be declared of a file: its `paths`, how often they are looked at, and how old a row may be and
    pass for current, in seconds; by default a day, as most files hold daily closes, and the next is due by then.
    What is unpacked, fetched or piped in has at most `max_megabytes`; an attempt to fetch takes `timeout` seconds
    at most, none begins when those are over, and all go over https unless `plain_http` allows otherwise. Each
    block of `file` names files, too, and declares of them what is not so generally.

    :raises ValueError: when one of them makes no sense; it begins with `file` and the block's number for a block.
    """

    paths: tuple[str, ...] = ()
    file: Annotated[tuple[FileBlock, ...], _BLOCKS] = ()
    max_megabytes: Annotated[int, Meta(ge=1)] = 2048
    timeout: Annotated[float, Meta(gt=0, le=24 * 3600)] = 600.0
    plain_http: bool = False
    interval: Annotated[int, Meta(ge=1)] = 300
    max_age: Annotated[int, Meta(ge=1, le=100 * 366 * 24 * 3600)] = 24 * 3600

    def __post_init__(self) -> None:
        super().__post_init__()
        for number, block in enumerate(self.file, start=1):
            try:
                block.over(self)
            except ValueError as error:
                raise ValueError(f"file, block {number}: {error}") from error

    @property
    def every_path(self) -> tuple[str, ...]:
        """Every path that is read: those of PATHS, and those of blocks."""
        return (*self.paths, *(block.path for block in self.file))

    def settings_of(self, paths: tuple[str, ...]) -> FileSettings:
        """What is declared of the files that are read at these paths."""
        return FileSettings(self, paths=paths, blocks=self.file)


def parse(page: RawPage) -> ParsedPage:
    """Read a page's records; pure, and never raises."""
    return parse_rows(page)


def build(options: Options, *, clock: Clock, budget: RequestBudget | None = None) -> "CsvFiles":
    """The source of CSV files with these settings; files need no request budget.

    :raises SourceOff: when no path is set and the working directory has no sample file.
    """
    if options.every_path:
        return CsvFiles(options, clock=clock)
    if not Path(SAMPLE).is_file():
        raise SourceOff(
            f"no CSV file is set and there is no {SAMPLE}; set {setting('PATHS', 'prices.csv,more.csv')}"
        )
    return CsvFiles(replace(options, paths=(SAMPLE,)), clock=clock)


class CsvFiles:
    """The files that are set, each read from where it was left; at `only` these paths where those are given."""

    def __init__(
        self,
        options: Options,
        *,
        clock: Clock,
        limits: Limits | None = None,
        only: tuple[str, ...] | None = None,
    ) -> None:
        self._options = options
        self.profile = FeedProfile(
            feed=Feed(source=NAME),
            interval=timedelta(seconds=options.interval),
            max_age=timedelta(seconds=options.max_age),
            parser_version=PARSER_VERSION,
        )
        self._every_path = options.every_path if only is None else only
        self._plain_paths = options.paths if only is None else only
        self._settings = options.settings_of(self._every_path)
        self._clock = clock
        self._limits = limits or Limits()
        self._lone_rate = LoneRate()
        self._opening = Opening(
            clock=clock,
            max_megabytes=options.max_megabytes,
            timeout=options.timeout,
            plain_http=options.plain_http,
        )

    @property
    def paths(self) -> tuple[str, ...]:
        """The paths that are read, as they are set."""
        return self._every_path

    @property
    def passed_over(self) -> Sequence[str]:
        """The system files that stood among what was read last."""
        return tuple(self._opening.passed_over)

    async def pages(self, cursor: Cursor) -> AsyncGenerator[RawPage, None]:
        """The chunks of all files, in order of their paths; a bad file does not keep the others out.

        :raises SourceRefused: after the last page, naming each file that cannot be read, and what would help.
        :raises SourceUnavailable: after the last page, when a file changed while it was read.
        """
        self._opening.passed_over.clear()
        self._lone_rate = LoneRate()
        place = Place.at(cursor)
        place.keep_only(self._is_set)
        problems: list[Problem] = []
        held: RawPage | None = None
        for path, entry in self._paths(problems):
            async with aclosing(self._pages_at(path, entry, place, problems)) as pages:
                async for page in pages:
                    if held:
                        yield held
                    held = page
        if held:
            yield replace(held, cursor_after=place.cursor, is_last=not problems)
        if problems:
            raise as_error(problems)

    def _is_set(self, name: str) -> bool:
        return belongs(name, self._every_path) or self._settings.block_of(name) is not None

    def _paths(self, problems: list[Problem]) -> list[tuple[str, str]]:
        """Every path once, patterns replaced by what matches them; each with what is set that stands for it."""
        paths: dict[str, tuple[str, str]] = {}
        for entry in self._every_path:
            try:
                found = self._settings.listed(entry)
            except Unreadable as error:
                problems.append((public(entry), error))
                continue
            for each in found.paths:
                paths.setdefault(absolute(each), (each, entry))
            self._opening.passed_over += found.passed_over
        return sorted(paths.values())

    async def _pages_at(
        self, path: str, entry: str, place: Place, problems: list[Problem]
    ) -> AsyncGenerator[RawPage, None]:
        name, before = public(path), len(problems)
        known = place.known_version(name, self._settings.fingerprint)
        version: Mapping[str, str] = known
        try:
            async with aclosing(self._opening.tables(path, known=known)) as tables:
                async for table in tables:
                    version = table.headers
                    async with aclosing(self._pages_of_table(table, entry, place, problems)) as pages:
                        async for page in pages:
                            yield page
        except CANNOT_READ as error:
            problems.append((name, error))
        if len(problems) == before:
            place.keep_version(name, version, self._settings.fingerprint)

    async def _pages_of_table(
        self, table: Table, entry: str, place: Place, problems: list[Problem]
    ) -> AsyncGenerator[RawPage, None]:
        try:
            with closing(await asyncio.to_thread(self._read, table, place)) as reading:
                self._require_one_coin(table.name, place, reading)
                while page := await asyncio.to_thread(reading.next_page):
                    yield page
        except CANNOT_READ as error:
            problems.append((table.name, self._explained(error, table, entry)))

    def _require_one_coin(self, name: str, place: Place, reading: FileReader) -> None:
        """See that a file under the general COIN_ID is not called after another coin than others under it.

        :raises Unreadable: when it is.
        """
        if reading.is_of_declared_coin and self._settings.block_of(name) is None:
            others = [other for other in place.files if self._settings.block_of(other) is None]
            require_one_coin(name, others, coin_id=self._options.coin_id)

    def _explained(self, error: Exception, table: Table, entry: str) -> Exception:
        """What is wrong with a table, and what would help."""
        explained = self._settings.explained(table.name, error)
        if isinstance(explained, Unreadable) and entry in self._plain_paths:
            return advised(explained, table, entry=entry, paths=self._plain_paths)
        return explained

    def _read(self, table: Table, place: Place) -> FileReader:
        declared = self._settings.of(table.name)
        reading = FileReader(
            table,
            source=NAME,
            declared=declared,
            place=place,
            clock=self._clock,
            limits=self._limits,
            lone_rate=self._lone_rate,
        )
        try:
            self._settings.check_coin(table.name, reading.header)
            _check_came_once(table.name, reading)
        except Unreadable:
            reading.close()
            raise
        return reading

    def pages_of(self, coin_ids: Collection[str]) -> AsyncGenerator[RawPage, None]:
        """No pages: a file does not shift while it is read, so no coin is asked for by its id."""
        return no_pages()

    def cursor_past(self, cursor: Cursor) -> Cursor | None:
        """Always None: where a chunk ends is not known before it is read."""
        return None

    def requests_from(self, cursor: Cursor) -> int | None:
        """Always 0: reading files sends no request that counts."""
        return 0

    def declared_now(self, page: RawPage) -> RawPage:
        """The page as it would be kept today; itself when it is of a file that is not set now.

        :raises SourceRefused: when it cannot be read as the present settings say.
        """
        name = part_of(page) or ""
        if not self._is_set(name):
            return page
        try:
            declared = self._settings.of(name)
            now = redeclared(page, declared)
            self._lone_rate.take(declared, settled_in(now, declared), file=name)
        except Unreadable as error:
            if is_replaced(page):
                return page
            raise SourceRefused(f"{printable(name)}: {error}") from error
        return now

    def declared_anew(self, page: RawPage, *, at: Cursor) -> Cursor:
        """Where files are left off once this page is kept as its file is declared now: that one is read anew."""
        place = Place.at(at)
        place.declare_anew(part_of(page) or "", settings_of(page))
        place.forget_former({STANDARD_INPUT})
        return place.cursor

    def outdated(self, cursor: Cursor) -> OutdatedPages | None:
        """Pages of files that were read under other settings, and were read anew under those of now."""
        place = Place.at(cursor)
        former = {name: settings for name, settings in place.former.items() if self._is_set(name)}
        place.forget_former(former)
        if not former:
            return None
        present = {name: mark.settings for name, mark in place.files.items()}
        return OutdatedPages(former, present=present, declared=self._settings.of, cursor_after=place.cursor)

    def parse(self, page: RawPage) -> ParsedPage:
        """The quotes and rejections in a stored chunk of a file; pure, and never raises."""
        return parse(page)


def _check_came_once(name: str, reading: FileReader) -> None:
    """Standard input has one name for all that comes through it: what is stored of which bytes cannot be told.

    :raises Unreadable: when the same bytes came before, declared otherwise.
    """
    if name == STANDARD_INPUT and reading.was_declared_otherwise:
        raise Unreadable(
            "the same rows came before, declared otherwise, and would stay beside these; `crypto reprocess "
            "csv --current-settings` reads all that came through standard input as is declared now; "
            "then send them again"
        )
