"""What is needed to tell a coin below the pages that are read of a list from one that is not listed at all.

Coins that CoinGecko's list no longer named were called unseen without being asked for: they are asked for now.
"""

from alembic import op

revision = "0005"
down_revision = "0004"

STATEMENTS = (
    """
    ALTER TABLE latest_crypto_data
        ADD COLUMN below_since timestamptz,
        ADD COLUMN asked_at    timestamptz
    """,
    """
    UPDATE latest_crypto_data
       SET below_since = unseen_since, unseen_since = NULL
     WHERE source = 'coingecko' AND unseen_since IS NOT NULL
    """,
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
