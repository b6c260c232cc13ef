"""Diagnose the service, whatever is broken: everything is looked at as far as it goes."""

from collections.abc import Iterable

from crypto.adapters.platform.system_clock import SystemClock
from crypto.application.operate.diagnose.diagnose import Check, Diagnose
from crypto.domain.finding import Area, Finding, Level
from crypto.entrypoints.cli.doctor.diagnosed_database import DiagnosedDatabase, diagnosed_database
from crypto.entrypoints.cli.kit.session import closing, container_of
from crypto.entrypoints.log import configure_log
from crypto.entrypoints.runtime.signals import run_stoppable
from crypto.entrypoints.settings import Settings
from crypto.entrypoints.settings.effective import DEFAULT, EffectiveSettings, effective_settings
from crypto.entrypoints.wiring.container import Container
from crypto.entrypoints.wiring.diagnostics import (
    database_checks,
    machine_checks,
    source_checks,
    without_wrong_sources,
)


def diagnose(*, offline: bool) -> tuple[EffectiveSettings, list[Finding]]:
    """The settings in effect, and the findings on everything, from the ground up."""
    found = effective_settings()
    configure_log(form=found.settings.log_format, level=found.settings.log_level, secrets=found.secrets)
    settings, wrong = without_wrong_sources(found.settings)
    with diagnosed_database(settings) as database:
        made = run_stoppable(_made(settings, database, ask=not offline))
    return found, _in_order([*_of_settings(found), *wrong, *database.findings, *made])


def _of_settings(found: EffectiveSettings) -> list[Finding]:
    wrong = [
        Finding(level=Level.FAILURE, area=Area.SETTINGS, about="settings", finding=problem)
        for problem in found.problems
    ]
    given = sum(each.origin != DEFAULT for each in found.in_effect)
    told = f"{given} of {len(found.in_effect)} are set, the others have their defaults"
    if wrong:
        told += "; the wrong ones stop every other command, and are left out of what follows"
    level = Level.NOTE if wrong else Level.OK
    return [*wrong, Finding(level=level, area=Area.SETTINGS, about="settings", finding=told)]


async def _made(settings: Settings, database: DiagnosedDatabase, *, ask: bool) -> tuple[Finding, ...]:
    if database.url is None:
        return await Diagnose(_checks_without_database(settings, database, ask=ask))()
    container = container_of(settings, database.url)
    async with closing(container):
        return await Diagnose(_checks(settings, database, container, ask=ask))()


def _checks(settings: Settings, database: DiagnosedDatabase, container: Container, *, ask: bool) -> list[Check]:
    budget, clock = container.request_budget(), container.clock()
    return [
        *machine_checks(database.folder),
        *database_checks(settings, container, database.place, usable=database.usable),
        *source_checks(settings, budget=budget, clock=clock, ask=ask and database.usable),
    ]


def _checks_without_database(settings: Settings, database: DiagnosedDatabase, *, ask: bool) -> list[Check]:
    """Requests are counted in the database: without one providers are asked only if there never was one."""
    clock = SystemClock()
    return [
        *machine_checks(database.folder),
        *source_checks(settings, clock=clock, ask=ask and database.is_new),
    ]


def _in_order(findings: Iterable[Finding]) -> list[Finding]:
    """The findings from the ground up, with all of one source in one place."""
    areas = list(Area)
    return sorted(
        findings, key=lambda each: (areas.index(each.area), each.about if each.area is Area.SOURCE else "")
    )
