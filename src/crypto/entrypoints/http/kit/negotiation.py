"""Which of the media types that are served a caller takes; how headers like Accept are read (RFC 9110, 12.5.1)."""

from collections.abc import Mapping, Sequence


def negotiated(accept: str | None, offers: Sequence[str]) -> str | None:
    """The offer that an Accept header, if there is one, wants most; of equals the first. None if it takes none."""
    if not accept or not accept.strip():
        return offers[0]
    asked = weights(accept)
    wanted = max(offers, key=lambda offer: _weight(offer, asked))
    return wanted if _weight(wanted, asked) > 0 else None


def weights(header: str) -> Mapping[str, float]:
    """What a header of the kind of Accept names, in lower case, each with its weight: 0 for what is refused."""
    return dict(_weighted(part) for part in header.lower().split(","))


def _weight(offer: str, asked: Mapping[str, float]) -> float:
    """What the most specific range that an offer is in says of it."""
    kind, _, _ = offer.partition("/")
    ranges = (offer, f"{kind}/*", "*/*")
    return next((asked[each] for each in ranges if each in asked), 0)


def _weighted(part: str) -> tuple[str, float]:
    """A range and its weight. Other parameters than `q` make no difference, nor a `q` that is not a number."""
    media, *parameters = (each.strip() for each in part.split(";"))
    quality = next((each.removeprefix("q=") for each in parameters if each.startswith("q=")), "1")
    try:
        return media, min(max(float(quality), 0), 1)
    except ValueError:
        return media, 1
