"""What a diagnosis of the service found, how bad that is, and what to do about it."""

from enum import StrEnum

from msgspec import Struct


class Level(StrEnum):
    """How bad a finding is: a note is good to know, a warning may become a failure, a failure stops something."""

    OK = "ok"
    NOTE = "note"
    WARNING = "warning"
    FAILURE = "failure"


class Area(StrEnum):
    """What has to change when it fails; from the ground up."""

    SETTINGS = "settings"
    MACHINE = "machine"
    DATABASE = "database"
    SOURCE = "source"


class Finding(Struct, frozen=True, kw_only=True):
    """One thing that was looked at: `finding` says what it is, `remedy` what to do.

    `remedy` is None where nothing is to be done, or where the finding says it already.
    """

    level: Level
    area: Area
    about: str
    finding: str
    remedy: str | None = None
