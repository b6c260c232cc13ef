"""Whether several files that are checked contradict each other, as an ingest of all of them would find."""

from collections.abc import Iterable
from zlib import crc32

from crypto.adapters.csv.check.coin_names import require_one_coin
from crypto.adapters.csv.unreadable import Unreadable
from crypto.domain.parts import contradicted_by, differ
from crypto.domain.quote import Amounts, Key, Quote
from crypto.domain.rejection import Rejection

MOST = 20_000
"""Quotes that are remembered; of more, every second, fourth, eighth ... by their coin and moment."""


class Together:
    """What the files that were read so far say; one of `one_in` quotes is looked at."""

    def __init__(self, *, most: int = MOST) -> None:
        self.one_in = 1
        self._most = most
        self._said: dict[Key, tuple[str, Amounts]] = {}
        self._declared: dict[str, list[str]] = {}

    def contradictions(self, name: str, quotes: Iterable[Quote]) -> list[Rejection]:
        """This file's quotes that do not stand beside what another file said, as far as they are looked at."""
        found = [self._contradiction(name, quote) for quote in quotes if self._is_looked_at(quote.key)]
        while len(self._said) > self._most:
            self.one_in *= 2
            self._said = {key: said for key, said in self._said.items() if self._is_looked_at(key)}
        return [each for each in found if each]

    def two_coins(self, name: str, coin_id: str | None) -> str | None:
        """Why a file cannot be of the coin that it, and others, are declared to be of; None when it can."""
        if coin_id is None:
            return None
        others = self._declared.setdefault(coin_id, [])
        try:
            require_one_coin(name, others, coin_id=coin_id)
        except Unreadable as error:
            return f"{name}: {error}"
        others.append(name)
        return None

    def _contradiction(self, name: str, quote: Quote) -> Rejection | None:
        file, said = self._said.get(quote.key, (name, quote.amounts))
        if file == name:
            self._said[quote.key] = name, quote.amounts
            return None
        return contradicted_by(file, quote) if differ(said, quote.amounts) else None

    def _is_looked_at(self, key: Key) -> bool:
        coin_id, moment = key
        return self.one_in == 1 or crc32(f"{coin_id} {moment.isoformat()}".encode()) % self.one_in == 0
