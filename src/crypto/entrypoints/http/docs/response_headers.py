"""The headers of answers as the OpenAPI document has them, by name."""

from collections.abc import Mapping

from crypto.entrypoints.http.kit.example_values import REQUEST_ID
from crypto.entrypoints.http.kit.links import LONGEST
from crypto.entrypoints.http.kit.verdict import RETRY_AFTER

HEADERS: Mapping[str, Mapping[str, object]] = {
    "X-Request-ID": {
        "description": "The id of the request: the caller's, if it sent a sane one. The log knows it.",
        "required": True,
        "schema": {"type": "string", "maxLength": 64, "pattern": r"^[A-Za-z0-9._-]{1,64}$(?!\n)"},
        "example": REQUEST_ID,
    },
    "Retry-After": {
        "description": "Seconds to wait before asking again.",
        "required": True,
        "schema": {"type": "integer", "format": "int32", "minimum": 1, "maximum": 3600},
        "example": RETRY_AFTER,
    },
    "traceresponse": {
        "description": "The caller's trace (W3C Trace Context) and the id of this request in it;"
        " only where the request had a valid traceparent.",
        "schema": {"type": "string", "maxLength": 55, "pattern": r"^00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]$(?!\n)"},
        "example": "00-4bf92f3577b34da6a3ce929d0e0e4736-b7ad6b7169203331-01",
    },
    "Access-Control-Allow-Origin": {
        "description": "Only where CRYPTO_CORS_ORIGINS lets pages of the asking origin read the answers.",
        "schema": {"type": "string", "maxLength": 300, "pattern": r"^(\*|https?://[^\s/]+)$(?!\n)"},
        "example": "*",
    },
    "Link": {
        "description": "Where the other parts of the list are (RFC 8288): first, prev, next, last, as far as there"
        f" are any. Left out where it would be longer than {LONGEST} bytes.",
        "schema": {"type": "string", "maxLength": LONGEST, "pattern": "^<[^>]+>; rel="},
        "example": '</api/v1/runs?page=1>; rel="first", </api/v1/runs?page=3>; rel="next"',
    },
    "Deprecation": {
        "description": "Since when this is deprecated (RFC 9745): @ and seconds since 1970.",
        "required": True,
        "schema": {"type": "string", "maxLength": 24, "pattern": r"^@[0-9]+$(?!\n)"},
        "example": "@1762041600",
    },
    "Sunset": {
        "description": "When this will be gone (RFC 8594).",
        "required": True,
        "schema": {"type": "string", "maxLength": 29, "pattern": "GMT$"},
        "example": "Sun, 01 Nov 2026 00:00:00 GMT",
    },
    "ETag": {
        "description": "The SHA-256 of the bytes, in hexadecimal: a copy with the same one is good.",
        "required": True,
        "schema": {"type": "string", "minLength": 66, "maxLength": 66, "pattern": '^"[0-9a-f]{64}"$'},
        "example": '"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"',
    },
    "X-Total-Count": {
        "description": "How many rows the whole file has: an answer with fewer was cut.",
        "required": True,
        "schema": {"type": "integer", "format": "int64", "minimum": 0, "maximum": 9223372036854775807},
        "example": 5000,
    },
    "Content-Disposition": {
        "description": "A name for the file.",
        "required": True,
        "schema": {"type": "string", "maxLength": 200, "pattern": '^attachment; filename="[a-zA-Z0-9.-]+"$'},
        "example": 'attachment; filename="quotes-20251102T100102Z.parquet"',
    },
    "Repr-Digest": {
        "description": "The SHA-256 of the bytes, by RFC 9530: whoever has them all can see that they are whole.",
        "required": True,
        "schema": {"type": "string", "maxLength": 64, "pattern": r"^sha-256=:[A-Za-z0-9+/]{43}=:$"},
        "example": "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:",
    },
}

OF_BYTES = ("ETag", "Repr-Digest")
"""Those of what is sent as it was received."""

OF_FILES = ("X-Total-Count", "Content-Disposition")
"""Those of whole results."""

ALWAYS = ("X-Request-ID", "traceresponse", "Access-Control-Allow-Origin")
"""What any answer may have."""
