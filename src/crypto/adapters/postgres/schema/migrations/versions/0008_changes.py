"""What is needed to follow the changes of the quotes: a log of them, a row for each page that changed any.

What was written before is not in it, nor has to be: who follows from the beginning is first given all quotes.
"""

from alembic import op

revision = "0008"
down_revision = "0007"

STATEMENTS = (
    """
    CREATE TABLE quote_changes (
        source      text COLLATE "C" NOT NULL,
        change      bigint           NOT NULL,
        version     bigint           NOT NULL,
        page_id     bigint           NOT NULL,
        ingested_at timestamptz      NOT NULL,
        CONSTRAINT quote_changes_pkey PRIMARY KEY (source, change)
    )
    """,
    "ALTER TABLE superseded_crypto_data ADD COLUMN withdrawn_version bigint",
    """
    CREATE INDEX superseded_crypto_data_withdrawn
        ON superseded_crypto_data (page_id, withdrawn_version)
     WHERE withdrawn_version IS NOT NULL
    """,
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
