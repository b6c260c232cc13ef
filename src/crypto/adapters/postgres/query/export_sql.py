"""The two statements of an export: what is known of its rows before the first, and the rows."""

from collections.abc import Mapping
from typing import TypeAlias

from crypto.adapters.postgres.query.conditions import asked, values_of, where
from crypto.adapters.postgres.query.quote_list import believed
from crypto.application.ports.exports import AMOUNT_COLUMNS, COLUMNS
from crypto.domain.market_data import QuoteFilter

Statement: TypeAlias = tuple[str, Mapping[str, object]]
"""Text with named parameters, and their values."""

FACTS = """
    SELECT count(*),
           coalesce(CASE WHEN pg_is_in_recovery() THEN pg_last_xact_replay_timestamp() END, now())
           {measures}
      FROM {listed}
"""
MEASURE = """
         , max(quote.{column}), max(scale(quote.{column}))
"""
ROWS = "COPY (SELECT {columns} FROM {listed}) TO STDOUT (FORMAT csv)"


def facts_statement(wanted: QuoteFilter, *, measured: bool) -> Statement:
    """One row: how many quotes, when; if `measured`, the largest of each amount, and the most decimals.

    No amount is negative.
    """
    measures = "".join(MEASURE.format(column=column) for column in AMOUNT_COLUMNS) if measured else ""
    return FACTS.format(measures=measures, listed=_listed(wanted)), values_of(wanted)


def rows_statement(wanted: QuoteFilter) -> Statement:
    """The rows, as the text that exports are written from; the driver writes the values into it."""
    columns = ", ".join(f"quote.{column}" for column in COLUMNS)
    return ROWS.format(columns=columns, listed=_listed(wanted)), values_of(wanted)


def _listed(wanted: QuoteFilter) -> str:
    """All quotes that are wanted, as `quote`."""
    names = asked(wanted)
    return f"{believed(names)} AS quote {where(names)}"
