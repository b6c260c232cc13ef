"""Parameters that say which part of a list: its number and size, or the cursor that the part before gave."""

from crypto.application.query.quote_page import MAX_OFFSET, MAX_PAGE_SIZE
from crypto.entrypoints.http.kit.parameters import Parameter, token, whole

MAX_CURSOR = 1024

PAGE = whole("page", "Which part of the list, from 1.", most=MAX_OFFSET + 1, default=1)


def page_size(of: str, *, default: int) -> Parameter[int]:
    """How many of these a part has; it reads None when it was not given."""
    return whole("page_size", f"How many {of}.", most=MAX_PAGE_SIZE, default=default)


def cursor(remark: str = "", *, example: str) -> Parameter[str]:
    """The parameter `cursor`, which says where the part before ended."""
    description = f"`next_cursor` of the part before, with the same filters; instead of `page`.{remark}"
    return token("cursor", description, most=MAX_CURSOR, example=example)
