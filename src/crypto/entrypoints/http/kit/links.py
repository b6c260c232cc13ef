"""Where the other parts of a list are, as the header Link says it (RFC 8288): all parameters repeated."""

from collections.abc import Mapping
from urllib.parse import quote

from crypto.entrypoints.http.kit.request_context import RequestContext

LONGEST = 4096
"""Bytes of the header: proxies refuse long ones. Where it would be longer only `next` is told, or nothing."""


def page_links(
    context: RequestContext,
    *,
    page: int | None,
    next_cursor: str | None = None,
    has_more: bool,
    last: int | None = None,
) -> Mapping[str, str]:
    """The header Link of a list's part: `first`, `next` unless it is the last one, `prev` after a page number.

    `page` is the number of the part, None where a cursor led to it. `next` goes by cursor where there is one.
    `last` is the number of the last part, where that is known.
    """
    parts = {"first": _with(context, page=1)}
    if page is not None and page > 1:
        parts["prev"] = _with(context, page=page - 1)
    if has_more and next_cursor is not None:
        parts["next"] = _with(context, cursor=next_cursor)
    elif has_more and page is not None:
        parts["next"] = _with(context, page=page + 1)
    if last is not None:
        parts["last"] = _with(context, page=last)
    return _short_enough(parts)


def _short_enough(parts: Mapping[str, str]) -> Mapping[str, str]:
    """All links, or only the one that leads on, or none."""
    for names in (parts.keys(), parts.keys() & {"next"}):
        header = ", ".join(f'<{target}>; rel="{name}"' for name, target in parts.items() if name in names)
        if header and len(header) <= LONGEST:
            return {"Link": header}
    return {}


def _with(context: RequestContext, **place: int | str) -> str:
    """The same question for another part: a reference to be resolved against the URL that was asked."""
    given = [(name, each) for name, values in context.query.items() for each in values]
    kept = [(name, each) for name, each in given if name not in {"page", "cursor"}]
    asked = [*kept, *((name, str(each)) for name, each in place.items())]
    return context.path + "?" + "&".join(f"{name}={quote(each, safe='')}" for name, each in asked)
