"""Which quotes a command is about: the options that a list of them and a file of them share."""

from collections.abc import Callable
from datetime import datetime
from functools import reduce
from typing import TYPE_CHECKING, Any, TypedDict, TypeVar

import rich_click as click

from crypto.entrypoints.cli.kit.options import MOMENT, SOURCE

if TYPE_CHECKING:
    from crypto.domain.market_data import QuoteFilter

Decorated = TypeVar("Decorated", bound=Callable[..., Any])


class Filters(TypedDict):
    """The options that say which quotes are wanted."""

    source: str | None
    coin_ids: tuple[str, ...]
    symbol: str | None
    observed_from: datetime | None
    observed_to: datetime | None
    ingested_from: datetime | None
    ingested_to: datetime | None
    as_of: datetime | None


OPTIONS = (
    click.option("--source", type=SOURCE, help="Of this source only."),
    click.option(
        "--coin", "coin_ids", multiple=True, help="The id the source gives the coin, byte for byte; up to 50."
    ),
    click.option("--symbol", help="The ticker, in any case; several coins may share one."),
    click.option("--from", "observed_from", type=MOMENT, help="Quotes of this moment or later."),
    click.option("--to", "observed_to", type=MOMENT, help="Quotes of before this moment."),
    click.option("--ingested-from", type=MOMENT, help="Quotes that arrived here at this moment or later."),
    click.option("--ingested-to", type=MOMENT, help="Quotes that arrived here before this moment."),
    click.option("--as-of", type=MOMENT, help="What was believed then, at least 60 seconds ago."),
)


def quote_filter_options(function: Decorated) -> Decorated:
    """Add the options that choose quotes to a command."""
    return reduce(lambda decorated, option: option(decorated), reversed(OPTIONS), function)


def wanted_of(filters: Filters) -> "QuoteFilter":
    """The quotes that these options ask for.

    :raises UnknownSource: for the name of a source that there is not.
    """
    from crypto.adapters.registry import SOURCES
    from crypto.domain.market_data import QuoteFilter
    from crypto.entrypoints.cli.kit.session import check_source

    wanted = QuoteFilter(**filters)
    if wanted.source is not None:
        check_source(wanted.source, SOURCES)
    return wanted
