"""The disk under the database is full: the run fails with its reason, nothing is half-written, space heals it."""

import asyncio
import os
import subprocess
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy.engine import make_url

from crypto.adapters.postgres.connection.url import conninfo
from crypto.adapters.postgres.embedded import EmbeddedServer
from crypto.adapters.postgres.embedded.bring_up import find_cluster
from crypto.adapters.postgres.embedded.folders import hand_over
from crypto.entrypoints.cli.kit.exits import NO_DATABASE
from tests.faults.killer.children import started_children
from tests.faults.killer.house import Game, House
from tests.faults.tiers.result import Part, PartResult, scaled
from tests.support.database import UNSAFE_BUT_QUICK, migrated_template, short_folder

ROUNDS = 20
MEBIBYTES = 48
"""The size of the disk that fills up."""

BALLAST = "ballast"


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """A disk of its own; needs the right to mount.

    :raises PermissionError: when we have not.
    """
    folder.mkdir()
    mount: list[str | Path] = ["mount", "-t", "tmpfs", "-o", f"size={MEBIBYTES}m", "tmpfs", folder]
    if os.geteuid() or subprocess.run(mount, check=False, capture_output=True).returncode:
        raise PermissionError("a small disk can only be mounted by root")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


async def _round(game: Game, disk: Path) -> list[str]:
    """Fill the disk but for a little, ingest, make room, ingest."""
    ballast = disk / BALLAST
    failures = []
    fill(ballast, leave=game.chance.randrange(0, 600) * 1024)
    child = game.start()
    code = await child.wait()
    if code != NO_DATABASE or "disk is full" not in child.said:
        failures.append(f"on a full disk the run ended with {code}: {child.said.strip()[-300:]}")
    ballast.unlink()  # a look needs room too: a session's first catalogue file is written to this disk
    failures += game.complaints(at_rest=False)
    failures += await game.finish()
    return [f"{each} (seed {game.seed})" for each in (*failures, *game.complaints())]


def fill(ballast: Path, *, leave: int) -> None:
    """Take all space but so many bytes."""
    free = os.statvfs(ballast.parent)
    with ballast.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, max(4096, free.f_bavail * free.f_frsize - leave))


async def play(seed: int, rounds: int) -> PartResult:
    """So many full disks."""
    failures: list[str] = []
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(short_folder())
        url = stack.enter_context(EmbeddedServer(folder / "server", settings=UNSAFE_BUT_QUICK))
        disk = stack.enter_context(small_disk(folder / "disk"))
        template = stack.enter_context(migrated_template(url))
        children = await stack.enter_async_context(started_children(folder))
        _make_tablespace(url, folder, disk / "space")
        stack.callback(_execute, url, sql.SQL("DROP TABLESPACE small"))
        house = House(server=url, template=template, children=children, folder=folder)
        for number in range(rounds):
            async with house.game(seed + number, pages=20, per_page=250) as game:
                name = sql.Identifier(str(make_url(game.database_url).database))
                _execute(url, sql.SQL("ALTER DATABASE {} SET TABLESPACE small").format(name))
                failures += await _round(game, disk)
    return PartResult(
        rounds=rounds,
        checked="exit code 69 and the reason; with room again the run goes on; the oracle both times",
        failures=tuple(failures),
    )


def _make_tablespace(url: str, folder: Path, space: Path) -> None:
    space.mkdir()
    cluster, _ = find_cluster(folder / "server", bin_dir=None, user=None, settings=UNSAFE_BUT_QUICK)
    hand_over(space, cluster.account)
    _execute(url, sql.SQL("CREATE TABLESPACE small LOCATION {}").format(sql.Literal(str(space))))


def _execute(url: str, statement: sql.Composed | sql.SQL) -> None:
    with psycopg.connect(conninfo(url), autocommit=True) as connection:
        connection.execute(statement)


def run(scale: float, seed: int) -> PartResult:
    """The part of the full tier."""
    try:
        return asyncio.run(play(seed, scaled(ROUNDS, scale)))
    except PermissionError as error:
        return PartResult(rounds=0, checked="nothing", not_run=str(error))


GOAL = "a full disk: the run fails with its reason, 0 half-written pages, the next goes on once there is room"
PARTS = (Part(name="full-disk", rows="6", goal=GOAL, run=run),)
