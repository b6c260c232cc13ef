"""The trace that a request belongs to, as its caller says in the header traceparent (W3C Trace Context).

A trace that the caller began is continued with an id of our own for this request; one that is not valid is as good
as none. `tracestate` is other vendors' and goes nowhere: this service calls nobody on a caller's behalf.
"""

import re
from secrets import token_hex

from msgspec import Struct

_TRACEPARENT = re.compile(
    r"(?P<version>[0-9a-f]{2})-(?P<trace>[0-9a-f]{32})-(?P<parent>[0-9a-f]{16})-(?P<flags>[0-9a-f]{2})(?P<more>-.*)?"
)
_NO_TRACE, _NO_PARENT = "0" * 32, "0" * 16
_LONGEST = 512
"""Characters; a later version may be longer than the 55 of this one."""

_SAMPLED = 1


class Trace(Struct, frozen=True, kw_only=True):
    """Where a request stands: 32 hex digits of its trace, 16 of its own, and whether the caller records it."""

    trace_id: str
    span_id: str
    sampled: bool

    @property
    def response(self) -> str:
        """The header `traceresponse`: which trace was continued, and the id of this request in it."""
        return f"00-{self.trace_id}-{self.span_id}-{int(self.sampled):02x}"


def continued(traceparent: str | None) -> Trace | None:
    """The trace of a request with this header; None without one, or with one that is not valid."""
    if traceparent is None or len(traceparent) > _LONGEST:
        return None
    found = _TRACEPARENT.fullmatch(traceparent.strip(" \t"))
    if found is None or not _is_valid(found):
        return None
    sampled = bool(int(found["flags"], 16) & _SAMPLED)
    return Trace(trace_id=found["trace"], span_id=_new_span(), sampled=sampled)


def _is_valid(found: "re.Match[str]") -> bool:
    """Version ff is forbidden, version 00 ends with its flags, and ids are not all zeros."""
    if found["version"] == "ff" or (found["version"] == "00" and found["more"] is not None):
        return False
    return found["trace"] != _NO_TRACE and found["parent"] != _NO_PARENT


def _new_span() -> str:
    span = token_hex(8)
    return span if span != _NO_PARENT else _new_span()
