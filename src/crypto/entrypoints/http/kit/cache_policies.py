"""How long a copy of an answer may be kept: lists for 5 seconds, errors not at all, a page's bytes for ever."""

CACHE_5_SECONDS = "public, max-age=5"
NO_STORE = "no-store"
FOR_EVER = "public, max-age=31536000, immutable"
"""Of what never changes under its path: a year is the longest that is promised (RFC 9111)."""
