"""The exports that are recognised."""

from collections.abc import Mapping

from crypto.adapters.tabular.formats.binance import BINANCE
from crypto.adapters.tabular.formats.charts import CHARTS
from crypto.adapters.tabular.formats.downloads import DOWNLOADS
from crypto.adapters.tabular.formats.exchanges import EXCHANGES
from crypto.adapters.tabular.formats.format import Format
from crypto.adapters.tabular.formats.interfaces import INTERFACES
from crypto.adapters.tabular.formats.investing import INVESTING
from crypto.adapters.tabular.formats.networks import NETWORKS
from crypto.adapters.tabular.formats.sites import SITES
from crypto.adapters.tabular.formats.terminals import TERMINALS
from crypto.adapters.tabular.formats.yahoo import YAHOOS

NO_FORMAT = "none"
"""In place of a format's name: none is looked for."""

FORMATS: Mapping[str, Format] = {
    known.name: known
    for known in (
        *BINANCE,
        *EXCHANGES,
        *INTERFACES,
        *SITES,
        *NETWORKS,
        *INVESTING,
        *YAHOOS,
        *CHARTS,
        *TERMINALS,
        *DOWNLOADS,
    )
}


def check_format(name: str) -> None:
    """Whether there is one of that name.

    :raises ValueError: when there is not; it lists them.
    """
    if name != NO_FORMAT and name not in FORMATS:
        raise ValueError(f"format is {name!r}; it takes {NO_FORMAT} or one of {', '.join(FORMATS)}")
