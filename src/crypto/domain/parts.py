"""The parts that a source's material has, such as files: none of them restates what another one says."""

from collections.abc import Mapping

from crypto.domain.page import Cursor, RawPage
from crypto.domain.quote import Amounts, Quote
from crypto.domain.rejection import Reason, Rejection

PART = "path"
"""In a page's context: the part that it is of. The pages of a provider's list are of none."""

PARTS = "files"
"""In a cursor: by their names, the parts that the source reads now."""


def part_of(page: RawPage) -> str | None:
    """The name of the part of its source that a page is of; None for a source without parts."""
    part = page.context.get(PART)
    return part if isinstance(part, str) else None


def rivals(page: RawPage, cursor: Cursor) -> frozenset[str]:
    """The parts that the source reads beside that of this page."""
    part, parts = part_of(page), cursor.get(PARTS)
    return frozenset(parts) - {part} if part is not None and isinstance(parts, Mapping) else frozenset()


def differ(one: Amounts, other: Amounts) -> bool:
    """Whether two parts contradict each other: an amount that both know is another one."""
    pairs = zip(one, other, strict=True)
    return any(mine is not None and theirs is not None and mine != theirs for mine, theirs in pairs)


def contradicted_by(other: str, quote: Quote) -> Rejection:
    """What becomes of a quote when another part said otherwise of its coin and moment before."""
    said = f"{other} says otherwise of {quote.coin_id} at {quote.observed_at.isoformat()}"
    coins = "if they are of two coins, give each file its COIN_ID in a block [[source.csv.file]] of crypto.toml"
    return Rejection(
        position=quote.position,
        reason=Reason.CONTRADICTED_BY_ANOTHER_FILE,
        detail=f"{said}: {coins}; if one is wrong, take it out of PATHS",
        excerpt=f"{quote.coin_id} price_usd={quote.price_usd} market_cap={quote.market_cap}",
        coin_id=quote.coin_id,
    )
