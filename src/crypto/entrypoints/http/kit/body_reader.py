"""Take in the body of a POST: of the right kind, not too large, not too slow."""

import asyncio

from litestar.exceptions import InternalServerException
from litestar.exceptions.http_exceptions import RequestEntityTooLarge

from crypto.entrypoints.http.kit.json_body import AnyBody
from crypto.entrypoints.http.kit.problem_codes import ProblemCode
from crypto.entrypoints.http.kit.refusal import Refusal
from crypto.entrypoints.http.kit.request_context import Headers
from crypto.entrypoints.http.kit.scope import AnyRequest, context_of

_PLAIN = (None, "", "identity")
_UTF_8 = ("", "utf-8", "utf8")


async def body_of(request: AnyRequest, wanted: AnyBody) -> bytes:
    """The body as it was sent; what it says is for the endpoint to read.

    :raises Refusal: for another media type or a coded body, one that is too large, and one that does not come.
    """
    _check_kind(context_of(request).headers)
    try:
        return await asyncio.wait_for(request.body(), wanted.seconds)
    except RequestEntityTooLarge as error:
        said = f"the body is longer than the {wanted.most} bytes that this path takes"
        raise Refusal(ProblemCode.BODY_TOO_LARGE, said) from error
    except TimeoutError as error:
        said = f"the body did not arrive within {wanted.seconds:g} seconds"
        raise Refusal(ProblemCode.REQUEST_TIMEOUT, said) from error
    except InternalServerException as error:  # Litestar's word for a caller who is gone
        raise Refusal(ProblemCode.UNREADABLE_REQUEST, "the body was cut off") from error


def _check_kind(headers: Headers) -> None:
    """Refuse what is not JSON in UTF-8, as it is."""
    media, _, rest = (headers.content_type or "").lower().partition(";")
    charset = rest.partition("charset=")[2].strip(' "')
    if media.strip() != "application/json" or charset not in _UTF_8:
        got = ascii(headers.content_type[:60]) if headers.content_type else "none"
        raise Refusal(ProblemCode.UNSUPPORTED_MEDIA_TYPE, f"the body must be application/json; it is {got}")
    if headers.content_encoding not in _PLAIN:
        raise Refusal(ProblemCode.UNSUPPORTED_MEDIA_TYPE, "the body must come without Content-Encoding")
