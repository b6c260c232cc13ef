"""What is needed to tell that one field of a record could not be read: its name beside the record's place."""

from alembic import op

revision = "0004"
down_revision = "0003"

STATEMENTS = (
    """
    ALTER TABLE rejected_records
        ADD COLUMN field text COLLATE "C" NOT NULL DEFAULT '',
        DROP CONSTRAINT rejected_records_pkey
    """,
    """
    ALTER TABLE rejected_records
        ADD CONSTRAINT rejected_records_pkey PRIMARY KEY (page_id, position, field)
    """,
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
