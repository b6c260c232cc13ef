"""`crypto doctor`: what is wrong, what that means, and what to do about it."""

import rich_click as click

from crypto.entrypoints.cli.kit.options import json_option


@click.command("doctor")
@click.option("--offline", is_flag=True, help="Ask no provider; else each that is on is asked once.")
@click.option("--all", "show_all", is_flag=True, help="All settings, also those that have their default.")
@json_option
def command(*, offline: bool, show_all: bool, as_json: bool) -> None:
    """Diagnose everything: settings, machine, database, sources; say of each finding what it means and what to do.

    It changes nothing. Every check stands alone, so that nothing that is broken hides the rest. An embedded server
    that is down is started for it, as for any command, and stopped again; one that was never made is not made.
    Each provider is asked for one page at most, within its budget. Keys and passwords are never shown.

    Exit code: 0 when nothing is a failure; else 78 for a setting, 69 for the database, 1 for anything else.

    \b
      crypto doctor
      crypto doctor --offline            ask no provider
      crypto doctor --json | jq '.findings[] | select(.level == "failure")'
    """
    from crypto.entrypoints.cli.doctor.diagnosis import diagnose
    from crypto.entrypoints.cli.doctor.findings_table import conclude

    settings, findings = diagnose(offline=offline)
    conclude(settings, findings, show_all=show_all, as_json=as_json)
