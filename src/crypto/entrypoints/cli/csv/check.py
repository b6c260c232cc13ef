"""Check CSV files and show what was understood of them."""

import os
import sys
from collections.abc import Mapping
from contextlib import nullcontext
from typing import Any

from msgspec.structs import asdict, replace

from crypto.adapters.csv.check.file_check import Checked, CheckedTable, check
from crypto.adapters.csv.check.together import Together
from crypto.adapters.csv.files.file_settings import FileSettings
from crypto.adapters.csv.input.open_file import public
from crypto.adapters.sources.csv_files import NAME, Options
from crypto.application.setting_names import setting_name
from crypto.domain.quote import AMOUNTS, Quote
from crypto.entrypoints.cli.csv.check_progress import CheckProgress
from crypto.entrypoints.cli.csv.export import exported_settings
from crypto.entrypoints.cli.csv.kinds import kinds_to_declare
from crypto.entrypoints.cli.csv.options import environment
from crypto.entrypoints.cli.csv.report import show_checked, show_settings
from crypto.entrypoints.cli.kit.exits import FAILED, say
from crypto.entrypoints.cli.kit.session import begin, on_terminal
from crypto.entrypoints.cli.screen.show import plain, show_json
from crypto.entrypoints.runtime.signals import run_stoppable
from crypto.entrypoints.wiring.csv_check import csv_files_at, paths_set


def run(files: tuple[str, ...], *, rows: int, declared: Mapping[str, object], as_json: bool) -> None:
    """Check the files, or those that are set, and end the process with 0 if each would be ingested.

    :raises BadSetting: when an option or setting makes no sense.
    :raises SourceOff: when no file is named or set.
    """
    options = begin({**os.environ, **environment(declared)}).source[NAME]
    assert isinstance(options, Options)  # noqa: S101 - the registry has it under this name
    paths = files or paths_set(options)
    settings = options.settings_of(paths)
    checked = run_stoppable(_check(paths, options, rows=rows))
    kinds, rest = kinds_to_declare(paths, checked, settings)
    given = exported_settings(options, rest, kinds, are_set=not files)
    if as_json:
        show_json({"files": [_as_json(*each, settings) for each in checked.items()], "settings": given})
    else:
        _show(checked, given, settings, proposed=bool(kinds))
    sys.exit(0 if all(each.is_good for each in checked.values()) else FAILED)


async def _check(paths: tuple[str, ...], options: Options, *, rows: int) -> dict[str, Checked]:
    """What was read at each path, by its name."""
    checked: dict[str, Checked] = {}
    together = Together()
    with CheckProgress() if on_terminal() else nullcontext() as progress:
        seen = progress.show if progress else lambda _: None
        for path in dict.fromkeys(paths):
            source = csv_files_at(path, options)
            found = await check(source, rows=rows, seen=seen, together=together)
            checked[public(path)] = replace(found, passed_over=tuple(source.passed_over))
    return checked


def _show(
    checked: Mapping[str, Checked], given: Mapping[str, list[str]], settings: FileSettings, *, proposed: bool
) -> None:
    show_checked(checked, settings.declared_by)
    if proposed or any(each.tables for each in checked.values()):
        show_settings(given, to_fill_in=proposed)
    if any(each.problem and setting_name(NAME, "paths") not in each.problem for each in checked.values()):
        say(f"each setting is an option here, too: {setting_name(NAME, 'coin_id')}=... is --coin-id ...")


def _as_json(path: str, checked: Checked, settings: FileSettings) -> dict[str, Any]:
    tables = [{**_table(table), "declared_by": settings.declared_by(table.name)} for table in checked.tables]
    return {
        "file": path,
        "would_be_ingested": checked.is_good,
        "problem": checked.problem,
        "passed_over": checked.passed_over,
        "tables": tables,
    }


def _table(table: CheckedTable) -> dict[str, Any]:
    return {**asdict(table), "drift": table.format_changed, "first": [_quote(quote) for quote in table.first]}


def _quote(quote: Quote) -> dict[str, Any]:
    amounts = {name: plain(getattr(quote, name)) for name in AMOUNTS}
    return {"source": quote.source, "coin_id": quote.coin_id, **asdict(quote), **amounts}
