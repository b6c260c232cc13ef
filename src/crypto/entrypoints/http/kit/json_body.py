"""The body of a POST: JSON of a declared shape and size; a refusal names the place where it does not fit."""

from typing import Any, Generic, TypeAlias, TypeVar

import msgspec
from msgspec import Struct

from crypto.entrypoints.http.kit.body_fault import place_of
from crypto.entrypoints.http.kit.problem_codes import ProblemCode
from crypto.entrypoints.http.kit.refusal import Refusal
from crypto.entrypoints.http.kit.request_context import RequestContext

B = TypeVar("B", bound=Struct)

MAX_BODY = 65536
"""Bytes of a body, where an endpoint does not say otherwise."""


class JsonBody(Struct, Generic[B], frozen=True, kw_only=True):
    """A body as `kind` declares it, of `most` bytes at most that arrive within `seconds`; `example` is made up.

    `kind` forbids unknown fields, so that what is misspelt is refused and never ignored, and bounds its texts and
    lists with msgspec's Meta: the OpenAPI document shows these bounds.
    """

    kind: type[B]
    description: str
    example: B
    most: int = MAX_BODY
    seconds: float = 10.0

    def __post_init__(self) -> None:
        if not self.kind.__struct_config__.forbid_unknown_fields:
            raise TypeError(f"{self.kind.__name__} must forbid unknown fields: what is misspelt would be ignored")

    def of(self, context: RequestContext) -> B:
        """The body of a request.

        :raises Refusal: invalid_body, when it is not JSON or not of this shape; it names the place.
        """
        try:
            return msgspec.json.decode(context.body, type=self.kind)
        except msgspec.ValidationError as error:
            said, pointer = place_of(error)
            raise _invalid(said, pointer=pointer) from error
        except UnicodeDecodeError as error:
            raise _invalid("the body is not UTF-8") from error
        except RecursionError as error:
            raise _invalid("the body is nested too deeply") from error
        except msgspec.DecodeError as error:
            raise _invalid(f"the body is not JSON: {error}") from error


AnyBody: TypeAlias = JsonBody[Any]


def _invalid(said: str, *, pointer: str | None = None) -> Refusal:
    return Refusal(ProblemCode.INVALID_BODY, said, pointer=pointer)
