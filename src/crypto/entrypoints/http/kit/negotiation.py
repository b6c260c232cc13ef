"""Whether a caller takes JSON, which is all that is served here; and how its Accept headers are read."""

from collections.abc import Mapping

_RANGES = ("application/json", "application/*", "*/*")
"""From the most to the least specific: the first that is named decides (RFC 9110, 12.5.1)."""


def accepts_json(accept: str | None) -> bool:
    """Whether an Accept header, if there is one, allows application/json."""
    if not accept or not accept.strip():
        return True
    asked = weights(accept)
    return next((asked[each] > 0 for each in _RANGES if each in asked), False)


def weights(header: str) -> Mapping[str, float]:
    """What a header of the kind of Accept names, in lower case: 0 for what is refused, 1 for all else."""
    return dict(_weighted(part) for part in header.lower().split(","))


def _weighted(part: str) -> tuple[str, float]:
    media, *parameters = (each.strip() for each in part.split(";"))
    quality = next((each.removeprefix("q=") for each in parameters if each.startswith("q=")), "1")
    return media, 0 if quality.replace(".", "").strip("0") == "" else 1
