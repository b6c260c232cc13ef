"""The tables' history: each revision takes every database one step on."""

REVISIONS = (
    "0001",
    "0002",
    "0003",
    "0004",
    "0005",
    "0006",
    "0007",
    "0008",
)  # oldest first; known without importing Alembic, as every command asks
HEAD = REVISIONS[-1]
