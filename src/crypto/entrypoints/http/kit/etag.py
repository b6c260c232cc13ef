"""The weak validator of an answer, from the version of the data that it was taken from (RFC 9110, 8.8).

Weak, because request_id and latency differ from one answer to the next.
"""

from hashlib import blake2s

DIGEST_BYTES = 12


def etag_of(*parts: str | bytes) -> str:
    """The validator of an answer that depends on these parts, and on nothing else."""
    digest = blake2s(digest_size=DIGEST_BYTES)
    for part in parts:
        text = part.encode() if isinstance(part, str) else part
        digest.update(len(text).to_bytes(4, "big"))
        digest.update(text)
    return f'W/"{digest.hexdigest()}"'


def is_known(etag: str, if_none_match: str | None) -> bool:
    """Whether a caller that sends this If-None-Match has the answer already; `*` names none."""
    if if_none_match is None:
        return False
    return etag.removeprefix("W/") in {each.strip().removeprefix("W/") for each in if_none_match.split(",")}
