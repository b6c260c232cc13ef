"""The statements that fill databases: so many quotes in our tables, and the same in the one table of the peers.

5,000 coins of two sources an hour, 10,000 quotes; each 21st time `csv` takes a source's place. A page has one
source's coins of one hour.
"""

QUOTES = """
    SELECT 'coin-' || lpad((i % 5000)::text, 5, '0') AS coin_id, 'Coin ' || (i % 5000) AS name,
           'c' || (i % 5000) AS symbol,
           round((((i * 7919) % 1000003 + 1) / 17.0)::numeric, 8) AS price_usd,
           (((i * 104729) % 1000000007) + 1)::numeric AS market_cap,
           ((i * 15485863) % 99999989)::numeric AS volume_24h,
           CASE WHEN (i / 5000) % 21 = 20 THEN 'csv'
                WHEN (i / 5000) % 2 = 0 THEN 'coingecko'
                ELSE 'coinpaprika' END AS source,
           timestamptz '2025-01-01 00:00+00' + (i / 10000) * interval '1 hour' AS observed_at,
           i / 5000 + 1 AS page_id, (i % 5000)::integer AS position
      FROM generate_series({first}::bigint, {last}::bigint) AS i
"""

UNIFIED = """
    INSERT INTO unified_crypto_data (coin_id, source, observed_at, name, symbol, price_usd, market_cap, volume_24h,
                                     ingested_at, recorded_at, version, page_id, position)
    SELECT coin_id, source, observed_at, name, symbol, price_usd, market_cap, volume_24h,
           observed_at + interval '1 minute', observed_at + interval '1 minute', page_id, page_id, position
      FROM ({quotes}) AS quote
"""

LATEST = """
    INSERT INTO latest_crypto_data (source, coin_id, observed_at, name, symbol, price_usd, market_cap, volume_24h,
                                    ingested_at, recorded_at, version, page_id, position)
    SELECT DISTINCT ON (source, coin_id)
           source, coin_id, observed_at, name, symbol, price_usd, market_cap, volume_24h,
           ingested_at, recorded_at, version, page_id, position
      FROM unified_crypto_data
     WHERE observed_at > (SELECT max(observed_at) FROM unified_crypto_data) - interval '1 day'
     ORDER BY source, coin_id, observed_at DESC
"""
RUNS = """
    INSERT INTO runs (run_id, source, kind, epoch, status, started_at, finished_at, sweep_id,
                      pages, received, inserted, coins_named, coins_missing)
    SELECT page_id, source, 'ingest', page_id, 'success', min(ingested_at),
           min(ingested_at) + interval '2 seconds', page_id,
           1, count(*), count(*), count(*), 0
      FROM unified_crypto_data
     GROUP BY page_id, source
"""
CHECKPOINTS = """
    INSERT INTO checkpoints (source, status, last_run_timestamp, records_processed, duration_seconds, epoch,
                             run_id, version, changed_at, listed, good_sweep_id, newest_stamp)
    SELECT DISTINCT ON (source)
           source, 'success', started_at, received, 2, epoch,
           run_id, run_id, finished_at, true, sweep_id, started_at - interval '1 minute'
      FROM runs
     ORDER BY source, run_id DESC
"""
SEQUENCES = """
    SELECT setval(name, (SELECT max(run_id) FROM runs))
      FROM unnest('{page_ids,run_ids,sweep_ids}'::text[]) AS name
"""
THE_REST = (LATEST, RUNS, CHECKPOINTS, SEQUENCES)
"""All that follows from the quotes."""

PEERS_TABLE = """
    CREATE TABLE q (coin_id text NOT NULL, name text NOT NULL, symbol text NOT NULL, price_usd numeric,
                    market_cap numeric, volume_24h numeric, source text NOT NULL, ingested_at timestamptz NOT NULL)
"""
PEERS_QUOTES = """
    INSERT INTO q SELECT coin_id, name, symbol, price_usd, market_cap, volume_24h, source, observed_at
      FROM ({quotes}) AS quote
"""
PEERS_INDEXES = (
    "CREATE INDEX q_coin ON q (coin_id)",
    "CREATE INDEX q_source ON q (source)",
    "CREATE INDEX q_ing ON q (ingested_at)",
    "CREATE UNIQUE INDEX q_uq ON q (coin_id, source, ingested_at)",
)
