"""Part of a list as one row: the JSON array that the API sends as it is, and what leads on from there."""

from crypto.adapters.postgres.query.quote_json import JSON_COLUMNS


def json_list(
    part: str,
    *,
    fields: tuple[str, ...],
    key: tuple[str, ...],
    size: int,
    marked: str,
    whole: str,
    total: str,
) -> str:
    """A statement of one row, all of one snapshot.

    `quotes`: a JSON array with these fields of at most `size` quotes, null for none. `found`: how many there are,
    up to one more than shown. Then the `key` of the last one shown, if there are so many, and what `whole` and
    `total` say. `part` lists `size` + 1 rows in their order; `marked` says of each what is known of its coin.
    """
    shown = ", ".join([JSON_COLUMNS[name] for name in fields])
    last = ", ".join([f"max(quote.{name}) FILTER (WHERE place = {size:d}) AS {name}" for name in key])
    return f"""
        SELECT page.*, whole.*, {total} AS total
          FROM (SELECT '[' || string_agg(row_to_json(shown)::text, ',' ORDER BY place)
                                  FILTER (WHERE place <= {size:d}) || ']' AS quotes,
                       count(*) AS found, {last}
                  FROM (SELECT *, row_number() OVER () AS place FROM ({part}) AS quote) AS quote
                  LEFT JOIN LATERAL ({marked}) AS marked ON true
                 CROSS JOIN LATERAL (SELECT {shown}) AS shown) AS page
         CROSS JOIN ({whole}) AS whole
    """
