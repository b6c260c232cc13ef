"""One path of an API, whole: what may be asked, what it answers, what can go wrong, and how it is documented."""

from collections.abc import Awaitable, Callable, Collection
from typing import Protocol, TypeAlias, TypeVar

from msgspec import Struct, field

from crypto.entrypoints.http.kit.answer import JSON, Answer
from crypto.entrypoints.http.kit.deprecation import Deprecation
from crypto.entrypoints.http.kit.drain import Drain
from crypto.entrypoints.http.kit.json_body import AnyBody
from crypto.entrypoints.http.kit.parameters import AnyParameter, Parameter
from crypto.entrypoints.http.kit.query_string import Query
from crypto.entrypoints.http.kit.request_context import RequestContext
from crypto.entrypoints.http.kit.tags import Tag
from crypto.entrypoints.http.kit.verdict import Verdict

T = TypeVar("T")


class UseCases(Protocol):
    """Finds each use case by its type; KeyError for one that there is not."""

    def __call__(self, kind: type[T], /) -> T: ...


class Service(Struct, frozen=True, kw_only=True):
    """What stands behind an API: its use cases, the names that a parameter `source` may have, and its end."""

    use_case: UseCases
    sources: Collection[str]
    drain: Drain = field(default_factory=Drain)


class Endpoint(Struct, frozen=True, kw_only=True):
    """One path that is read with GET or HEAD; or one that is asked with POST, if it has a `body`.

    `path` is as the OpenAPI document writes it, in a slice without the base of its API; the names in its braces
    are those of `in_path`: a text takes the rest of the path, slashes and all. `parameters` are those of its
    query; `rules` says in whole sentences what holds between them, which no schema can. `answer` raises BadRequest
    and what its use case raises; `problems` are examples of that, beside those that any request may meet.
    `example` is a made-up answer, whose type is the answer's schema, or bytes such as are sent as they were
    received, or as a stream of the media type `stream`; `unhealthy` is one with status 503. `pages` tells that the
    answer has a Link to the other parts of its list. `data_of` says whose data the answer to a question is taken
    from, where it depends on stored data alone: then it has a validator, and may be kept. `offers` are the media
    types that Accept chooses from, the first for who takes any; a parameter `format`, where there is one, wins.
    The overview lists the path under `link`, if it has one.
    """

    path: str
    name: str
    tag: Tag
    summary: str
    example: Struct | bytes
    answer: Callable[[RequestContext], Awaitable[Answer]]
    parameters: tuple[AnyParameter, ...] = ()
    in_path: tuple[Parameter[str] | Parameter[int], ...] = ()
    body: AnyBody | None = None
    rules: tuple[str, ...] = ()
    problems: tuple[Verdict, ...] = ()
    unhealthy: Struct | None = None
    stream: str | None = None
    pages: bool = False
    data_of: Callable[[Query], str | None] | None = None
    deprecated: Deprecation | None = None
    link: str | None = None
    offers: tuple[str, ...] = (JSON,)

    @property
    def gives_file(self) -> bool:
        """Whether it answers with a file, in one of several formats."""
        return len(self.offers) > 1

    @property
    def is_sent_as_received(self) -> bool:
        """Whether it answers with bytes that it did not make, of whatever media type they are."""
        return isinstance(self.example, bytes)

    @property
    def is_in_pieces(self) -> bool:
        """Whether its answers may be too large for memory."""
        return self.gives_file or self.is_sent_as_received


Slice: TypeAlias = Callable[[Service], tuple[Endpoint, ...]]
"""Makes the endpoints of one resource on what stands behind the API."""
