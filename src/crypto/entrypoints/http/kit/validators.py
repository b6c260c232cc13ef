"""Whether the copy that a caller has is still good (RFC 9110, 8.8.3 and 13.1.2)."""

import re

_TAGS = re.compile(r'(?:W/)?("[^"]*")')


def has_copy(if_none_match: str | None, etag: str) -> bool:
    """Whether the header If-None-Match names this strong ETag, or any; a weak one of the same word does, too."""
    if if_none_match is None:
        return False
    return if_none_match.strip() == "*" or etag in _TAGS.findall(if_none_match)
