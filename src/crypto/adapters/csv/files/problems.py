"""Why files cannot be read, told together once all others were."""

from collections.abc import Sequence
from typing import TypeAlias

from crypto.adapters.csv.files.missing_coin_ids import together
from crypto.adapters.csv.unreadable import Unreadable
from crypto.application.errors import CryptoError, SourceRefused, SourceUnavailable

CANNOT_READ = (Unreadable, SourceRefused, SourceUnavailable)

Problem: TypeAlias = tuple[str, Exception]
"""The name of a file, and why it cannot be read."""


def as_error(problems: Sequence[Problem]) -> CryptoError:
    """One error for all; it may pass only if each of them may."""
    message = "; ".join(together(problems))
    unavailable = all(isinstance(error, SourceUnavailable) for _, error in problems)
    return SourceUnavailable(message) if unavailable else SourceRefused(message)
