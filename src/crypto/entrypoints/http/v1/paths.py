"""Where things are in the API."""

BASE = "/api/v1"

DATA = f"{BASE}/data"
COINS = f"{BASE}/coins"
COIN = f"{COINS}/{{coin_id}}"
SOURCES = f"{BASE}/sources"
STATS = f"{BASE}/stats"
RUNS = f"{BASE}/runs"
HEALTH = f"{BASE}/health"
LIVE = f"{BASE}/health/live"
READY = f"{BASE}/health/ready"
OPENAPI = f"{BASE}/openapi.json"
DOCS = "/docs"

LINKS = {
    "data": DATA,
    "coins": COINS,
    "sources": SOURCES,
    "stats": STATS,
    "runs": RUNS,
    "health": HEALTH,
    "live": LIVE,
    "ready": READY,
    "openapi": OPENAPI,
    "docs": DOCS,
}
