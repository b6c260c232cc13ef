"""Show the findings of a diagnosis, and give it its exit code."""

import sys
from collections.abc import Iterator, Sequence

from msgspec.structs import asdict, replace

from crypto.domain.finding import Area, Finding, Level
from crypto.entrypoints.cli.kit.exits import BAD_SETTING, FAILED, NO_DATABASE, say
from crypto.entrypoints.cli.screen.column_widths import GAP, MARGIN
from crypto.entrypoints.cli.screen.display import folded, reader_width
from crypto.entrypoints.cli.screen.grid import Column
from crypto.entrypoints.cli.screen.show import cell, show_json, show_lines, show_sentences
from crypto.entrypoints.log import redacted
from crypto.entrypoints.settings.effective import DEFAULT, EffectiveSettings

CODES = {Area.SETTINGS: BAD_SETTING, Area.DATABASE: NO_DATABASE, Area.MACHINE: FAILED, Area.SOURCE: FAILED}
"""In their order the first area with a failure gives the exit code: it may be what the others fail from."""

FINDINGS = (Column(name="level"), Column(name="about"))
SETTINGS = (Column(name="origin", title="from"), Column(name="setting"))

NARROWEST = 40
"""Characters of a line of a finding at least, however narrow the terminal."""


def conclude(settings: EffectiveSettings, findings: Sequence[Finding], *, show_all: bool, as_json: bool) -> None:
    """Show the findings and the settings, and end the process with the exit code that they call for."""
    shown = [_without_secrets(each) for each in findings]
    if as_json:
        counted = {str(level): sum(each.level is level for each in shown) for level in Level}
        show_json({"findings": shown, "counts": counted, "settings": settings.in_effect})
    else:
        _show_settings(settings, show_all=show_all)
        show_sentences(FINDINGS, list(findings_as_rows(shown)), said="finding", note=_summary(shown))
    sys.exit(exit_code(findings))


def exit_code(findings: Sequence[Finding]) -> int:
    """The exit code that findings call for: 0 when none is a failure."""
    failed = {each.area for each in findings if each.level is Level.FAILURE}
    return next((code for area, code in CODES.items() if area in failed), 0)


def _without_secrets(finding: Finding) -> Finding:
    remedy = finding.remedy and redacted(finding.remedy)
    return replace(finding, finding=redacted(finding.finding), remedy=remedy)


def _show_settings(settings: EffectiveSettings, *, show_all: bool) -> None:
    chosen = [each for each in settings.in_effect if show_all or each.origin != DEFAULT]
    if chosen:
        rows = [{name: value and redacted(value) for name, value in asdict(each).items()} for each in chosen]
        show_sentences(SETTINGS, rows, said="value")
        show_lines([""])
    if not show_all:
        others = len(settings.in_effect) - len(chosen)
        say(f"{others} settings have their defaults: `crypto doctor --all` shows them")


def findings_as_rows(findings: Sequence[Finding]) -> Iterator[dict[str, str]]:
    """What to do stands below what was found; on a terminal both are folded at words, as they are sentences."""
    about = max((len(each.about) for each in findings), default=0)
    screen = reader_width()
    width = max(NARROWEST, screen - MARGIN - len("failure") - about - 2 * GAP) if screen else sys.maxsize
    for each in findings:
        remedy = folded(f"  → {cell(each.remedy)}", width, hang=4) if each.remedy else []
        first, *more = [*folded(cell(each.finding), width), *remedy]
        yield {"level": each.level, "about": each.about, "finding": first}
        yield from ({"level": "", "about": "", "finding": line} for line in more)


def _summary(findings: Sequence[Finding]) -> str:
    counts = {level: sum(each.level is level for each in findings) for level in reversed(Level)}
    return ", ".join(
        f"{count} {level}{'s' if count != 1 and level is not Level.OK else ''}" for level, count in counts.items()
    )
