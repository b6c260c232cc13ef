"""What kinds of endpoints there are, in the order of a reader's interest."""

from msgspec import Struct


class Tag(Struct, frozen=True, kw_only=True):
    """A group of endpoints, by the name the OpenAPI document gives it, and what it is about."""

    name: str
    meaning: str


MARKET_DATA = Tag(name="Market data", meaning="What the sources say of coins.")
SERVICE = Tag(name="Service", meaning="How ingesting goes.")
HEALTH = Tag(name="Health", meaning="For whoever watches the service.")
ABOUT = Tag(name="About", meaning="What there is.")

TAGS = (MARKET_DATA, SERVICE, HEALTH, ABOUT)
