"""Where games are played: a database server, a zygote, and for each game a fresh database and an upstream."""

import asyncio
import random
import signal
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import psycopg
from msgspec import Struct

from crypto.adapters.postgres.connection.url import conninfo
from tests.faults.killer.children import Child, Children, started_children
from tests.faults.oracle import oracle, stored
from tests.faults.upstream.scenario import Step
from tests.faults.upstream.upstream import Upstream
from tests.support.database import fresh_database, migrated_template, short_folder, test_server

Played = TypeVar("Played")

SOURCE = "coingecko"
RUNNING = "SELECT count(*) FROM runs WHERE status = 'running'"
PAGES_IN = "SELECT count(*) FROM raw_pages"


class Game(Struct, kw_only=True):
    """A database and an upstream that is swept again and again while things go wrong."""

    seed: int
    chance: random.Random
    database_url: str
    upstream: Upstream
    children: Children
    folder: Path
    mutant: str | None = None

    def start(self, *, source: str = SOURCE, **settings: str) -> Child:
        """`crypto ingest` of the source; further settings are named without CRYPTO_."""
        return self.children.start("ingest", source, settings={**self.settings(source), **settings})

    def settings(self, *sources: str) -> dict[str, str]:
        """Settings under which these sources are asked at this game's upstream, without pauses."""
        given = {"DATABASE_URL": self.database_url, "LOG_FORMAT": "json"}
        for source in sources:
            named = {"BASE_URL": self.upstream.base_url(source), "PAUSE": "0", "PER_MINUTE": "100000"}
            named |= {"PAGES": str(self.upstream.pages)} if source == "coingecko" else {}
            given |= {f"SOURCE__{source.upper()}__{name}": value for name, value in named.items()}
        return given | ({"TEST_MUTANT": self.mutant} if self.mutant else {})

    async def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """What a query gives."""
        connecting = psycopg.AsyncConnection.connect(conninfo(self.database_url), autocommit=True)
        async with await connecting as connection:
            return await (await connection.execute(query, values or None)).fetchall()

    async def number(self, query: str, *values: object) -> int:
        """The one number that a query gives."""
        ((number,),) = await self.rows(query, *values)
        return int(number)

    async def finish(self) -> list[str]:
        """Sweep to the end without a fault; what is wrong with that."""
        child = self.start()
        code = await child.wait()
        return [] if code == 0 else [f"a run without a fault ended with {code}: {child.said.strip()[-400:]}"]

    def complaints(self, **options: Any) -> list[str]:
        """What the oracle says."""
        return oracle.complaints(stored.read(self.database_url), self.upstream.log, **options)


class House(Struct, frozen=True, kw_only=True):
    """A server with a migrated template, and a zygote."""

    server: str
    template: str
    children: Children
    folder: Path

    @asynccontextmanager
    async def game(
        self,
        seed: int,
        *,
        pages: int = 10,
        per_page: int = 25,
        steps: Sequence[Step] = (),
        mutant: str | None = None,
    ) -> AsyncIterator[Game]:
        """A fresh database, and an upstream with a market of that seed."""
        with fresh_database(self.server, template=self.template) as url:
            async with Upstream(pages=pages, per_page=per_page, steps=steps, seed=seed) as upstream:
                yield Game(
                    seed=seed,
                    chance=random.Random(seed),
                    database_url=url,
                    upstream=upstream,
                    children=self.children,
                    folder=self.folder,
                    mutant=mutant,
                )


@asynccontextmanager
async def house(server: str | None = None, template: str | None = None) -> AsyncIterator[House]:
    """A house over a server of its own, or over the one given with its migrated template."""
    with short_folder() as folder:
        async with started_children(folder) as children:
            if server and template:
                yield House(server=server, template=template, children=children, folder=folder)
                return
            with test_server() as own, migrated_template(own) as made:
                yield House(server=own, template=made, children=children, folder=folder)


def at_home(play: Callable[[House], Coroutine[Any, Any, Played]]) -> Played:
    """What the games give, played in a house of their own."""

    async def played() -> Played:
        async with house() as ours:
            return await play(ours)

    return asyncio.run(played())


def killed(child: Child) -> bool:
    """Whether SIGKILL ended it."""
    return child.code == -signal.SIGKILL
