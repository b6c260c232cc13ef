"""The `crypto` command: finds the command that was asked for, and turns every failure into one line and a code."""

import sys
from importlib import import_module

import rich_click as click

from crypto.application.errors import CryptoError
from crypto.entrypoints.cli.kit.exits import BUG, code_of, fail, one_line
from crypto.entrypoints.cli.kit.groups import HelpfulGroup
from crypto.entrypoints.runtime.signals import exit_on_signals

COMMANDS = ("up", "ingest", "serve", "health", "data", "export", "coins", "stats", "runs", "sources",
            "rejections", "skipped", "pages", "reprocess", "csv", "doctor", "db", "completion")  # fmt: skip
"""Each is a module of the package `commands` and loaded when it is asked for; in the order of `--help`."""


class LazyGroup(HelpfulGroup):
    """Knows its commands by name only, so that none pays for the imports of another."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of the commands, in the order in which a newcomer needs them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name, imported when it is asked for; None when there is no such."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"crypto.entrypoints.cli.commands.{cmd_name}").command
        return command


@click.group(
    cls=LazyGroup,
    name="crypto",
    context_settings={
        "help_option_names": ["-h", "--help"],
        "rich_help_config": {"text_paragraph_linebreaks": "\n\n"},
    },
    epilog="Settings: CRYPTO_... in the environment, or crypto.toml here. Exit codes: 0 all well, 1 a source "
    "failed, 2 usage, 69 no database, 70 a bug, 75 busy, 76 a newer run took over, 78 bad setting, 130/143 "
    "stopped by a signal, 141 nobody reads on.",
)
@click.version_option(package_name="crypto", message="crypto %(version)s")
def app() -> None:
    """Your own crypto market-data service: every quote says which coin, from whom, how old.

    \b
      crypto up                     database, ingest on schedule and API, in one
      crypto coins bitcoin          what is known of a coin now
      crypto data --coin bitcoin    all that is stored about it
      crypto COMMAND --help         more, with examples
    """


def main() -> None:
    """Run the command line of this process, and end with the exit code of what went wrong."""
    exit_on_signals()
    try:
        app(prog_name="crypto")
    except CryptoError as error:
        fail(one_line(error), code_of(error))
    except Exception as error:  # noqa: BLE001 - the outermost boundary: one line for the person, the rest in the log
        _report_bug(error)


def _report_bug(error: Exception) -> None:
    if "crypto.entrypoints.log" in sys.modules:
        from loguru import logger

        logger.opt(exception=error).debug("where it came from")
    cause = _first_cause(error)
    fail(
        f"unexpected {type(cause).__name__}: {one_line(cause)}; CRYPTO_LOG_LEVEL=debug shows where it came from",
        BUG,
    )


def _first_cause(error: Exception) -> Exception:
    """What went wrong first where several tasks ran side by side: the group itself says nothing."""
    while isinstance(error, ExceptionGroup):
        error = error.exceptions[0]
    return error
