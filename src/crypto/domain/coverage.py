"""What a sweep covered: the coins it named, held against the last list that was believed."""

from msgspec import Struct


class Coverage(Struct, frozen=True, kw_only=True):
    """Coins are counted once each, however often they were named.

    `listed` are those that the list of this sweep names, `named` those that it or an answer by id names.
    `expected` are those that the last good list named, `missing` how many of them, and of those that are followed,
    no page of this sweep names. Of the followed ones `unfollowed` were not asked for by id yet, `unknown` in vain;
    `unasked` are the other missing ones that were not asked for by id, from the top of that list. `below` are
    others that are known, not unseen, and neither named nor asked for, the longest not asked for first.
    `pages_by_id` counts the answers by id, `holes` the pages passed over. The list `ends` where its last page
    names no coin.
    """

    listed: int
    named: int
    expected: int
    missing: int
    unasked: tuple[str, ...]
    pages_by_id: int
    holes: int
    below: tuple[str, ...] = ()
    unfollowed: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    ends: bool = False

    @property
    def has_shrunk(self) -> bool:
        """Whether the list lost more than half of its coins; one with a hole is known to be short."""
        return not self.holes and 2 * self.listed < self.expected
