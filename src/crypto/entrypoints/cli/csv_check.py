"""Check CSV files and show what was understood of them."""

import os
import sys
from collections.abc import Mapping
from contextlib import nullcontext
from typing import Any

from msgspec.structs import asdict, replace

from crypto.adapters.files.address import may_hold_secret
from crypto.adapters.files.opening import public
from crypto.adapters.sources.csv_file import NAME, Options, build
from crypto.adapters.system_clock import SystemClock
from crypto.adapters.tabular.checking import Checked, CheckedTable, check
from crypto.adapters.tabular.dialect import delimiter_word
from crypto.domain.quote import Quote
from crypto.entrypoints.cli.check_progress import CheckProgress
from crypto.entrypoints.cli.csv_options import OF_NO_FILE, environment, setting_name
from crypto.entrypoints.cli.csv_report import show_checked, show_settings
from crypto.entrypoints.cli.exits import FAILED, say
from crypto.entrypoints.cli.running import run_stoppable
from crypto.entrypoints.cli.session import begin, on_terminal
from crypto.entrypoints.cli.show import plain, show_json
from crypto.entrypoints.settings.paste import as_environment, as_toml, chosen


def run(files: tuple[str, ...], *, rows: int, declared: Mapping[str, object], as_json: bool) -> None:
    """Check the files, or those that are set, and end the process with 0 if each would be ingested.

    :raises BadSetting: when an option or setting makes no sense.
    :raises SourceOff: when no file is named or set.
    """
    settings = begin({**os.environ, **environment(declared)})
    options = settings.source[NAME]
    assert isinstance(options, Options)  # noqa: S101 - the registry has it under this name
    paths = files or build(options, clock=SystemClock()).paths
    checked = run_stoppable(_check(paths, options, rows=rows))
    given = _settings(options, paths)
    if as_json:
        show_json({"files": [_as_json(*each) for each in checked.items()], "settings": given})
    else:
        _show(checked, given)
    sys.exit(0 if all(each.is_good for each in checked.values()) else FAILED)


async def _check(paths: tuple[str, ...], options: Options, *, rows: int) -> dict[str, Checked]:
    """By the name of the path."""
    checked: dict[str, Checked] = {}
    with CheckProgress() if on_terminal() else nullcontext() as progress:
        seen = progress.show if progress else lambda _: None
        for path in dict.fromkeys(paths):
            source = build(replace(options, paths=(path,)), clock=SystemClock())
            checked[public(path)] = await check(source, rows=rows, seen=seen)
    return checked


def _settings(options: Options, paths: tuple[str, ...]) -> dict[str, list[str]]:
    """What to paste for an ingest to read the same files in the same way; paths with a secret are not shown."""
    values = {name: each for name, each in chosen(options).items() if name not in OF_NO_FILE}
    if options.delimiter:
        values["delimiter"] = delimiter_word(options.delimiter)
    if any(map(may_hold_secret, paths)):
        told = [f"# {setting_name('paths')} as you have it: what follows the ? of an address may be a key"]
        return {"environment": [*told, *as_environment(NAME, values)], "toml": [*as_toml(NAME, values), *told]}
    values = {"paths": paths, **values}
    return {"environment": as_environment(NAME, values), "toml": as_toml(NAME, values)}


def _show(checked: Mapping[str, Checked], given: Mapping[str, list[str]]) -> None:
    for path, each in checked.items():
        show_checked(path, each)
    if any(each.tables for each in checked.values()):
        show_settings(given)
    if any(each.problem and setting_name("paths") not in each.problem for each in checked.values()):
        say(f"each setting is an option here, too: {setting_name('coin_id')}=... is --coin-id ...")


def _as_json(path: str, checked: Checked) -> dict[str, Any]:
    tables = [_table(table) for table in checked.tables]
    return {"file": path, "would_be_ingested": checked.is_good, "problem": checked.problem, "tables": tables}


def _table(table: CheckedTable) -> dict[str, Any]:
    return {**asdict(table), "first": [{**asdict(quote), **_amounts(quote)} for quote in table.first]}


def _amounts(quote: Quote) -> dict[str, Any]:
    return {name: plain(getattr(quote, name)) for name in ("price_usd", "market_cap", "volume_24h")}
