"""The statements that write a page's quotes; `stage` holds the page, `{first}` and `{last}` its bounds in time.

None leaves the planner a choice that stale statistics can spoil: stored quotes are met through the arbiter index
of ON CONFLICT, or one by one by their whole key (`OFFSET 0` keeps such a look-up from becoming a join).
What a quote says is declared in `crypto.domain.quote.Said`; here it stands in each statement as a list of columns.
"""

from typing import LiteralString

from crypto.adapters.postgres.schema.rows import SAID, SAID_AMOUNTS


def _each(
    form: LiteralString, names: tuple[LiteralString, ...], *, between: LiteralString = ", "
) -> LiteralString:
    """These columns, each in this form, in which `_` stands for its name."""
    return between.join([form.replace("_", name) for name in names])


_ALL: tuple[LiteralString, ...] = (*SAID, "ingested_at", "recorded_at", "version", "page_id", "position")
"""What a quote says, and where that was read: all but its key."""

_SAID = _each("_", SAID)
_COLUMNS = f"coin_id, source, observed_at, {_each('_', _ALL)}"
_REPLACED = _each("_ = excluded._", _ALL)

MAKE_STAGE = f"""
    CREATE TEMPORARY TABLE IF NOT EXISTS stage (
        coin_id text COLLATE "C" NOT NULL,
        observed_at timestamptz NOT NULL,
        {", ".join(f"{name} {'numeric' if name in SAID_AMOUNTS else 'text'}" for name in SAID)},
        position integer NOT NULL
    ) ON COMMIT DELETE ROWS
"""
EMPTY_STAGE = "DELETE FROM stage"
STAGED: tuple[LiteralString, ...] = ("coin_id", "observed_at", *SAID, "position")
FILL_STAGE = f"COPY stage ({_each('_', STAGED)}) FROM STDIN"

_INSERT = f"""
    INSERT INTO unified_crypto_data ({_COLUMNS})
    SELECT coin_id, %(source)s, observed_at, {_SAID},
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
FIND_RESTATED = f"""
    SELECT stage.position
      FROM stage
     CROSS JOIN LATERAL (SELECT
                           FROM unified_crypto_data AS believed
                          WHERE believed.coin_id = stage.coin_id
                            AND believed.source = %(source)s
                            AND believed.observed_at = stage.observed_at
                            AND believed.observed_at BETWEEN {{first}} AND {{last}}
                            AND believed.page_id <= %(page_id)s
                            AND (({_each("believed._", SAID)})
                                 IS DISTINCT FROM
                                 ({_each("stage._", SAID)})
                                 OR (believed.page_id = %(page_id)s AND believed.position <> stage.position))
                         OFFSET 0) AS believed
     WHERE stage.position = ANY (%(known)s::int[])
       AND stage.observed_at BETWEEN {{first}} AND {{last}}
"""
FIND_CONTRADICTED = f"""
    SELECT stage.position, page.part
      FROM stage
     CROSS JOIN LATERAL (SELECT believed.ingested_at, believed.page_id
                           FROM unified_crypto_data AS believed
                          WHERE believed.coin_id = stage.coin_id
                            AND believed.source = %(source)s
                            AND believed.observed_at = stage.observed_at
                            AND believed.observed_at BETWEEN {{first}} AND {{last}}
                            AND ({_each("believed._ <> stage._", SAID_AMOUNTS, between=" OR ")})
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
"""Finds the restated quotes that a page of another part of the source says otherwise, and which part."""

SUPERSEDE_RESTATED = f"""
    INSERT INTO superseded_crypto_data ({_COLUMNS}, superseded_at)
    SELECT believed.coin_id, believed.source, believed.observed_at, {_each("believed._", _ALL)},
           %(recorded_at)s
      FROM stage
     CROSS JOIN LATERAL (SELECT *
                           FROM unified_crypto_data AS believed
                          WHERE believed.coin_id = stage.coin_id
                            AND believed.source = %(source)s
                            AND believed.observed_at = stage.observed_at
                            AND believed.observed_at BETWEEN {{first}} AND {{last}}
                         OFFSET 0) AS believed
     WHERE stage.position = ANY (%(restated)s::int[])
"""
REPLACE_RESTATED = (
    _INSERT
    + f"""
     WHERE position = ANY (%(restated)s::int[])
     ORDER BY coin_id, observed_at
    ON CONFLICT (coin_id, source, observed_at) DO UPDATE
       SET {_REPLACED}
"""
)

_LATEST = f"""
    INSERT INTO latest_crypto_data AS latest ({_COLUMNS})
"""
_REPLACE_LATEST = f"""
    ON CONFLICT (source, coin_id) DO UPDATE
       SET observed_at = excluded.observed_at, {_REPLACED}
"""
_IS_NEW = " RETURNING xmax = 0"
"""Whether a coin had no latest quote before; this table has no partitions, which could not say it."""

REFRESH_LATEST = (
    _LATEST
    + f"""
    SELECT DISTINCT ON (coin_id)
           coin_id, %(source)s, observed_at, {_SAID},
           %(ingested_at)s::timestamptz, %(recorded_at)s::timestamptz, %(version)s::bigint, %(page_id)s::bigint,
           position
      FROM stage
     WHERE position = ANY (%(changed)s::int[])
     ORDER BY coin_id, observed_at DESC
"""
    + _REPLACE_LATEST
    + " WHERE excluded.observed_at >= latest.observed_at"
    + _IS_NEW
)

_OF_PAGE = "ingested_at = %(ingested_at)s AND source = %(source)s AND page_id = %(page_id)s"
STORED_OF_PAGE = f"SELECT coin_id, observed_at, position FROM unified_crypto_data WHERE {_OF_PAGE}"
WITHDRAW = f"""
    WITH gone AS (
        DELETE FROM unified_crypto_data
         WHERE {_OF_PAGE} AND position = ANY (%(absent)s::int[])
        RETURNING *
    )
    INSERT INTO superseded_crypto_data ({_COLUMNS}, superseded_at, withdrawn_version)
    SELECT {_COLUMNS}, %(recorded_at)s, %(version)s
      FROM gone
"""
RECOMPUTE_LATEST = (
    _LATEST
    + f"""
    SELECT newest.coin_id, newest.source, newest.observed_at, {_each("newest._", _ALL)}
      FROM unnest(%(coin_ids)s::text[]) AS coin (coin_id)
     CROSS JOIN LATERAL (SELECT *
                           FROM unified_crypto_data AS believed
                          WHERE believed.coin_id = coin.coin_id AND believed.source = %(source)s
                          ORDER BY believed.observed_at DESC
                          LIMIT 1) AS newest
"""
    + _REPLACE_LATEST
    + _IS_NEW
)
FORGET_LATEST = """
    DELETE FROM latest_crypto_data AS latest
     WHERE latest.source = %(source)s
       AND latest.coin_id = ANY (%(coin_ids)s)
       AND NOT EXISTS (SELECT
                         FROM unified_crypto_data AS believed
                        WHERE believed.coin_id = latest.coin_id AND believed.source = latest.source)
    RETURNING latest.coin_id
"""
