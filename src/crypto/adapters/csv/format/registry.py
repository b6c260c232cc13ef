"""The exports that are recognised."""

from collections.abc import Mapping

from crypto.adapters.csv.format.exports.binance import BINANCE
from crypto.adapters.csv.format.exports.charts import CHARTS
from crypto.adapters.csv.format.exports.downloads import DOWNLOADS
from crypto.adapters.csv.format.exports.exchanges import EXCHANGES
from crypto.adapters.csv.format.exports.interfaces import INTERFACES
from crypto.adapters.csv.format.exports.investing import INVESTING
from crypto.adapters.csv.format.exports.networks import NETWORKS
from crypto.adapters.csv.format.exports.sites import SITES
from crypto.adapters.csv.format.exports.terminals import TERMINALS
from crypto.adapters.csv.format.exports.yahoo import YAHOOS
from crypto.adapters.csv.format.format import Format

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
    """See that there is a known export of this name.

    :raises ValueError: when there is not; it lists them.
    """
    if name != NO_FORMAT and name not in FORMATS:
        raise ValueError(f"format is {name!r}; it takes {NO_FORMAT} or one of {', '.join(FORMATS)}")
