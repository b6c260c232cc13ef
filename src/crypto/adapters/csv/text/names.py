"""How the names of columns are compared: plainly, whatever marks, accents and brackets a site puts on them."""

import re
import unicodedata
from functools import lru_cache

_ACCENTS = re.compile("[\u0300-\u036f]")
_MARKS = "*<>. "


@lru_cache(maxsize=8192)
def plain_name(name: str) -> str:
    """A column's name as it is compared: small letters, underscores between the words, nothing around it.

    `Close**`, `<CLOSE>` and `close` are one name, and so are `Último` and `ultimo`.
    """
    lowered = _ACCENTS.sub("", unicodedata.normalize("NFKD", name.lower()))
    words = unicodedata.normalize("NFC", lowered).strip(_MARKS).replace("_", " ").split()
    return "_".join(words)
