"""What is written belongs to a feed of a source; all that was written before is of its prices.

Each column has a constant default, so that no row is written anew, however many there are.
"""

from alembic import op

revision = "0006"
down_revision = "0005"

FEED = "ADD COLUMN feed text COLLATE \"C\" NOT NULL DEFAULT 'prices'"
STATEMENTS = (
    *(f"ALTER TABLE {table} {FEED}" for table in ("raw_pages", "runs", "rejected_records")),
    f"ALTER TABLE checkpoints {FEED}, DROP CONSTRAINT checkpoints_pkey",
    "ALTER TABLE checkpoints ADD CONSTRAINT checkpoints_pkey PRIMARY KEY (source, feed)",
    f"ALTER TABLE schema_drift {FEED}, DROP CONSTRAINT schema_drift_pkey",
    "ALTER TABLE schema_drift ADD CONSTRAINT schema_drift_pkey PRIMARY KEY (source, path, type, feed)",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
