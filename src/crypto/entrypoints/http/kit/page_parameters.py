"""Parameters that say which part of a list: its number and size, or the cursor that the part before gave."""

from crypto.application.query.quote_page import DEFAULT_PAGE_SIZE, MAX_PAGE, MAX_PAGE_SIZE, PageRequest
from crypto.domain.market_data import Count
from crypto.entrypoints.http.kit.parameters import Parameter, one_of, token, whole
from crypto.entrypoints.http.kit.problem_codes import ProblemCode
from crypto.entrypoints.http.kit.query_string import Query
from crypto.entrypoints.http.kit.verdict import Verdict

MAX_CURSOR = 1024
MAX_SINCE = 4096
"""It holds a number of each source."""

PAGE_OR_CURSOR = "Give `page` or `cursor`, not both, else `conflicting_parameters`."
OWN_FILTERS = (
    "A `cursor` is one that this service gave out, for a list with the same filters, else `invalid_cursor`; the"
    " size of a part may change."
)
"""What holds between these parameters, for the document."""

REFUSED_VALUE = Verdict(
    code=ProblemCode.VALUE_OUT_OF_BOUNDS,
    detail="page_size must be a whole number from 1 to 1000; it is '1001'",
    parameter="page_size",
)
REFUSED_PLACES = (
    REFUSED_VALUE,
    Verdict(code=ProblemCode.CONFLICTING_PARAMETERS, detail="give page or cursor, not both", parameter="page"),
    Verdict(
        code=ProblemCode.INVALID_CURSOR,
        detail="the cursor belongs to a list with other filters",
        parameter="cursor",
    ),
)
"""Examples of what they are refused for."""

PAGE = whole("page", "Which part of the list, from 1.", most=MAX_PAGE, default=1)
COUNT = one_of(
    "count",
    "How `total` is told: exact (the default), estimated where counting takes long, or none. The answer's `count`"
    " says which it is: an exact total that takes longer than 2 seconds is estimated, too.",
    tuple(Count),
)


def page_size(of: str, *, default: int) -> Parameter[int]:
    """How many of these a part has; it reads None when it was not given."""
    return whole("page_size", f"How many {of}.", most=MAX_PAGE_SIZE, default=default)


def cursor(remark: str = "", *, example: str) -> Parameter[str]:
    """The parameter `cursor`, which says where the part before ended."""
    description = f"`next_cursor` of the part before, with the same filters; instead of `page`.{remark}"
    return token("cursor", description, most=MAX_CURSOR, example=example)


def page_request(query: Query, *, size: Parameter[int], cursor: Parameter[str]) -> PageRequest:
    """Which part of a list a query asks for.

    :raises BadRequest: for a value out of bounds.
    """
    return PageRequest(
        page=PAGE.of(query),
        page_size=size.of(query) or DEFAULT_PAGE_SIZE,
        cursor=cursor.of(query),
        count=Count(COUNT.of(query) or Count.EXACT),
    )
