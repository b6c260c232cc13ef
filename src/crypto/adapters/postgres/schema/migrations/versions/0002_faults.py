"""What the service needs to hold under faults: budgets, schema drift, whole sweeps, frozen feeds."""

from alembic import op

revision = "0002"
down_revision = "0001"

STATEMENTS = (
    """
    CREATE TABLE rate_budgets (
        source       text COLLATE "C" NOT NULL,
        account      text COLLATE "C" NOT NULL,
        next_at      timestamptz,
        paused_until timestamptz,
        CONSTRAINT rate_budgets_pkey PRIMARY KEY (source, account)
    )
    """,
    """
    CREATE TABLE rate_budget_calls (
        source     text COLLATE "C" NOT NULL,
        account    text COLLATE "C" NOT NULL,
        granted_at timestamptz      NOT NULL,
        calls      integer          NOT NULL,
        spare      integer          NOT NULL,
        CONSTRAINT rate_budget_calls_pkey PRIMARY KEY (source, account, granted_at)
    )
    """,
    """
    CREATE TABLE schema_drift (
        source        text COLLATE "C" NOT NULL,
        path          text COLLATE "C" NOT NULL,
        type          text             NOT NULL,
        first_seen_at timestamptz      NOT NULL,
        page_id       bigint           NOT NULL,
        position      integer          NOT NULL,
        example       text             NOT NULL,
        CONSTRAINT schema_drift_pkey PRIMARY KEY (source, path, type)
    )
    """,
    """
    ALTER TABLE checkpoints
        ADD COLUMN listed        boolean NOT NULL DEFAULT false,
        ADD COLUMN good_sweep_id bigint,
        ADD COLUMN newest_stamp  timestamptz,
        ADD COLUMN frozen_since  timestamptz
    """,
    """
    ALTER TABLE runs
        ADD COLUMN coins_named   integer,
        ADD COLUMN coins_missing integer
    """,
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
