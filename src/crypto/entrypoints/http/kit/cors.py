"""Which pages of other origins a browser lets read the answers: none, those that a setting names, or all.

Litestar's own CORS is not used: it replaces `Vary`, leaves it out for other origins so that a cache mixes answers
up, refuses a preflight as text, and does not stand around the answers that are given before its routing.
"""

from collections.abc import Collection, Mapping

from msgspec import Struct

EVERYBODY = "*"

EXPOSED = (
    *("X-Request-ID", "traceresponse", "ETag", "Link", "Retry-After"),
    *("Deprecation", "Sunset", "Content-Disposition", "X-Total-Count"),
)
"""What a page may read of an answer's headers, beside those that it always may."""

TAKEN = (
    *("Accept", "Content-Type", "If-None-Match", "If-Modified-Since", "Last-Event-ID"),
    *("X-Request-ID", "traceparent", "tracestate"),
)
"""What a page may send."""

KEPT_SECONDS = 600
"""How long a browser need not ask again."""


class Cors(Struct, frozen=True, kw_only=True):
    """The origins whose pages may read the answers; `*` is all of them. Cookies and passwords are never taken."""

    origins: Collection[str] = ()

    @property
    def varies(self) -> bool:
        """Whether the answer depends on the origin, so that a cache must keep them apart."""
        return bool(self.origins) and EVERYBODY not in self.origins

    def of_answer(self, origin: str | None) -> Mapping[str, str]:
        """The headers that an answer to a page of this origin has beside its own; none for who may not read it."""
        allowed = self._allowed(origin)
        if allowed is None:
            return {}
        return {"Access-Control-Allow-Origin": allowed, "Access-Control-Expose-Headers": ", ".join(EXPOSED)}

    def of_preflight(self, origin: str | None, *, allow: str) -> Mapping[str, str]:
        """The headers of the answer to a browser that asks beforehand; `allow` has the methods of the path."""
        allowed = self._allowed(origin)
        if allowed is None:
            return {}
        return {
            "Access-Control-Allow-Origin": allowed,
            "Access-Control-Allow-Methods": allow,
            "Access-Control-Allow-Headers": ", ".join(TAKEN),
            "Access-Control-Max-Age": str(KEPT_SECONDS),
        }

    def _allowed(self, origin: str | None) -> str | None:
        """What Access-Control-Allow-Origin says to this origin; None: nothing."""
        if EVERYBODY in self.origins:
            return EVERYBODY
        return origin if origin in self.origins else None


OFF = Cors()
