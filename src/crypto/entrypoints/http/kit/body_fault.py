"""Where in a body the fault is: msgspec says `$.pairs[...].time`, and not in which of the pairs."""

import re
from typing import Any

import msgspec

_SAID = re.compile(r"(?P<fault>.*) - at `(?P<path>\$.*)`", re.DOTALL)
_STEP = re.compile(r"\.(?P<name>[^.\[]+)|\[(?P<item>\.\.\.)\]")


def place_of(error: msgspec.ValidationError, body: bytes, kind: type[Any]) -> tuple[str, str]:
    """What is wrong, in words with the path of the place; and the place as a JSON pointer (RFC 6901)."""
    found = _SAID.fullmatch(str(error))
    if found is None:
        return f"the body does not fit: {_small(str(error))}", ""
    steps = _numbered(found["path"], _plain(body), kind, str(error))
    path = "$" + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps)
    pointer = "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in steps)
    return f"{path} does not fit: {_small(found['fault'])}", pointer


def _plain(body: bytes) -> Any:
    """The body without a shape; None where it is not even JSON further on."""
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _small(fault: str) -> str:
    """A sentence's middle: `Expected `int`` begins with a small letter there."""
    return fault[:1].lower() + fault[1:]


def _numbered(path: str, whole: Any, kind: type[Any], said: str) -> list[str | int]:
    """The steps of a path, each item of a list by its number, from 0; as far as they can be told."""
    steps: list[str | int] = []
    part = whole
    for step in _STEP.finditer(path):
        if not isinstance(part, dict if step["name"] else list):
            break
        at: str | int = step["name"] or _first_fault(part, whole, kind, said)
        steps.append(at)
        part = part.get(at) if isinstance(part, dict) else part[int(at)]
    return steps


def _first_fault(items: Any, whole: Any, kind: type[Any], said: str) -> int:
    """Which item of a list within `whole` is the first that does not fit: the list is cut until it does."""
    kept, (low, high) = items[:], (0, len(items))
    while high - low > 1:
        middle = (low + high) // 2
        items[:] = kept[:middle]
        low, high = (low, middle) if _fails(whole, kind, said) else (middle, high)
    items[:] = kept
    return low


def _fails(value: Any, kind: type[Any], said: str) -> bool:
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        return str(error) == said
    return False
