"""Write an export where the person wants it: to standard output, or into a file that is whole or not there."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import aclosing, contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, TypeAlias

from crypto.application.errors import BadRequest, StoreUnavailable
from crypto.application.formatting import size
from crypto.application.query.export_quotes import ExportQuotes
from crypto.domain.market_data import QuoteFilter
from crypto.entrypoints.cli.export.bar import export_bar
from crypto.entrypoints.cli.kit.exits import say
from crypto.entrypoints.cli.kit.quote_filter import Filters, wanted_of
from crypto.entrypoints.cli.kit.session import asked
from crypto.entrypoints.cli.screen.show import reader_may_leave
from crypto.entrypoints.wiring.container import Container

STDOUT = Path("-")

Write: TypeAlias = Callable[[bytes], object]


def export(file: Path, form: str | None, filters: Filters, *, replace: bool) -> None:
    """Write all quotes that these options ask for into `file`.

    :raises BadRequest: when the format is not known, or the question cannot be answered.
    :raises StoreUnavailable: when the database cannot be used, or the file cannot be written.
    """
    wanted = wanted_of(filters)
    if file == STDOUT:
        _to_stdout(wanted, form)
        return
    if file.exists() and not replace:
        raise StoreUnavailable(f"{file} exists: name another file, or overwrite it with --replace")
    with _whole(file) as target:
        rows = asked(lambda container: _written(container, wanted, form or file.suffix, target.write))
    say(f"{file}: {rows:,} quotes, {size(file.stat().st_size)}")


def _to_stdout(wanted: QuoteFilter, form: str | None) -> None:
    if form is None:
        raise BadRequest("standard output has no name that ends as a format: add --format", parameter="format")
    with reader_may_leave():
        asked(lambda container: _written(container, wanted, form, sys.stdout.buffer.write))
        sys.stdout.buffer.flush()


@contextmanager
def _whole(file: Path) -> Iterator[BinaryIO]:
    """A file under another name, which gets its own at the end of the block, when nothing failed.

    :raises StoreUnavailable: when it cannot be written.
    """
    half = file.with_name(file.name + ".part")
    try:
        with half.open("wb") as target:
            yield target
            target.flush()
            os.fsync(target.fileno())
        half.replace(file)
    except OSError as error:
        raise StoreUnavailable(f"{file} cannot be written: {error.strerror}") from error
    finally:
        with suppress(OSError):  # where nothing can be written, nothing can be removed
            half.unlink(missing_ok=True)


async def _written(container: Container, wanted: QuoteFilter, form: str, write: Write) -> int:
    """How many quotes were written."""
    export_quotes = container.export_quotes()
    opened = await export_quotes(wanted, form=_format_of(form, export_quotes))
    try:
        with export_bar(opened) as heard:
            async with aclosing(opened.pieces()) as pieces:
                async for piece in pieces:
                    write(piece)
                    heard()
    finally:
        await opened.aclose()
    return opened.facts.total


def _format_of(said: str, export_quotes: ExportQuotes) -> str:
    """The name of a format that was said by its name, or as the end of a file's.

    :raises BadRequest: when there is no such.
    """
    for name, form in export_quotes.formats.items():
        if said.lower() == name or f".{said.lower().removeprefix('.')}" in form.suffixes:
            return name
    known = ", ".join(f"{name} ({form.suffixes[0]})" for name, form in export_quotes.formats.items())
    raise BadRequest(
        f"{said or 'a name without an end'} is not a format; there are {known}: say --format", parameter="format"
    )
