"""What was declared of a file when a page of it arrived, replaced by what is declared now."""

import msgspec
from msgspec.structs import replace

from crypto.adapters.tabular.context import Context
from crypto.adapters.tabular.declared import Declared
from crypto.adapters.tabular.layout import find_shape, require_shape
from crypto.domain.page import RawPage

BEFORE = "before"
"""In a page's context: the contexts that it was read under before, the last one last."""

FOUND = frozenset({"delimiter", "encoding", "date_order", "candle", "observed_at", "timezone", "bare_date"})
"""What is found in a file, or when it is read, where nothing is declared: then the page keeps what was found."""


def redeclared(page: RawPage, declared: Declared) -> RawPage:
    """The page as it would be kept if it arrived under these declarations; itself, if it says the same.

    :raises Unreadable: when it cannot be read under them at all.
    """
    try:
        context = msgspec.convert(dict(page.context), Context)
    except msgspec.ValidationError:
        return page
    labels = context.labels if declared.columns == context.columns else None
    now = replace(context, **_said(declared), labels=labels)
    if now == context:
        return page
    require_shape(find_shape(now.names, now), now.names, now)
    earlier = dict(page.context)
    older = earlier.pop(BEFORE, ())
    before = [*older, earlier] if isinstance(older, list) else [earlier]
    return replace(page, context={**msgspec.json.decode(msgspec.json.encode(now)), BEFORE: before})


def _said(declared: Declared) -> dict[str, object]:
    said = {name: getattr(declared, name) for name in Declared.__struct_fields__}
    return {name: value for name, value in said.items() if value is not None or name not in FOUND}
