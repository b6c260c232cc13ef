"""Part of a list as one row: the JSON array that the API sends as it is, and what leads on from there."""

from crypto.adapters.postgres.query.quote_json import JSON_COLUMNS

STEPS = (10, 50, 200, 1000)
"""Pages of up to so many quotes are asked for with one statement."""


def at_most(size: int) -> int:
    """How many rows the statement for a page of this size is made for."""
    return next((step for step in STEPS if size <= step), size) + 1


def json_list(
    part: str,
    *,
    fields: tuple[str, ...],
    key: tuple[str, ...],
    marked: str,
    whole: str,
    total: str,
) -> str:
    """A statement of one row, all of one snapshot.

    `quotes`: a JSON array with these fields of at most `size` quotes, null for none. `found`: how many there are,
    up to one more than shown. Then the `key` of the last one shown, if there are so many, and what `whole` and
    `total` say. `part` lists rows in their order, more than `size`; `marked` says what is known of a row's coin.

    `size` is a value: pages of all sizes up to the next of `STEPS` have one text, and one plan. It is made for the
    larger number, and stops after the smaller.
    """
    shown = ", ".join([JSON_COLUMNS[name] for name in fields])
    last = ", ".join([f"max(quote.{name}) FILTER (WHERE place = %(size)s) AS {name}" for name in key])
    return f"""
        SELECT page.*, whole.*, {total} AS total
          FROM (SELECT '[' || string_agg(row_to_json(shown)::text, ',' ORDER BY place)
                                  FILTER (WHERE place <= %(size)s) || ']' AS quotes,
                       count(*) AS found, {last}
                  FROM (SELECT *, row_number() OVER () AS place
                          FROM (SELECT * FROM ({part}) AS part LIMIT %(size)s + 1) AS quote) AS quote
                  LEFT JOIN LATERAL ({marked}) AS marked ON true
                 CROSS JOIN LATERAL (SELECT {shown}) AS shown) AS page
         CROSS JOIN ({whole}) AS whole
    """
