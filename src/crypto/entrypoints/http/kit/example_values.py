"""The moments and the id that all examples share; made up, and never to be taken for real."""

from datetime import UTC, datetime

REQUEST_ID = "0f5c2d9a7b1e4c3f8a6d5e4b3c2a1f00"
STARTED = datetime(2025, 11, 2, 10, 1, 0, 512000, tzinfo=UTC)
FINISHED = datetime(2025, 11, 2, 10, 1, 4, 20000, tzinfo=UTC)
OBSERVED = datetime(2025, 11, 2, 10, 0, 31, 123000, tzinfo=UTC)
INGESTED = datetime(2025, 11, 2, 10, 1, 2, 4000, tzinfo=UTC)
FRESH_UNTIL = datetime(2025, 11, 2, 10, 30, 31, 123000, tzinfo=UTC)
