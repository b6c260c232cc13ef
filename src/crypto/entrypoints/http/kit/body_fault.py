"""Where in a body the fault is: what msgspec says as `$.pairs[3].time` is `/pairs/3/time` by RFC 6901."""

import re

import msgspec

_SAID = re.compile(r"(?P<fault>.*) - at `(?P<path>\$.*)`", re.DOTALL)
_STEP = re.compile(r"\.([^.\[]+)|\[(\d+)\]")


def place_of(error: msgspec.ValidationError) -> tuple[str, str]:
    """What is wrong, in words with the path of the place; and the place as a JSON pointer (RFC 6901).

    A value in a mapping is not told by its name: the pointer leads to the mapping.
    """
    found = _SAID.fullmatch(str(error))
    if found is None:
        return f"$ does not fit: {_small(str(error))}", ""
    path = found["path"].partition("[...]")[0]
    steps = (name or item for name, item in _STEP.findall(path))
    return f"{path} does not fit: {_small(found['fault'])}", "".join(f"/{step}" for step in steps)


def _small(fault: str) -> str:
    """A sentence's middle: ``Expected `int` `` begins with a small letter there."""
    return fault[:1].lower() + fault[1:]
