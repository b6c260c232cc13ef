"""Answers that depend on stored data alone: known by their validators, and kept while the data are the same.

An answer is as old as what is known of the data's version, and that is at most `WatchData`'s bound.
"""

from collections.abc import Callable, Mapping
from typing import Protocol, TypeAlias

from crypto.application.errors import StoreUnavailable
from crypto.domain.market_data import DataVersion
from crypto.entrypoints.http.kit.answer import JSON, Answer
from crypto.entrypoints.http.kit.answer_cache import AnswerCache, KeptAnswer, Key
from crypto.entrypoints.http.kit.cache_policies import CACHE_5_SECONDS
from crypto.entrypoints.http.kit.cors import OFF, Cors
from crypto.entrypoints.http.kit.etag import etag_of, is_known
from crypto.entrypoints.http.kit.query_string import Query
from crypto.entrypoints.http.kit.request_context import RequestContext
from crypto.entrypoints.http.kit.stamp import plain

DataOf: TypeAlias = Callable[[Query], str | None]
"""Whose data an answer to this question is taken from: one source's, or (None) those of all."""

READING = ("GET", "HEAD")
NO_BODY = (None, "0")
OF_THE_REQUEST = b',"request_id":'
"""Where what is of one request begins in a body; inside a text its quotes would be escaped."""


class Versions(Protocol):
    """Which version the data are of: `known` without asking, if that is recent enough."""

    @property
    def known(self) -> DataVersion | None: ...

    async def __call__(self) -> DataVersion: ...


class DataAnswers:
    """`settings` is what answers depend on beside the data: another text gives other validators."""

    def __init__(self, versions: Versions, *, cache: AnswerCache, cors: Cors = OFF, settings: str = "") -> None:
        self._versions = versions
        self._cors = cors
        self._cache = cache
        self._settings = settings

    async def kept(self, context: RequestContext) -> KeptAnswer | None:
        """The answer to this question as it was, if the data are as they were."""
        if context.method not in READING or context.headers.content_length not in NO_BODY:
            return None
        found = self._cache.get(_key(context))
        if found is None:
            return None
        try:
            now = self._versions.known or await self._versions()
        except StoreUnavailable:
            return None  # who asks the database next says so
        return found if now.of(found.source) == found.version else None

    async def is_current(self, context: RequestContext, data_of: DataOf) -> Mapping[str, str] | None:
        """The headers of an answer that its caller has already; None when it has not, or has another one.

        That a caller has it tells that the question can be asked: the validator is of the question, too.

        :raises BadRequest: for a question that cannot be asked.
        :raises StoreUnavailable: when the database cannot be used.
        """
        if context.headers.if_none_match is None:
            return None
        now = self._versions.known or await self._versions()
        etag = self._etag(context, now.of(data_of(context.query)))
        if not is_known(etag, context.headers.if_none_match):
            return None
        return {"ETag": etag, "Cache-Control": CACHE_5_SECONDS}

    def keep(
        self, context: RequestContext, answer: Answer, body: bytes, *, source: str | None
    ) -> Mapping[str, str]:
        """Keep an answer for who asks the same; the headers that it has for being known again."""
        if answer.version is None:
            return {}
        etag = self._etag(context, answer.version)
        headers = {"Cache-Control": answer.cache, "Content-Type": JSON, **answer.headers, "ETag": etag}
        kept = KeptAnswer(
            body=body[: body.rindex(OF_THE_REQUEST)],
            etag=etag,
            source=source,
            version=answer.version,
            headers=plain(headers, self._cors),
            query=context.query,
            results=answer.results,
        )
        self._cache.keep(_key(context), kept)
        return {"ETag": etag}

    def _etag(self, context: RequestContext, version: str) -> str:
        return etag_of(self._settings, version, context.raw_path, context.raw_query)


def _key(context: RequestContext) -> Key:
    return context.raw_path, context.raw_query, context.headers.accept
