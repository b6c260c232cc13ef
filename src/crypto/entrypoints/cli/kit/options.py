"""What several commands take: times, and whether the answer is for a program."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import Any, TypeVar

import rich_click as click
from click.shell_completion import CompletionItem

Decorated = TypeVar("Decorated", bound=Callable[..., Any])


class Moment(click.ParamType[datetime]):
    """A moment in UTC: `2026-11-02` is its first instant, a time needs its zone."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """The moment that an argument says; one that says none is refused with what it takes."""
        if isinstance(value, datetime):
            return value
        try:
            return _moment(value)
        except ValueError:
            self.fail(f"{value!r} is not a time; write 2026-11-02 or 2026-11-02T12:00:00Z", param, ctx)


def _moment(text: str) -> datetime:
    if len(text) == len("2026-11-02"):
        return datetime.combine(date.fromisoformat(text), time(), UTC)
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(text)
    return moment.astimezone(UTC)


MOMENT = Moment()


class SourceName(click.ParamType[str]):
    """The name of a source, which the shell completes; whether there is such a one is seen to elsewhere."""

    name = "source"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The name of a source, as it was written."""
        return str(value)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """The feeds of the registry that begin so, without those that were named before."""
        from crypto.adapters.registry import feeds

        named = ctx.params.get(param.name or "") or ()
        return [CompletionItem(each) for each in feeds() if each.startswith(incomplete) and each not in named]


SOURCE = SourceName()


def address_options(function: Decorated) -> Decorated:
    """`--host` and `--port`: the settings of these names, which they win over."""
    port = click.option("--port", metavar="NUMBER", help="Its port, before CRYPTO_PORT.")
    return click.option("--host", metavar="ADDRESS", help="Where the API listens, before CRYPTO_HOST.")(
        port(function)
    )


def wide_option(function: Decorated) -> Decorated:
    """Add the option `--wide` to a command."""
    return click.option(
        "--wide",
        is_flag=True,
        help="Every column, with plain digits and times; a line each where the screen is narrower.",
    )(function)


def json_option(function: Decorated) -> Decorated:
    """Add the option `--json` to a command."""
    return click.option("--json", "as_json", is_flag=True, help="JSON on stdout, for programs.")(function)
