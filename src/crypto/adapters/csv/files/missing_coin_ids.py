"""Files of which their block does not say enough: one message for all of them, with the lines to put there."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping

from crypto.adapters.csv.unreadable import Unreadable
from crypto.application.formatting import some
from crypto.domain.rejection import printable

TO_FILL_IN = "<coin id>"

_BARE = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)


class MissingCoinIds(Unreadable):
    """A file whose name tells a `coin` that is none of the block's `coins`, or `money` that it has no rate of."""

    def __init__(
        self, *, path: str, called: str, coins: Mapping[str, str], coin: str | None, money: str | None
    ) -> None:
        self.path = path
        self.called = called
        self.coins = coins
        self.coin = coin
        self.money = money
        super().__init__(_told([self]))


def together(problems: Iterable[tuple[str, Exception]]) -> list[str]:
    """What is wrong with files, after their names: once where it is the same of several, or lacks in one block."""
    files: dict[str, list[str]] = {}
    lacking: dict[str, list[MissingCoinIds]] = {}
    for name, error in problems:
        if isinstance(error, MissingCoinIds):
            lacking.setdefault(error.path, []).append(error)
        else:
            files.setdefault(str(error), []).append(name)
    told = [f"{printable(path)}: {_told(each)}" for path, each in lacking.items()]
    return [*told, *(f"{some([printable(name) for name in names])}: {why}" for why, names in files.items())]


def coins_line(coins: Mapping[str, str]) -> str:
    """The coins as a line of crypto.toml: `coins = { BTC = "bitcoin" }`."""
    pairs = (f"{_key(part)} = {_text(coin_id)}" for part, coin_id in coins.items())
    return f"coins = {{ {', '.join(pairs)} }}"


def _told(lacking: list[MissingCoinIds]) -> str:
    count = "its file is" if len(lacking) == 1 else f"their {len(lacking)} files are"
    why, remedies = zip(*_lacks(lacking), strict=True)
    return f"{lacking[0].called} {' and '.join(why)}, so {count} not read; set there {' and '.join(remedies)}"


def _lacks(lacking: list[MissingCoinIds]) -> Iterator[tuple[str, str]]:
    """What is lacking, and the line that says it."""
    if coins := sorted({each.coin for each in lacking if each.coin is not None}):
        line = coins_line({**lacking[0].coins, **dict.fromkeys(coins, TO_FILL_IN)})
        yield f"knows no coin {', '.join(coins)}", line
    if money := next((each.money for each in lacking if each.money), None):
        yield f"does not say what {money} is worth", f'rate = "<US dollars for one {money}>"'


def _key(part: str) -> str:
    return part if _BARE.fullmatch(part) else _text(part)


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
