"""What schemathesis is told of this API: which rules hold between parameters, where a schema has no word for them.

The document says these rules in words, each with the code that refuses. A request that its schemas allow may be
refused with such a code if it breaks that very rule, and with nothing else.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import schemathesis
from schemathesis import Case, CheckContext, Response
from schemathesis.core.failures import Failure

from crypto.adapters import registry

LONGEST_ID = 512
OPEN = timedelta(seconds=65)
"""Of the 60 seconds of the rule the database's clock, and the time that an answer takes, may be off by some."""


@schemathesis.check
def refused_by_a_rule_only(_ctx: CheckContext, response: Response, case: Case[Any]) -> None:
    """A request that its schemas allow is refused only by a rule that the document tells and that it breaks."""
    allowed = case.meta is not None and case.meta.generation.mode.is_positive
    if not allowed or response.status_code not in {400, 405, 406, 413, 414, 415}:
        return
    broken = {*broken_rules(case.query or {}), *_of_path(case)}
    code = json.loads(response.content)["code"] if response.content else None
    if response.status_code == 414:
        return  # many ids of 512 bytes each are too long together, as the document tells of every path
    if response.status_code != 400 or not broken or (code and code not in broken):
        said = f"status {response.status_code}, code {code}; rules that it breaks: {sorted(broken) or 'none'}"
        raise Failure(operation=case.operation.label, title="Refused without a rule", message=said)


def broken_rules(query: Mapping[str, Any]) -> Iterator[str]:
    """The codes of the rules that a query breaks."""
    if "cursor" in query:
        yield "invalid_cursor"  # it is made up: no cursor is valid but one that the service gave out
        if "page" in query:
            yield "conflicting_parameters"
    if query.get("since", "now") not in {"now", "beginning"}:
        yield "invalid_cursor"
    if any(len(str(each).encode()) > LONGEST_ID for each in _list(query.get("coin_id", ()))):
        yield "value_out_of_bounds"  # a schema counts characters, and ids are bytes
    if len(str(query.get("symbol", "")).encode()) > 1000:
        yield "value_out_of_bounds"
    yield from _times(query)


def _of_path(case: Case[Any]) -> Iterator[str]:
    """The codes of the rules of one path that a request breaks."""
    query = case.query or {}
    if case.operation.path.endswith("/skipped") and ("page_id" in query) == ("run_id" in query):
        yield "invalid_value"  # one of them is given
    if case.operation.path.endswith("/prices/lookup"):
        yield from _of_lookups(case.body)


def _of_lookups(body: Any) -> Iterator[str]:
    lookups = body["lookups"]
    if any(each["source"] not in registry.SOURCES for each in lookups):
        yield "invalid_value"
    if any(_moment(each["time"]) is None for each in lookups):
        yield "invalid_body"  # as below


def _times(query: Mapping[str, Any]) -> Iterator[str]:
    for kind in ("observed", "ingested"):
        start, end = _moment(query.get(f"{kind}_from")), _moment(query.get(f"{kind}_to"))
        if start and end and start >= end:
            yield "empty_range"
    as_of = _moment(query.get("as_of"))
    if as_of and as_of > datetime.now(UTC) - OPEN:
        yield "moment_too_recent"
    named = ("observed_from", "observed_to", "ingested_from", "ingested_to", "as_of")
    if any(name in query and _moment(query[name]) is None for name in named):
        yield "invalid_value"  # a leap second, or a moment outside the years 1 to 9999 in UTC


def _list(given: Any) -> list[Any]:
    return list(given) if isinstance(given, list | tuple) else [given]


def _moment(text: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(str(text).upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
