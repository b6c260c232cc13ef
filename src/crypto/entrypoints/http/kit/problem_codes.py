"""Every problem that a caller may meet, by its code: the status it comes with, its title, and what to do next.

The list is closed: a code is added here, and the page of problems, docs/reference/problems.md and the OpenAPI
document follow. A code that was given out keeps its meaning.
"""

from collections.abc import Mapping
from enum import StrEnum
from http import HTTPStatus

from msgspec import Struct

PAGE = "/docs/problems"
"""Where the service itself explains its problems: a problem's `type` leads to its code there."""


class ProblemCode(StrEnum):
    """What went wrong, for programs."""

    UNKNOWN_PARAMETER = "unknown_parameter"
    REPEATED_PARAMETER = "repeated_parameter"
    EMPTY_PARAMETER = "empty_parameter"
    UNREADABLE_TEXT = "unreadable_text"
    INVALID_VALUE = "invalid_value"
    VALUE_OUT_OF_BOUNDS = "value_out_of_bounds"
    CONFLICTING_PARAMETERS = "conflicting_parameters"
    EMPTY_RANGE = "empty_range"
    MOMENT_TOO_RECENT = "moment_too_recent"
    INVALID_CURSOR = "invalid_cursor"
    INVALID_BODY = "invalid_body"
    UNREADABLE_REQUEST = "unreadable_request"
    UNKNOWN_PATH = "unknown_path"
    UNKNOWN_COIN = "unknown_coin"
    UNKNOWN_PAGE = "unknown_page"
    UNKNOWN_RUN = "unknown_run"
    METHOD_NOT_ALLOWED = "method_not_allowed"
    NOT_ACCEPTABLE = "not_acceptable"
    REQUEST_TIMEOUT = "request_timeout"
    BODY_TOO_LARGE = "body_too_large"
    URL_TOO_LONG = "url_too_long"
    UNSUPPORTED_MEDIA_TYPE = "unsupported_media_type"
    UNEXPECTED_ERROR = "unexpected_error"
    DATABASE_UNAVAILABLE = "database_unavailable"
    SHUTTING_DOWN = "shutting_down"
    TOO_MANY_EXPORTS = "too_many_exports"
    TOO_MANY_STREAMS = "too_many_streams"


class ProblemType(Struct, frozen=True):
    """What all problems of a code share; `action` is what the caller does next."""

    status: HTTPStatus
    title: str
    action: str


PROBLEMS: Mapping[ProblemCode, ProblemType] = {
    ProblemCode.UNKNOWN_PARAMETER: ProblemType(
        HTTPStatus.BAD_REQUEST,
        "Unknown parameter",
        "Leave the parameter out, or spell it as one of those that `detail` lists.",
    ),
    ProblemCode.REPEATED_PARAMETER: ProblemType(
        HTTPStatus.BAD_REQUEST,
        "Repeated parameter",
        "Give the parameter as often as `detail` says at most.",
    ),
    ProblemCode.EMPTY_PARAMETER: ProblemType(
        HTTPStatus.BAD_REQUEST, "Empty parameter", "Give the parameter a value, or leave it out."
    ),
    ProblemCode.UNREADABLE_TEXT: ProblemType(
        HTTPStatus.BAD_REQUEST,
        "Unreadable text",
        "Send the text as UTF-8, percent-encoded, without control characters and without U+FFFD.",
    ),
    ProblemCode.INVALID_VALUE: ProblemType(
        HTTPStatus.BAD_REQUEST, "Invalid value", "Give the parameter a value of the kind that `detail` names."
    ),
    ProblemCode.VALUE_OUT_OF_BOUNDS: ProblemType(
        HTTPStatus.BAD_REQUEST, "Value out of bounds", "Give a value within the bounds that `detail` names."
    ),
    ProblemCode.CONFLICTING_PARAMETERS: ProblemType(
        HTTPStatus.BAD_REQUEST,
        "Conflicting parameters",
        "Leave one of the parameters out: `page` or `cursor`, not both.",
    ),
    ProblemCode.EMPTY_RANGE: ProblemType(
        HTTPStatus.BAD_REQUEST,
        "Empty range",
        "Let the range end after it begins: it includes its start and excludes its end.",
    ),
    ProblemCode.MOMENT_TOO_RECENT: ProblemType(
        HTTPStatus.BAD_REQUEST,
        "Moment too recent",
        "Ask for a moment at least 60 seconds ago, or ask again when it is; without `as_of` the answer is of now.",
    ),
    ProblemCode.INVALID_CURSOR: ProblemType(
        HTTPStatus.BAD_REQUEST,
        "Invalid cursor",
        "Begin again without `cursor`, then follow `next_cursor` with the same filters, as it was given.",
    ),
    ProblemCode.INVALID_BODY: ProblemType(
        HTTPStatus.BAD_REQUEST,
        "Invalid body",
        "Mend the body where `pointer` says, by the schema in the OpenAPI document, and send it again.",
    ),
    ProblemCode.UNREADABLE_REQUEST: ProblemType(
        HTTPStatus.BAD_REQUEST, "Unreadable request", "Send the request as HTTP and the OpenAPI document have it."
    ),
    ProblemCode.UNKNOWN_PATH: ProblemType(
        HTTPStatus.NOT_FOUND, "Unknown path", "Take one of the paths that / lists, or the OpenAPI document."
    ),
    ProblemCode.UNKNOWN_COIN: ProblemType(
        HTTPStatus.NOT_FOUND,
        "Unknown coin",
        "Take an id that `detail` names, or look it up in /api/v1/coins, which takes a symbol, too.",
    ),
    ProblemCode.UNKNOWN_PAGE: ProblemType(
        HTTPStatus.NOT_FOUND,
        "Unknown page",
        "Take a `page_id` that a quote, a rejection or a skipped record names, as it is there.",
    ),
    ProblemCode.UNKNOWN_RUN: ProblemType(
        HTTPStatus.NOT_FOUND, "Unknown run", "Take a `run_id` that /api/v1/runs or a page names."
    ),
    ProblemCode.METHOD_NOT_ALLOWED: ProblemType(
        HTTPStatus.METHOD_NOT_ALLOWED, "Method not allowed", "Use one of the methods in the header Allow."
    ),
    ProblemCode.NOT_ACCEPTABLE: ProblemType(
        HTTPStatus.NOT_ACCEPTABLE,
        "Not acceptable",
        "Leave the header Accept out, or let it allow a media type that `detail` names.",
    ),
    ProblemCode.REQUEST_TIMEOUT: ProblemType(
        HTTPStatus.REQUEST_TIMEOUT, "Request timeout", "Send the request again, its body without long pauses."
    ),
    ProblemCode.BODY_TOO_LARGE: ProblemType(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        "Body too large",
        "Send a smaller body: split the question into several requests, or leave out a body that nobody reads.",
    ),
    ProblemCode.URL_TOO_LONG: ProblemType(
        HTTPStatus.REQUEST_URI_TOO_LONG,
        "URL too long",
        "Shorten path and query to 8192 bytes together: ask for less at once.",
    ),
    ProblemCode.UNSUPPORTED_MEDIA_TYPE: ProblemType(
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        "Unsupported media type",
        "Send the body as application/json in UTF-8, without Content-Encoding.",
    ),
    ProblemCode.UNEXPECTED_ERROR: ProblemType(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "Unexpected error",
        "Ask again once; if it stays, report it with `request_id`, under which the log tells what it was.",
    ),
    ProblemCode.DATABASE_UNAVAILABLE: ProblemType(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "Database unavailable",
        "Ask again after as many seconds as the header Retry-After says; the log says why it is away.",
    ),
    ProblemCode.SHUTTING_DOWN: ProblemType(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "Shutting down",
        "Send new requests to another process of the service; those that are under way are answered.",
    ),
    ProblemCode.TOO_MANY_EXPORTS: ProblemType(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "Too many exports",
        "Ask again after as many seconds as the header Retry-After says, when one of the others has ended.",
    ),
    ProblemCode.TOO_MANY_STREAMS: ProblemType(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "Too many streams",
        "Ask /api/v1/changes instead, or for the stream again after as many seconds as Retry-After says.",
    ),
}


def type_uri(code: ProblemCode) -> str:
    """The `type` of a problem: a reference that leads to the code's explanation, by this service."""
    return f"{PAGE}#{code}"
