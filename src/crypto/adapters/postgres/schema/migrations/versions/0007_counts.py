"""How many quotes, coins and rejections there are, kept by who writes them, so that no question counts them.

A checkpoint whose `counted_version` is its `version` is counted. One of before is not, until it is counted once,
which `migrate` does next; nor is one that an older program writes for meanwhile, until the next upgrade.
"""

from alembic import op

revision = "0007"
down_revision = "0006"

STATEMENTS = (
    """
    ALTER TABLE checkpoints
        ADD COLUMN quotes          bigint NOT NULL DEFAULT '0',
        ADD COLUMN coins           bigint NOT NULL DEFAULT '0',
        ADD COLUMN open_rejections bigint NOT NULL DEFAULT '0',
        ADD COLUMN counted_version bigint NOT NULL DEFAULT '0',
        ADD COLUMN marks           bigint NOT NULL DEFAULT '0'
    """,
    """
    CREATE TABLE quote_counts (
        level     smallint         NOT NULL,
        starts_at timestamptz      NOT NULL,
        source    text COLLATE "C" NOT NULL,
        quotes    bigint           NOT NULL,
        is_split  boolean          NOT NULL DEFAULT false,
        CONSTRAINT quote_counts_pkey PRIMARY KEY (level, starts_at, source)
    )
    """,
    """
    CREATE INDEX latest_crypto_data_marked
        ON latest_crypto_data (source, coin_id)
     WHERE unseen_since IS NOT NULL OR below_since IS NOT NULL
    """,
    """
    CREATE INDEX rejected_records_open
        ON rejected_records (received_at, page_id, position, field)
     WHERE resolved_at IS NULL
    """,
    """
    CREATE INDEX rejected_records_open_of_source
        ON rejected_records (source, feed, received_at, page_id, position, field)
     WHERE resolved_at IS NULL
    """,
    """
    CREATE INDEX rejected_records_resolved
        ON rejected_records (received_at, page_id, position, field)
     WHERE resolved_at IS NOT NULL
    """,
    """
    CREATE INDEX runs_source_feed_kind_status_finished_at
        ON runs (source, feed, kind, status, finished_at)
    """,
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
