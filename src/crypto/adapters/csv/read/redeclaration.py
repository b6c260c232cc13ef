"""What was declared of a file when a page of it arrived, replaced by what is declared now."""

from collections.abc import Collection, Mapping

import msgspec
from msgspec.structs import replace

from crypto.adapters.csv.format.registry import NO_FORMAT
from crypto.adapters.csv.infer.inferred import first_rows
from crypto.adapters.csv.infer.inferred_money import settled_money
from crypto.adapters.csv.layout.column_layout import find_layout, require_layout
from crypto.adapters.csv.layout.context import Context
from crypto.adapters.csv.layout.format_options import FormatOptions
from crypto.adapters.csv.layout.known import laid_under
from crypto.adapters.csv.text.charset import to_utf8
from crypto.adapters.csv.text.columns import TELLING
from crypto.adapters.csv.text.records import text_lines
from crypto.adapters.csv.unreadable import Unreadable
from crypto.domain.page import RawPage

BEFORE = "before"
"""In a page's context: the contexts that it was read under before, the last one last."""

FOUND = frozenset(
    (
        *("format", "delimiter", "encoding", "decimal", "date_order"),
        *("candle", "observed_at", "timezone", "bare_date"),
    )
)
"""What is found in a file, or when it is read, where nothing is declared: then the page keeps what was found."""


def redeclared(page: RawPage, declared: FormatOptions) -> RawPage:
    """The page as it would be kept if it arrived under these declarations; itself, if it says the same.

    :raises Unreadable: when it cannot be read under them at all.
    """
    try:
        context = msgspec.convert(dict(page.context), Context)
    except msgspec.ValidationError:
        return page
    declared = _as_timed(_as_recognised(declared, context), context)
    now = replace(context, replaced=False, **_said(declared))
    now = _with_money(now, context, page)
    require_layout(find_layout(now.names, now), now.names, now)
    labels = context.labels if _labelled(now) == _labelled(context) else None
    now = replace(now, labels=labels)
    if now == context:
        return page
    return _under(page, msgspec.json.decode(msgspec.json.encode(now)))


def replaced(page: RawPage) -> RawPage:
    """The page as one that says nothing any more, because its file was read again and it cannot be."""
    return _under(page, {**page.context, "replaced": True})


def is_replaced(page: RawPage) -> bool:
    """Whether a stored page was replaced, and says nothing any more."""
    return page.context.get("replaced") is True


def settings_of(page: RawPage) -> str:
    """What tells the settings that it is read under from others; empty where that is not known."""
    return _fingerprint(page.context)


def was_under(page: RawPage, settings: Collection[str]) -> bool:
    """Whether a page is read under one of these settings, by their fingerprints, or was before."""
    return any(_fingerprint(each) in settings for each in (page.context, *_earlier(page)))


def _under(page: RawPage, context: Mapping[str, object]) -> RawPage:
    last = {name: said for name, said in page.context.items() if name != BEFORE}
    return replace(page, context={**context, BEFORE: [*_earlier(page), last]})


def _earlier(page: RawPage) -> list[Mapping[str, object]]:
    before = page.context.get(BEFORE, ())
    return before if isinstance(before, list) else []


def _fingerprint(context: Mapping[str, object]) -> str:
    try:
        return msgspec.convert(dict(context), Context).fingerprint
    except msgspec.ValidationError:
        return ""


def settled_in(page: RawPage, declared: FormatOptions) -> FormatOptions:
    """What is kept with the page; what is declared, where that cannot be understood."""
    try:
        return msgspec.convert(dict(page.context), Context)
    except msgspec.ValidationError:
        return declared


def _with_money(now: Context, before: Context, page: RawPage) -> Context:
    """The columns that told the money still do, unless others are declared; the page's rows settle the rest."""
    found = {field: before.columns[field] for field in TELLING if field in before.columns}
    now = replace(now, columns={**found, **now.columns})
    lines = text_lines(to_utf8(page.body, now.dialect.encoding), now.line_end)
    rows = first_rows(lines, now.dialect, line=now.first_line, whole=True)
    settled = settled_money(now, now.names, find_layout(now.names, now), rows, path=now.path)
    columns = now.columns if found else settled.columns
    return replace(now, columns=columns, currency=settled.currency, rates=settled.rates)


def _labelled(context: Context) -> dict[str, str]:
    return {field: column for field, column in context.columns.items() if field not in TELLING}


def _as_recognised(declared: FormatOptions, context: Context) -> FormatOptions:
    """The options over those of the known export that the file was read as, unless it is declared to be none.

    :raises Unreadable: when it is declared to be of another kind than it was read as.
    """
    if declared.format in {None, context.format}:
        return laid_under(declared, context.laid)
    if declared.format != NO_FORMAT:
        raise Unreadable(f"it was read as {context.format or 'no known format'}; ingest the file again")
    return declared


def _as_timed(declared: FormatOptions, context: Context) -> FormatOptions:
    """The options with the columns of times that the first rows showed, unless another is declared."""
    if "observed_at" in declared.columns and declared.columns["observed_at"] != context.columns.get("observed_at"):
        return declared
    return replace(declared, columns={**context.timed, **declared.columns})


def _said(declared: FormatOptions) -> dict[str, object]:
    said = {name: getattr(declared, name) for name in FormatOptions.__struct_fields__}
    return {name: value for name, value in said.items() if value is not None or name not in FOUND}
