"""How long a copy of an answer may be kept: lists for 5 seconds, health and errors not at all."""

CACHE_5_SECONDS = "public, max-age=5"
NO_STORE = "no-store"
