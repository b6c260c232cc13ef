"""What was understood of a CSV file, for people."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial

from msgspec.structs import asdict

from crypto.adapters.csv.check.file_check import Checked, CheckedTable
from crypto.adapters.csv.check.interpretation import Interpretation
from crypto.adapters.csv.text.columns import TELLING
from crypto.application.formatting import some
from crypto.entrypoints.cli.screen.display import folded, reader_width
from crypto.entrypoints.cli.screen.grid import Column
from crypto.entrypoints.cli.screen.show import cell, show_lines, show_table
from crypto.entrypoints.settings.export import BLOCKS

UNITS = {"base": ", in coins, at the price of the row", "quote": "", "usd": ", in US dollars"}

HERE = "the blocks [[source.csv.file]] of crypto.toml"

ZONE_SAID: Mapping[str, str] = {
    "setting": ", as declared",
    "column": ", as the column's name says",
    "default": ", as nothing says otherwise",
}

COLUMNS = (
    Column(name="observed_at", title="observed_at (UTC)"),
    Column(name="coin_id", gives="middle", least=12),
    Column(name="name", gives="end", unless=("-",), rank=2),
    Column(name="symbol", gives="end", least=6, ease=6, unless=("-",), rank=1),
    Column(name="price_usd"),
    Column(name="market_cap", unless=("-",)),
    Column(name="volume_24h", unless=("-",)),
)
WORDS = 15
"""Where what is said of a fact begins, also on its further lines."""

REJECTED = (Column(name="rejected"), Column(name="reason"))
UNREAD = (Column(name="unread"), Column(name="field"), Column(name="reason"))


def show_checked(checked: Mapping[str, Checked], declared_by: Callable[[str], str | None]) -> None:
    """Show for each path its tables, what they are declared by, and what could not be read.

    What is the same of several paths is said once, where the first of them is, with their names.
    """
    about = {path: tuple(_facts_at(path, each)) for path, each in checked.items()}
    alike: dict[tuple[str, ...], list[str]] = {}
    for path, facts in about.items():
        alike.setdefault(facts, []).append(path)
    for path, each in checked.items():
        _show_tables(each, declared_by)
        paths = alike[about[path]]
        if about[path] and path == paths[0]:
            show_lines([some([cell(other) for other in paths]), *about[path]])


def _show_tables(checked: Checked, declared_by: Callable[[str], str | None]) -> None:
    for table in checked.tables:
        block = declared_by(table.name)
        show_lines([cell(table.name), *([_fact("declared by", block)] if block else []), *_facts(table)])
        if table.first:
            show_lines([""])
            show_table(COLUMNS, [asdict(quote) for quote in table.first])
        _show_unbelieved(table)


def _show_unbelieved(table: CheckedTable) -> None:
    """How many rows were rejected, how many fields could not be read, and why."""
    rows = [each for each in table.rejected if each.field is None]
    fields = [each for each in table.rejected if each.field]
    if rows:
        show_lines([""])
        told = [{"rejected": each.count, "reason": each.reason, "the first": each.first} for each in rows]
        show_table(REJECTED, told, noted="the first")
    if fields:
        show_lines([""])
        told = [
            {"unread": each.count, "field": each.field, "reason": each.reason, "the first": each.first}
            for each in fields
        ]
        show_table(UNREAD, told, noted="the first")
    if table.rejected:
        show_lines([""])


def show_settings(given: Mapping[str, list[str]], *, to_fill_in: bool) -> None:
    """What to paste, in both forms; or what is to be completed, which crypto.toml alone can say."""
    toml = [f"  {line}" for line in given["toml"]]
    if to_fill_in:
        show_lines(["their names tell the coins; for crypto.toml, with what stands in <> filled in:", *toml])
        return
    shell = [f"  {line}" for line in given["environment"] if not line.endswith(BLOCKS)]
    has_blocks = len(shell) < len(given["environment"])
    if shell:
        show_lines([f"for a shell, beside {HERE}:" if has_blocks else "for a shell:", *shell])
    if toml:
        show_lines(["or for crypto.toml:" if shell else f"for crypto.toml, as {HERE}:", *toml])
    if not shell and not toml:
        show_lines([f"nothing to paste: it is in {HERE}"])


def _facts_at(path: str, checked: Checked) -> Iterator[str]:
    """What is said of a path, and of none of its tables."""
    if checked.passed_over:
        yield _fact("passed over", f"{some(checked.passed_over)}: the system's own files")
    if checked.problem:
        yield _fact("problem", checked.problem.removeprefix(f"{path}: "), to_copy=True)


def _facts(table: CheckedTable) -> Iterator[str]:
    about = table.understood
    if about.format:
        yield _fact("format", f"{about.format}; FORMAT=none reads it as any other file")
    yield _fact("written", _written(about))
    for field, column in about.columns.items():
        if field in TELLING:
            continue
        unit = UNITS[about.volume_unit or "quote"] if field == "volume_24h" else ""
        yield _fact(field, f"column {column!r}{unit}")
    if about.prices:
        yield _fact("prices", f"{len(about.prices)} columns, from {about.prices[0]!r} to {about.prices[-1]!r}")
    yield _fact("ignored", ", ".join(about.ignored) or "nothing")
    if about.coin_id:
        yield _fact("coin_id", f"{about.coin_id!r} for all rows, as declared")
    yield _fact("decimals", _decimals(about))
    yield _fact("currency", _currency(about))
    yield _fact("time", _time(about))
    yield _fact("records", _counted(table))
    for note in about.notes:
        yield _fact("note", note)


def _written(about: Interpretation) -> str:
    header = f"rows from line {about.first_line}, {'below a header' if about.has_header else 'no header'}"
    return f"{about.encoding}, lines end with {about.line_end}, {about.delimiter} between cells, {header}"


def _decimals(about: Interpretation) -> str:
    if about.decimal is None:
        return "none in the first rows; an amount that may be read in two ways is rejected"
    why = "as declared" if about.decimal_declared else "by the amounts of the first rows"
    return f"after a {about.decimal}, {why}"


def _currency(about: Interpretation) -> str:
    return f"{', '.join(map(partial(_money, about), about.currency.split(', ')))}; {about.currency_from}"


def _money(about: Interpretation, code: str) -> str:
    if code == "USD":
        return code
    return f"{code} ({about.rates[code]:f} US dollars each)" if code in about.rates else f"{code} (not converted)"


def _time(about: Interpretation) -> str:
    if about.observed_at:
        return f"no column; all rows are of {cell(about.observed_at)}"
    zone = f"times without a zone are in {about.timezone}{ZONE_SAID[about.timezone_by]}"
    order = f", days and months in the order {about.date_order}" if about.date_order else ""
    candle = f", a price is known {about.candle} later" if about.candle else ""
    candle = ", times are those of the close" if about.candle == "0" else candle
    return f"{_time_read(about)}; {zone}{order}{candle}"


def _time_read(about: Interpretation) -> str:
    if about.time_read is None:
        return "none could be read"
    read = cell(about.time_read)
    return f"{about.time_cell!r} is {read}" if about.time_cell else f"the first is {read}"


def _counted(table: CheckedTable) -> str:
    rejected = sum(each.count for each in table.rejected if each.field is None)
    unread = sum(each.count for each in table.rejected if each.field is not None)
    without = f", {unread} cells unread, their fields left unknown" if unread else ""
    repeated = f", {table.repeated} said again" if table.repeated else ""
    repeated += f", {table.empty} empty" if table.empty else ""
    failing = "; an ingest would fail: more than a fifth of a page is rejected" if table.format_changed else ""
    return f"{table.received} received: {table.quotes} quotes{repeated}, {rejected} rejected{without}{failing}"


def _fact(name: str, said: str, *, to_copy: bool = False) -> str:
    line, width = f"  {name:<{WORDS - 2}}{cell(said)}", reader_width()
    return "\n".join(folded(line, width, hang=WORDS, whole_words=to_copy)) if width else line
