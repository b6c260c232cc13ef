"""`crypto pages`: a stored page, and its bytes exactly as they were received."""

import sys
from typing import TYPE_CHECKING

import rich_click as click

from crypto.entrypoints.cli.kit.groups import HelpfulGroup
from crypto.entrypoints.cli.kit.options import json_option

if TYPE_CHECKING:
    from crypto.entrypoints.wiring.container import Container

PAGE_ID = click.IntRange(1, 2**63 - 1)


@click.group("pages", cls=HelpfulGroup)
def command() -> None:
    """The stored pages: what was asked, when, and the bytes that came, to recompute any number from.

    \b
      crypto pages show 812
      crypto pages body 812 | jq '.[0]'   the record at position 0
    """


@command.command("show")
@click.argument("page_id", type=PAGE_ID)
@json_option
def show(page_id: int, *, as_json: bool) -> None:
    """Show what is known of a page: each quote and each rejection names its page_id.

    \b
      crypto pages show 812
      crypto pages show 812 --json | jq .request
    """
    from msgspec.structs import asdict

    from crypto.entrypoints.cli.kit.session import asked
    from crypto.entrypoints.cli.screen.show import show_facts, show_json

    found = asked(lambda container: container.read_page()(page_id))
    (show_json if as_json else show_facts)(asdict(found))


@command.command("body")
@click.argument("page_id", type=PAGE_ID)
def body(page_id: int) -> None:
    """Write a page's bytes to stdout, exactly as they were received.

    \b
      crypto pages body 812 > page.json
      crypto pages body 812 | sha256sum    what `crypto pages show 812` says
    """
    from crypto.entrypoints.cli.kit.session import asked
    from crypto.entrypoints.cli.screen.show import reader_may_leave

    with reader_may_leave():
        asked(lambda container: _write(container, page_id))


async def _write(container: "Container", page_id: int) -> None:
    read_page = container.read_page()
    async for part in await read_page.body(await read_page(page_id)):
        sys.stdout.buffer.write(part)
    sys.stdout.buffer.flush()
