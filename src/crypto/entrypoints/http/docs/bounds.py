"""How long the texts and lists of answers may be and what may stand in them, by the names of their fields.

A word means the same in every answer, so each is bounded once; where one does not, the name of its answer stands
before it. Every field that is a text or a list has its bounds here: a test asks for them.
"""

from collections.abc import Mapping, Sequence

from crypto.application.query.list_changes import MOST_CHANGES
from crypto.application.query.look_up_prices import MOST_LOOKUPS
from crypto.application.query.near_coins import NEAR
from crypto.application.query.question import MOST_COINS
from crypto.application.query.quote_page import MAX_PAGE_SIZE
from crypto.domain.freshness import Freshness
from crypto.domain.market_data import Count
from crypto.domain.quote import MAX_ID_BYTES, MAX_NAME_CHARACTERS
from crypto.domain.rejection import EXCERPT_CHARACTERS
from crypto.domain.run import MAX_ERROR_CHARACTERS, RunKind, RunStatus
from crypto.domain.schema_drift import EXAMPLE_CHARACTERS, MOST_DRIFTS, PATH_CHARACTERS, FieldType
from crypto.entrypoints.http.kit.page_parameters import MAX_CURSOR, MAX_SINCE

Schema = Mapping[str, object]

NO_NUL = r"^[^\u0000]*$"
"""What any text is that comes from the database."""

LARGEST = 2**63 - 1
MOST_FEEDS = 1000
"""More sources and feeds than any service will have."""


def text(most: int, pattern: str = NO_NUL) -> Schema:
    """A text of so many characters at most."""
    return {"maxLength": most, "pattern": pattern}


def one_of(words: Sequence[str]) -> Schema:
    """One of these words."""
    return {"enum": list(words)}


def rows(most: int) -> Schema:
    """A list of so many items at most."""
    return {"maxItems": most}


NAME = text(64, r"^[a-z0-9_-]+$(?!\n)")
PATH = text(8192, r"^/[^\u0000-\u0020]*$(?!\n)")
ERROR = text(MAX_ERROR_CHARACTERS)
STATUSES = ("disabled", "never_run", *RunStatus)

FIELDS: Mapping[str, Schema] = {
    "action": text(500),
    "body_url": PATH,
    "change": one_of(("upsert", "withdraw")),
    "context": {"maxProperties": 1000},
    "coin_id": text(MAX_ID_BYTES, r"^[^\u0000]+$"),
    "count": one_of(list(Count)),
    "detail": text(20_000),
    "error": ERROR,
    "error_message": ERROR,
    "example": text(EXAMPLE_CHARACTERS),
    "excerpt": text(EXCERPT_CHARACTERS * 6),
    "feed": NAME,
    "field": text(PATH_CHARACTERS),
    "freshness": one_of(list(Freshness)),
    "freshness_reason": text(500),
    "headers": {"maxProperties": 100},
    "headers[]": text(20_000),
    "instance": PATH,
    "kind": one_of(list(RunKind)),
    "links": {"maxProperties": 100},
    "links[]": PATH,
    "name": text(MAX_NAME_CHARACTERS),
    "next_cursor": text(MAX_CURSOR, r"^[A-Za-z0-9_-]+$(?!\n)"),
    "next_since": text(MAX_SINCE, r"^[A-Za-z0-9_-]+$(?!\n)"),
    "openapi": text(16, r"^3\.1\.[0-9]+$(?!\n)"),
    "parameter": text(100),
    "path": text(PATH_CHARACTERS),
    "pointer": text(20_000),
    "reason": text(64, r"^[a-z_]+$(?!\n)"),
    "request": {"maxProperties": 1000},
    "request_id": text(64, r"^[A-Za-z0-9._-]{1,64}$(?!\n)"),
    "service": NAME,
    "sha256": text(64, "^[0-9a-f]{64}$(?!\\n)"),
    "source": NAME,
    "status": text(32, r"^[a-z_]+$(?!\n)"),
    "symbol": text(MAX_NAME_CHARACTERS),
    "title": text(100),
    "version": text(64, r"^[0-9A-Za-z.+-]+$(?!\n)"),
    "warning": text(500),
    "data": rows(MAX_PAGE_SIZE),
    "nearest": rows(NEAR),
    "security": rows(10),
    "servers": rows(10),
    "sources": rows(MOST_FEEDS),
    "schema_drift": rows(MOST_DRIFTS * MOST_FEEDS),
    "drift": rows(MOST_DRIFTS * MOST_FEEDS),
    "tags": rows(100),
    "unknown_coin_ids": rows(MOST_COINS),
    "ExportAnswer.data": rows(LARGEST),
    "ChangesAnswer.data": rows(MOST_CHANGES),
    "HealthAnswer.status": one_of(("healthy", "degraded", "unhealthy")),
    "Problem.status": {"minimum": 400, "maximum": 599},
    "Problem.type": {"format": "uri-reference", "maxLength": 100},
    "PriceLookupAnswer.data": rows(MOST_LOOKUPS),
    "ProbeAnswer.status": one_of(("live", "ready")),
    "RunAnswer.status": one_of(list(RunStatus)),
    "SchemaDriftAnswer.type": one_of(list(FieldType)),
}

WHOLE: Schema = {"format": "int64", "minimum": 0, "maximum": LARGEST}
"""Whole numbers count something, or are a row's number, which PostgreSQL has as bigint."""

MOMENT: Schema = {"format": "date-time", "maxLength": 40}

MOMENTS = ("_at", "_since", "_timestamp", "_until")
"""How the names of fields end that hold a moment, also where their type does not say that it is aware."""


def bounded(schemas: Mapping[str, object]) -> dict[str, object]:
    """The schemas of answers, with the bounds of each of their fields."""
    return {name: _answer(name, schema) for name, schema in schemas.items()}


def _answer(name: str, schema: object) -> object:
    if not isinstance(schema, dict) or "properties" not in schema:
        return schema
    fields = schema["properties"].items()
    return {**schema, "properties": {field: _field(f"{name}.{field}", each) for field, each in fields}}


def _field(name: str, schema: object) -> object:
    """A field's schema, `name` being its answer's name and its own, with the bounds that its type wants."""
    if not isinstance(schema, dict):
        return schema
    if "anyOf" in schema:
        return {**schema, "anyOf": [_field(name, each) for each in schema["anyOf"]]}
    if isinstance(schema.get("additionalProperties"), dict):
        inner = _field(f"{name}[]", schema["additionalProperties"])
        return {**schema, **_bounds(name, schema), "additionalProperties": inner}
    return {**schema, **_bounds(name, schema)} if _is_open(schema) else schema


def _bounds(name: str, schema: Mapping[str, object]) -> Schema:
    given = FIELDS.get(name) or FIELDS.get(name.partition(".")[2], {})
    if schema.get("type") == "integer":
        return {**WHOLE, **{key: given[key] for key in ("minimum", "maximum") if key in given}}
    is_moment = schema.get("format") == "date-time" or (not given and name.endswith(MOMENTS))
    return MOMENT if schema.get("type") == "string" and is_moment else given


def _is_open(schema: Mapping[str, object]) -> bool:
    """Whether a schema is of a type that wants bounds and has none."""
    return schema.get("type") in {"string", "array", "integer"} and not {"enum", "maxItems"} & schema.keys()
