"""Which checks a diagnosis makes, as the settings want them."""

import locale
import platform
import sys
from importlib.metadata import version
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from crypto.adapters.csv.files.file_probe import LocalFiles
from crypto.adapters.fetch.options import HttpOptions
from crypto.adapters.memory import MemoryRequestBudget
from crypto.adapters.platform.local_disk import LocalDisk
from crypto.adapters.platform.system_clock import SystemClock
from crypto.adapters.postgres.connection.url import database_url, masked
from crypto.adapters.postgres.operate.diagnostics import PostgresDiagnostics
from crypto.adapters.registry import feeds
from crypto.adapters.sources.csv_files import SAMPLE
from crypto.adapters.sources.csv_files import Options as CsvOptions
from crypto.application.operate.diagnose.database import ClockCheck, DatabaseCheck, HoldsCheck, ReplicaCheck
from crypto.application.operate.diagnose.diagnose import Check
from crypto.application.operate.diagnose.machine import DiskCheck, Surroundings, SurroundingsCheck
from crypto.application.operate.diagnose.sources import (
    AnswerCheck,
    DriftCheck,
    FilesCheck,
    OffCheck,
    StandingCheck,
)
from crypto.application.ports import Clock, RequestBudget
from crypto.domain.finding import Area, Finding, Level
from crypto.entrypoints.settings import BadSetting, Settings
from crypto.entrypoints.wiring.container import Container, build_sources

LONGEST_ANSWER = 15.0
"""Seconds that one request of a diagnosis may take."""


def surroundings() -> Surroundings:
    """The facts about the machine that this process runs on."""
    return Surroundings(
        version=version("crypto"),
        python=platform.python_version(),
        system=platform.system(),
        platform=platform.platform(),
        encoding=sys.stdout.encoding,
        locale=".".join(filter(None, locale.getlocale())) or "C",
        on_terminal=sys.stdout.isatty(),
    )


def machine_checks(folder: Path | None) -> list[Check]:
    """The checks of this machine; the database's files are in `folder`, if they are here at all."""
    return [SurroundingsCheck(surroundings()), *([DiskCheck(LocalDisk(), folder)] if folder else [])]


def without_wrong_sources(settings: Settings) -> tuple[Settings, list[Finding]]:
    """The settings with only those sources on that can be built, and what is wrong with the others."""
    clock = SystemClock()
    wrong: dict[str, Finding] = {}
    for name in settings.sources:
        try:
            build_sources(replace(settings, sources=(name,)), clock, MemoryRequestBudget(clock))
        except BadSetting as error:
            wrong[name] = Finding(level=Level.FAILURE, area=Area.SETTINGS, about=name, finding=str(error))
    right = tuple(name for name in settings.sources if name not in wrong)
    return replace(settings, sources=right), list(wrong.values())


def asking_once(settings: Settings) -> Settings:
    """The settings with sources that ask once, and do not wait long."""
    return replace(settings, source={name: _once(options) for name, options in settings.source.items()})


def _once(options: Struct) -> Struct:
    if not isinstance(options, HttpOptions):
        return options
    return replace(options, retries=0, timeout=min(options.timeout, LONGEST_ANSWER))


def source_checks(
    settings: Settings, *, clock: Clock, ask: bool, budget: RequestBudget | None = None
) -> list[Check]:
    """The checks of the sources, without what is stored of them; providers only if they are to be asked.

    Without a `budget`, as where there is no database, requests are counted in this process.
    """
    budget = budget or MemoryRequestBudget(clock)
    sources = build_sources(asking_once(settings), clock, budget)
    checks: list[Check] = [OffCheck(sources.off, list(sources.on.values()))]
    for name, source in sources.on.items():
        options = settings.source[name]
        if isinstance(options, CsvOptions):
            paths = options.every_path or (SAMPLE,)
            checks.append(FilesCheck(name, paths, files=LocalFiles(options.settings_of(paths))))
        elif ask:
            keyed = isinstance(options, HttpOptions) and options.api_key is not None
            checks.append(AnswerCheck(source, budget=budget, clock=clock, keyed=keyed))
    return checks


def database_checks(settings: Settings, container: Container, place: str, *, usable: bool) -> list[Check]:
    """The checks of the database; what is stored is looked at if its tables are `usable`."""
    diagnostics = PostgresDiagnostics(container.ingest_database())
    clock = container.clock()
    embedded = settings.database_url is None
    checks: list[Check] = [
        DatabaseCheck(diagnostics, place=place, embedded=embedded),
        ClockCheck(diagnostics, clock),
    ]
    if settings.read_database_url:
        replica = PostgresDiagnostics(container.query_database())
        checks.append(ReplicaCheck(replica, place=masked(database_url(settings.read_database_url))))
    if usable:
        checks.append(HoldsCheck(diagnostics, feeds()))
        checks.append(StandingCheck(container.list_sources(), clock))
        checks.append(DriftCheck(container.list_sources()))
    return checks
