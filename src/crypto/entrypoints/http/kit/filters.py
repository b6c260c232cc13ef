"""Parameters that several lists take: whose quotes, and of which symbol."""

from collections.abc import Collection

from crypto.domain.quote import MAX_NAME_CHARACTERS
from crypto.entrypoints.http.kit.parameters import Parameter, one_of, text

SYMBOL = text(
    "symbol",
    "The ticker, in any ASCII case. A label, never an identity: several coins share one.",
    most=MAX_NAME_CHARACTERS,
    example="btc",
)


def source_filter(sources: Collection[str]) -> Parameter[str]:
    """The parameter `source`, which takes one of these sources."""
    return one_of("source", "Of this source only.", sources)
