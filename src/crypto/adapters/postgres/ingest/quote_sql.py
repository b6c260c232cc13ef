"""The statements that write a page's quotes; `stage` holds the page, `{first}` and `{last}` its bounds in time.

None leaves the planner a choice that stale statistics can spoil: stored quotes are met through the arbiter index
of ON CONFLICT, or one by one by their whole key (`OFFSET 0` keeps such a look-up from becoming a join).
"""

MAKE_STAGE = """
    CREATE TEMPORARY TABLE IF NOT EXISTS stage (
        coin_id text COLLATE "C" NOT NULL,
        observed_at timestamptz NOT NULL,
        name text,
        symbol text,
        price_usd numeric,
        market_cap numeric,
        volume_24h numeric,
        position integer NOT NULL
    ) ON COMMIT DELETE ROWS
"""
EMPTY_STAGE = "DELETE FROM stage"
FILL_STAGE = """
    COPY stage (coin_id, observed_at, name, symbol, price_usd, market_cap, volume_24h, position) FROM STDIN
"""

_INSERT = """
    INSERT INTO unified_crypto_data (coin_id, source, observed_at, name, symbol, price_usd, market_cap, volume_24h,
                                     ingested_at, recorded_at, version, page_id, position)
    SELECT coin_id, %(source)s, observed_at, name, symbol, price_usd, market_cap, volume_24h,
           %(ingested_at)s, %(recorded_at)s, %(version)s, %(page_id)s, position
      FROM stage
"""
INSERT_NEW = (
    _INSERT
    + """
     ORDER BY coin_id, observed_at
    ON CONFLICT (coin_id, source, observed_at) DO NOTHING
    RETURNING position
"""
)
FIND_RESTATED = """
    SELECT stage.position
      FROM stage
     CROSS JOIN LATERAL (SELECT
                           FROM unified_crypto_data AS believed
                          WHERE believed.coin_id = stage.coin_id
                            AND believed.source = %(source)s
                            AND believed.observed_at = stage.observed_at
                            AND believed.observed_at BETWEEN {first} AND {last}
                            AND believed.page_id <= %(page_id)s
                            AND ((believed.name, believed.symbol, believed.price_usd, believed.market_cap,
                                  believed.volume_24h)
                                 IS DISTINCT FROM
                                 (stage.name, stage.symbol, stage.price_usd, stage.market_cap, stage.volume_24h)
                                 OR (believed.page_id = %(page_id)s AND believed.position <> stage.position))
                         OFFSET 0) AS believed
     WHERE stage.position = ANY (%(known)s::int[])
       AND stage.observed_at BETWEEN {first} AND {last}
"""
FIND_CONTRADICTED = """
    SELECT stage.position, page.part
      FROM stage
     CROSS JOIN LATERAL (SELECT believed.ingested_at, believed.page_id
                           FROM unified_crypto_data AS believed
                          WHERE believed.coin_id = stage.coin_id
                            AND believed.source = %(source)s
                            AND believed.observed_at = stage.observed_at
                            AND believed.observed_at BETWEEN {first} AND {last}
                            AND (believed.price_usd <> stage.price_usd
                                 OR believed.market_cap <> stage.market_cap
                                 OR believed.volume_24h <> stage.volume_24h)
                         OFFSET 0) AS believed
     CROSS JOIN LATERAL (SELECT raw.context ->> %(part)s AS part
                           FROM raw_pages AS raw
                          WHERE raw.source = %(source)s
                            AND raw.received_at = believed.ingested_at
                            AND raw.page_id = believed.page_id
                         OFFSET 0) AS page
     WHERE stage.position = ANY (%(restated)s::int[])
       AND page.part = ANY (%(rivals)s)
"""
"""Those of the restated quotes that a page of another part of the source says otherwise, and which part."""

SUPERSEDE_RESTATED = """
    INSERT INTO superseded_crypto_data (coin_id, source, observed_at, name, symbol, price_usd, market_cap,
                                        volume_24h, ingested_at, recorded_at, version, page_id, position,
                                        superseded_at)
    SELECT believed.coin_id, believed.source, believed.observed_at, believed.name, believed.symbol,
           believed.price_usd, believed.market_cap, believed.volume_24h, believed.ingested_at,
           believed.recorded_at, believed.version, believed.page_id, believed.position, %(recorded_at)s
      FROM stage
     CROSS JOIN LATERAL (SELECT *
                           FROM unified_crypto_data AS believed
                          WHERE believed.coin_id = stage.coin_id
                            AND believed.source = %(source)s
                            AND believed.observed_at = stage.observed_at
                            AND believed.observed_at BETWEEN {first} AND {last}
                         OFFSET 0) AS believed
     WHERE stage.position = ANY (%(restated)s::int[])
"""
REPLACE_RESTATED = (
    _INSERT
    + """
     WHERE position = ANY (%(restated)s::int[])
     ORDER BY coin_id, observed_at
    ON CONFLICT (coin_id, source, observed_at) DO UPDATE
       SET name = excluded.name, symbol = excluded.symbol, price_usd = excluded.price_usd,
           market_cap = excluded.market_cap, volume_24h = excluded.volume_24h, ingested_at = excluded.ingested_at,
           recorded_at = excluded.recorded_at, version = excluded.version, page_id = excluded.page_id,
           position = excluded.position
"""
)

_LATEST = """
    INSERT INTO latest_crypto_data AS latest (coin_id, source, observed_at, name, symbol, price_usd, market_cap,
                                              volume_24h, ingested_at, recorded_at, version, page_id, position)
"""
_REPLACE_LATEST = """
    ON CONFLICT (source, coin_id) DO UPDATE
       SET observed_at = excluded.observed_at, name = excluded.name, symbol = excluded.symbol,
           price_usd = excluded.price_usd, market_cap = excluded.market_cap, volume_24h = excluded.volume_24h,
           ingested_at = excluded.ingested_at, recorded_at = excluded.recorded_at, version = excluded.version,
           page_id = excluded.page_id, position = excluded.position
"""
REFRESH_LATEST = (
    _LATEST
    + """
    SELECT DISTINCT ON (coin_id)
           coin_id, %(source)s, observed_at, name, symbol, price_usd, market_cap, volume_24h,
           %(ingested_at)s::timestamptz, %(recorded_at)s::timestamptz, %(version)s::bigint, %(page_id)s::bigint,
           position
      FROM stage
     WHERE position = ANY (%(changed)s::int[])
     ORDER BY coin_id, observed_at DESC
"""
    + _REPLACE_LATEST
    + " WHERE excluded.observed_at >= latest.observed_at"
)

_OF_PAGE = "ingested_at = %(ingested_at)s AND source = %(source)s AND page_id = %(page_id)s"
STORED_OF_PAGE = f"SELECT coin_id, observed_at, position FROM unified_crypto_data WHERE {_OF_PAGE}"
WITHDRAW = f"""
    WITH gone AS (
        DELETE FROM unified_crypto_data
         WHERE {_OF_PAGE} AND position = ANY (%(absent)s::int[])
        RETURNING *
    )
    INSERT INTO superseded_crypto_data (coin_id, source, observed_at, name, symbol, price_usd, market_cap,
                                        volume_24h, ingested_at, recorded_at, version, page_id, position,
                                        superseded_at)
    SELECT coin_id, source, observed_at, name, symbol, price_usd, market_cap, volume_24h,
           ingested_at, recorded_at, version, page_id, position, %(recorded_at)s
      FROM gone
"""
RECOMPUTE_LATEST = (
    _LATEST
    + """
    SELECT newest.coin_id, newest.source, newest.observed_at, newest.name, newest.symbol, newest.price_usd,
           newest.market_cap, newest.volume_24h, newest.ingested_at, newest.recorded_at, newest.version,
           newest.page_id, newest.position
      FROM unnest(%(coin_ids)s::text[]) AS coin (coin_id)
     CROSS JOIN LATERAL (SELECT *
                           FROM unified_crypto_data AS believed
                          WHERE believed.coin_id = coin.coin_id AND believed.source = %(source)s
                          ORDER BY believed.observed_at DESC
                          LIMIT 1) AS newest
"""
    + _REPLACE_LATEST
)
FORGET_LATEST = """
    DELETE FROM latest_crypto_data AS latest
     WHERE latest.source = %(source)s
       AND latest.coin_id = ANY (%(coin_ids)s)
       AND NOT EXISTS (SELECT
                         FROM unified_crypto_data AS believed
                        WHERE believed.coin_id = latest.coin_id AND believed.source = latest.source)
"""
