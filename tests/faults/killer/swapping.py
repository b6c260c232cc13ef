"""Put another thing in the place of one of ours, everywhere where it is known by name."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any


class SeamGone(AssertionError):
    """What was to be replaced is not there any more: whoever replaces it must learn where it went."""


@contextmanager
def swapped(name: str, original: Any, replacement: Any) -> Iterator[None]:
    """Have `replacement` in the place of a function or constant of ours, in every module that imported it.

    :raises SeamGone: when no module has it.
    """
    modules = [module for key, module in sys.modules.items() if key.startswith("crypto.")]
    homes = [module for module in modules if vars(module).get(name) is original]
    if not homes:
        raise SeamGone(f"no module of ours has {name}")
    with ExitStack() as stack:
        for module in homes:
            stack.enter_context(put(module, name, replacement))
        yield


@contextmanager
def put(owner: Any, name: str, replacement: Any) -> Iterator[None]:
    """Have `replacement` as an attribute of a class or module.

    :raises SeamGone: when it has none of that name.
    """
    if name not in vars(owner):
        raise SeamGone(f"{owner.__name__} has no {name}")
    original = vars(owner)[name]
    setattr(owner, name, replacement)
    try:
        yield
    finally:
        setattr(owner, name, original)


def edited(text: str, old: str, new: str) -> str:
    """The statement with one part of it changed.

    :raises SeamGone: when it lacks that part.
    """
    if old not in text:
        raise SeamGone(f"{old!r} is not in {' '.join(text.split())[:80]!r}")
    return text.replace(old, new)
