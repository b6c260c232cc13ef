"""Diagnose the service: every check on its own, so that none hides another."""

import asyncio
from collections.abc import Sequence
from typing import Protocol

from crypto.application.errors import CryptoError
from crypto.domain.finding import Area, Finding, Level

CHECK_SECONDS = 30.0
"""How long one check may take; a request to a provider takes longest."""


class Check(Protocol):
    """One part of a diagnosis: looks at one thing, and gives findings on it."""

    @property
    def area(self) -> Area:
        """What has to change when the check fails: settings, machine, database or source."""
        ...

    @property
    def about(self) -> str:
        """The thing that is looked at, in a few words."""
        ...

    async def __call__(self) -> Sequence[Finding]:
        """The findings of the check, in order.

        :raises CryptoError: when it could not look.
        """
        ...


class Diagnose:
    """Makes all checks side by side; what they found comes in their order."""

    def __init__(self, checks: Sequence[Check], *, seconds: float = CHECK_SECONDS) -> None:
        self._checks = checks
        self._seconds = seconds

    async def __call__(self) -> tuple[Finding, ...]:
        """Never raises: a check that cannot look is a finding, too."""
        found = await asyncio.gather(*map(self._make, self._checks))
        return tuple(finding for findings in found for finding in findings)

    async def _make(self, check: Check) -> Sequence[Finding]:
        try:
            async with asyncio.timeout(self._seconds):
                return await check()
        except TimeoutError:
            return [_unknown(check, f"it did not end within {self._seconds:g} s")]
        except CryptoError as error:
            return [_unknown(check, str(error))]
        except Exception as error:  # noqa: BLE001 - one check that breaks must not hide what the others found
            return [_unknown(check, f"unexpected {type(error).__name__}: {error}")]


def _unknown(check: Check, why: str) -> Finding:
    return Finding(
        level=Level.FAILURE, area=check.area, about=check.about, finding=f"could not be diagnosed: {why}"
    )
