"""The first tables: pages as received, quotes believed now and before, latest, checkpoints, runs, rejections."""

from alembic import op

revision = "0001"
down_revision = None

SAID = """
    name        text,
    symbol      text,
    price_usd   numeric,
    market_cap  numeric,
    volume_24h  numeric,
    ingested_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    version     bigint      NOT NULL,
    page_id     bigint      NOT NULL,
    position    integer     NOT NULL"""

STATEMENTS = (
    "CREATE SEQUENCE page_ids",
    "CREATE SEQUENCE run_ids",
    "CREATE SEQUENCE sweep_ids",
    """
    CREATE TABLE raw_pages (
        source         text COLLATE "C"   NOT NULL,
        received_at    timestamptz        NOT NULL,
        page_id        bigint             NOT NULL,
        run_id         bigint             NOT NULL,
        sweep_id       bigint             NOT NULL,
        page_seq       integer            NOT NULL,
        request        jsonb              NOT NULL,
        context        jsonb              NOT NULL,
        requested_at   timestamptz        NOT NULL,
        status         smallint,
        headers        jsonb              NOT NULL,
        coin_ids       text[] COLLATE "C" NOT NULL,
        body_json      json,
        body_bytes     bytea,
        sha256         bytea              NOT NULL,
        parser_version integer            NOT NULL,
        version        bigint             NOT NULL,
        cursor_after   jsonb              NOT NULL,
        is_last        boolean            NOT NULL,
        CONSTRAINT raw_pages_pkey PRIMARY KEY (source, received_at, page_id),
        CONSTRAINT raw_pages_one_body CHECK ((body_json IS NULL) <> (body_bytes IS NULL))
    ) PARTITION BY LIST (source)
    """,
    "CREATE INDEX raw_pages_page_id ON raw_pages (page_id)",
    "CREATE INDEX raw_pages_sweep_id ON raw_pages (sweep_id)",
    f"""
    CREATE TABLE unified_crypto_data (
    coin_id     text COLLATE "C" NOT NULL,
    source      text COLLATE "C" NOT NULL,
    observed_at timestamptz      NOT NULL,{SAID},
    CONSTRAINT unified_crypto_data_pkey PRIMARY KEY (coin_id, source, observed_at)
    ) PARTITION BY RANGE (observed_at)
    """,
    """
    CREATE INDEX unified_crypto_data_observed_at_coin_id_source
        ON unified_crypto_data (observed_at, coin_id, source)
    """,
    """
    CREATE INDEX unified_crypto_data_source_observed_at_coin_id
        ON unified_crypto_data (source, observed_at, coin_id)
    """,
    "CREATE INDEX unified_crypto_data_ingested_at ON unified_crypto_data (ingested_at)",
    """
    CREATE INDEX unified_crypto_data_symbol_observed_at
        ON unified_crypto_data (lower(symbol COLLATE "C"), observed_at)
    """,
    f"""
    CREATE TABLE superseded_crypto_data (
    coin_id     text COLLATE "C" NOT NULL,
    source      text COLLATE "C" NOT NULL,
    observed_at timestamptz      NOT NULL,{SAID},
    superseded_at timestamptz    NOT NULL
    )
    """,
    """
    CREATE INDEX superseded_crypto_data_observed_at_coin_id_source
        ON superseded_crypto_data (observed_at, coin_id, source)
    """,
    """
    CREATE INDEX superseded_crypto_data_coin_id_source_observed_at
        ON superseded_crypto_data (coin_id, source, observed_at)
    """,
    f"""
    CREATE TABLE latest_crypto_data (
    source      text COLLATE "C" NOT NULL,
    coin_id     text COLLATE "C" NOT NULL,
    observed_at timestamptz      NOT NULL,{SAID},
    unseen_since timestamptz,
    CONSTRAINT latest_crypto_data_pkey PRIMARY KEY (source, coin_id)
    )
    """,
    """
    CREATE TABLE checkpoints (
        source             text COLLATE "C" NOT NULL,
        status             text             NOT NULL,
        last_run_timestamp timestamptz      NOT NULL,
        records_processed  bigint           NOT NULL DEFAULT '0',
        duration_seconds   double precision,
        error_message      text,
        cursor             jsonb            NOT NULL DEFAULT '{}',
        sweep_id           bigint,
        sweep_started_at   timestamptz,
        page_seq           integer          NOT NULL DEFAULT '0',
        sweep_holes        integer          NOT NULL DEFAULT '0',
        failed_cursor      jsonb,
        epoch              bigint           NOT NULL DEFAULT '0',
        run_id             bigint,
        version            bigint           NOT NULL DEFAULT '0',
        changed_at         timestamptz,
        CONSTRAINT checkpoints_pkey PRIMARY KEY (source)
    )
    """,
    """
    CREATE TABLE runs (
        run_id      bigint           NOT NULL DEFAULT nextval('run_ids'),
        source      text COLLATE "C" NOT NULL,
        kind        text             NOT NULL,
        epoch       bigint           NOT NULL,
        status      text             NOT NULL,
        started_at  timestamptz      NOT NULL,
        finished_at timestamptz,
        sweep_id    bigint,
        pages       bigint           NOT NULL DEFAULT '0',
        received    bigint           NOT NULL DEFAULT '0',
        inserted    bigint           NOT NULL DEFAULT '0',
        unchanged   bigint           NOT NULL DEFAULT '0',
        restated    bigint           NOT NULL DEFAULT '0',
        rejected    bigint           NOT NULL DEFAULT '0',
        withdrawn   bigint           NOT NULL DEFAULT '0',
        holes       bigint           NOT NULL DEFAULT '0',
        error       text,
        CONSTRAINT runs_pkey PRIMARY KEY (run_id)
    )
    """,
    "CREATE INDEX runs_source_run_id ON runs (source, run_id)",
    """
    CREATE TABLE rejected_records (
        page_id     bigint           NOT NULL,
        position    integer          NOT NULL,
        source      text COLLATE "C" NOT NULL,
        received_at timestamptz      NOT NULL,
        coin_id     text COLLATE "C",
        reason      text             NOT NULL,
        detail      text             NOT NULL,
        excerpt     text             NOT NULL,
        rejected_at timestamptz      NOT NULL DEFAULT clock_timestamp(),
        resolved_at timestamptz,
        CONSTRAINT rejected_records_pkey PRIMARY KEY (page_id, position)
    )
    """,
    "CREATE INDEX rejected_records_source_received_at ON rejected_records (source, received_at)",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
