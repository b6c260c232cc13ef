"""What a list of coins needs: their order by market cap, and a way to those of a symbol."""

from alembic import op

revision = "0003"
down_revision = "0002"

STATEMENTS = (
    """
    CREATE INDEX latest_crypto_data_rank
        ON latest_crypto_data (coalesce(-market_cap, 'Infinity'::numeric), coin_id, source)
    """,
    """
    CREATE INDEX latest_crypto_data_symbol
        ON latest_crypto_data (lower(symbol COLLATE "C"))
    """,
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
