"""Checks of this machine: what the service runs on, and whether its disk has room."""

from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

from crypto.application.formatting import size
from crypto.application.ports import Disk
from crypto.domain.finding import Area, Finding, Level

GIBI = 1024**3
SCARCE, FULL = 5 * GIBI, GIBI // 2
"""Free bytes below which a disk is a warning, and a failure: PostgreSQL needs room for its log, by default up to
1 GiB, and every answer of a provider is kept."""

TRIED_ON = ("Linux",)


class Surroundings(Struct, frozen=True, kw_only=True):
    """What this process runs on: versions, system, terminal; `encoding` is that of stdout."""

    version: str
    python: str
    system: str
    platform: str
    encoding: str
    locale: str
    on_terminal: bool


class SurroundingsCheck:
    """Versions, platform, and whether names in any script can be shown."""

    area, about = Area.MACHINE, "system"

    def __init__(self, surroundings: Surroundings) -> None:
        self._surroundings = surroundings

    async def __call__(self) -> Sequence[Finding]:
        """The versions, then the terminal."""
        return [self._versions(), self._terminal()]

    def _versions(self) -> Finding:
        found = self._surroundings
        told = f"crypto {found.version}, Python {found.python}, {found.platform}"
        if found.system in TRIED_ON:
            return Finding(level=Level.OK, area=self.area, about=self.about, finding=told)
        remedy = "docs/reference/platforms.md says what is known of other systems than Linux"
        return Finding(level=Level.NOTE, area=self.area, about=self.about, finding=told, remedy=remedy)

    def _terminal(self) -> Finding:
        found = self._surroundings
        to = "a terminal" if found.on_terminal else "no terminal"
        told = f"text goes out as {found.encoding}, locale {found.locale}, to {to}"
        if found.encoding.replace("-", "").lower() == "utf8":
            return Finding(level=Level.OK, area=self.area, about="text", finding=told)
        return Finding(
            level=Level.WARNING,
            area=self.area,
            about="text",
            finding=f"{told}: names of coins in other scripts cannot be shown",
            remedy="set PYTHONUTF8=1, or LC_ALL=C.UTF-8",
        )


class DiskCheck:
    """Room for the database's files, where they are on this machine's disk."""

    area, about = Area.MACHINE, "disk"

    def __init__(self, disk: Disk, folder: Path) -> None:
        self._disk = disk
        self._folder = folder

    async def __call__(self) -> Sequence[Finding]:
        """How much is free, and whether it may be written to."""
        try:
            space = self._disk.space(self._folder)
        except OSError as error:
            told = f"{self._folder} cannot be looked at ({error.strerror or error})"
            return [self._finding(Level.FAILURE, told, "set CRYPTO_DATA_DIR to a folder of your own")]
        told = f"{size(space.free)} free of {size(space.total)} under {space.folder}"
        found = [self._finding(*_judged(space.free, told))]
        if not space.writable:
            remedy = f"run as the owner of {space.folder}, or set CRYPTO_DATA_DIR to a folder of your own"
            found.append(self._finding(Level.FAILURE, f"{space.folder} may not be written to", remedy))
        return found

    def _finding(self, level: Level, told: str, remedy: str | None) -> Finding:
        return Finding(level=level, area=self.area, about=self.about, finding=told, remedy=remedy)


def _judged(free: int, told: str) -> tuple[Level, str, str | None]:
    if free >= SCARCE:
        return Level.OK, told, None
    remedy = "free some space, or move the data to a larger disk: they grow, and on a full one no write succeeds"
    return (Level.WARNING if free >= FULL else Level.FAILURE), told, remedy
