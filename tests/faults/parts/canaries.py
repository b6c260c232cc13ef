"""Canaries: a provider key and a database password that must be in no byte of any output, however things fail.

`python -m tests.faults.full --only secrets` lets a provider echo the key in every way, through real processes.
"""

import asyncio
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy.engine import make_url

from crypto.adapters.postgres.connection.url import conninfo
from tests.faults.tiers.result import Part, PartResult
from tests.support import provider_answers as answers
from tests.support.commands import crypto, free_port, line_with, running
from tests.support.database import fresh_database, migrated_template, test_server
from tests.support.provider import Provider
from tests.support.provider_answers import Answer
from tests.support.provider_sources import COIN_LISTS

KEY = "CG-canary-k3y-5d1e"
WORD = "canary-p4ss-77c0"
CANARIES = (KEY, WORD)

ECHO = f'{{"error":"the key {KEY} is bad"}}'.encode()
FILE = f"http://192.0.2.1/a.csv?key={KEY}"
"""An address of a file that is refused before anything is sent."""

LINES = "Content-Type: application/json\r\nContent-Length: 2"

ECHOES: Mapping[str, Answer] = {
    "401 in its text": answers.status(401, ECHO),
    "403 in plain text": answers.status(403, f"no {KEY}".encode(), content_type="text/plain"),
    "429 with a header": answers.status(429, ECHO, Retry_After=KEY),
    "429 for an hour": answers.status(429, ECHO, Retry_After="3600"),
    "500 in its text": answers.status(500, ECHO),
    "an error object with 200": answers.json_answer(ECHO),
    "half a list": answers.json_answer(f'[{{"id":"{KEY}'.encode()),
    "a list": answers.json_answer(f'[{{"id":"{KEY}"}}]'.encode()),
    "HTML": answers.status(200, f"<html>{KEY}</html>".encode(), content_type=answers.HTML),
    "a redirect's place": answers.redirect(f"https://elsewhere.example/?key={KEY}"),
    "a redirect's host": answers.redirect(f"https://{KEY}.example/"),
    "a content type": answers.status(200, b"[]", content_type=f"application/{KEY}"),
    "a cut body": answers.cut_length(ECHO),
    "a status line": answers.raw(f"HTTP/1.1 {KEY}\r\n\r\n".encode()),
    "kept headers": answers.raw(f'HTTP/1.1 200 OK\r\nETag: "{KEY}"\r\n{LINES}\r\n\r\n[]'.encode()),
    "an encoding": answers.raw(f"HTTP/1.1 200 OK\r\nContent-Encoding: {KEY}\r\n{LINES}\r\n\r\n[]".encode()),
}
"""The ways in which a provider throws the key back."""

ASKED = (
    ("runs", "--json"), ("runs",), ("stats", "--json"), ("sources",), ("sources", "--json"), ("rejections",),
    ("rejections", "--json"), ("data", "--json"), ("coins",), ("coins", "--json"), ("doctor",),
    ("doctor", "--all", "--json"), ("csv", "check"), ("csv", "check", "--json"), ("health",),
    ("completion", "bash"), ("db", "status"), ("db", "url"),
)  # fmt: skip
"""What is asked of the service afterwards."""

TABLES = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
PATHS = ("/", "/health", "/stats", "/runs", "/sources", "/data", "/coins", "/openapi.json", "/nowhere")


class Watch:
    """What was said, and where a canary was in it."""

    def __init__(self) -> None:
        self.bytes = self.texts = 0
        self.found: list[str] = []

    def look(self, where: str, *texts: str) -> None:
        """Search texts of that origin."""
        for text in texts:
            self.texts += 1
            self.bytes += len(text)
            self.found += [
                f"{canary} in {where}: {_around(text, canary)}" for canary in CANARIES if canary in text
            ]


def _around(text: str, canary: str) -> str:
    at = text.index(canary)
    return repr(text[max(0, at - 80) : at + 40])


def settings(database_url: str, provider: Provider, *, log_format: str) -> dict[str, str]:
    """Keys for both sources and in the address of a file, no retries, and every log line there is."""
    own = {"API_KEY": KEY, "PAUSE": "0", "RETRIES": "0", "TIMEOUT": "2"}
    sources = {f"SOURCE__{name.upper()}__{option}": value for name in COIN_LISTS for option, value in own.items()}
    places = {f"SOURCE__{name.upper()}__BASE_URL": provider.base_url(name) for name in COIN_LISTS}
    return {
        **sources, **places, "DATABASE_URL": database_url, "SOURCES": ",".join((*COIN_LISTS, "csv")),
        "SOURCE__CSV__PATHS": FILE, "LOG_LEVEL": "debug", "LOG_FORMAT": log_format,
    }  # fmt: skip


def with_password(database_url: str) -> str:
    """The database by the same way in, with a password that the server does not ask for."""
    url = make_url(database_url)
    return url.set(username=url.username or "postgres", password=WORD).render_as_string(hide_password=False)


def forget_pauses(database_url: str) -> None:
    """A pause that a provider asked for is kept by every later command; here each is to be asked anew."""
    with psycopg.connect(conninfo(database_url)) as connection:
        connection.execute("UPDATE rate_budgets SET paused_until = NULL")


async def play(
    database_url: str,
    folder: Path,
    *,
    echoes: Mapping[str, Answer] = ECHOES,
    asked: Sequence[tuple[str, ...]] = ASKED,
) -> Watch:
    """Let the provider echo the key in these ways, then look at all that was said and stored."""
    watch = Watch()
    async with Provider(coins=5) as provider:
        for number, (how, answer) in enumerate(echoes.items()):
            provider.always(answer)
            forget_pauses(database_url)
            asked_before = len(provider.requests)
            given = settings(with_password(database_url), provider, log_format=("text", "json")[number % 2])
            done = await crypto("ingest", *(["--json"] if number % 3 else []), folder=folder, settings=given)
            assert len(provider.requests) > asked_before, f"the provider was not asked: {done.everything}"
            watch.look(f"crypto ingest, echoed in {how}", done.out, done.err)
        await _ask(watch, asked, folder, given)
        await _ask_the_api(watch, folder, given)
        wrong = given | {"DATABASE_URL": f"postgresql://someone:{WORD}@127.0.0.1:{free_port()}/none"}
        await _ask(watch, [("ingest",), *asked[:3]], folder, wrong)
    watch.look("the tables", *_dumped(database_url))
    return watch


async def _ask(watch: Watch, questions: Iterable[tuple[str, ...]], folder: Path, given: Mapping[str, str]) -> None:
    """Run these commands, a few at a time, and search what they say."""
    a_few = asyncio.Semaphore(3)

    async def ask(question: tuple[str, ...]) -> None:
        async with a_few:
            done = await crypto(*question, folder=folder, settings=given)
        watch.look(f"crypto {' '.join(question)}", done.out, done.err)

    await asyncio.gather(*map(ask, questions))


async def _ask_the_api(watch: Watch, folder: Path, given: Mapping[str, str]) -> None:
    port = free_port()
    async with running("serve", folder=folder, settings={**given, "PORT": str(port)}) as process:
        watch.look("crypto serve", await line_with(process, str(port)))
        for path in PATHS:
            watch.look(f"GET {path}", await _get(port, f"/api/v1{path}"))
        process.terminate()
        out, errors = await process.communicate()
        watch.look("crypto serve", out.decode(), errors.decode())


async def _get(port: int, path: str) -> str:
    """The whole answer, head and body."""
    reader, writer = await _connected(port)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode())
    answer = await reader.read()
    writer.close()
    return answer.decode("utf-8", "replace")


async def _connected(port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    for _ in range(100):
        try:
            return await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.1)
    return await asyncio.open_connection("127.0.0.1", port)


def _dumped(database_url: str) -> list[str]:
    """Every table's rows as text."""
    with psycopg.connect(conninfo(database_url)) as connection:
        names = [name for (name,) in connection.execute(TABLES).fetchall()]
        return [_rows(connection, name) for name in names]


def _rows(connection: psycopg.Connection[tuple[object, ...]], table: str) -> str:
    query = sql.SQL("SELECT t::text, encode(convert_to(t::text, 'UTF8'), 'escape') FROM {} AS t")
    rows = connection.execute(query.format(sql.Identifier(table))).fetchall()
    return f"{table}\n" + "\n".join(str(row) for row in rows)


def run(scale: float, seed: int) -> PartResult:
    """Every echo once, whatever the scale."""
    with (
        test_server() as server,
        migrated_template(server) as template,
        fresh_database(server, template=template) as url,
        tempfile.TemporaryDirectory() as folder,
    ):
        watch = asyncio.run(play(url, Path(folder)))
    return PartResult(
        rounds=len(ECHOES),
        checked="all output of the commands, the API's answers, logs in both formats, every table",
        figures={"texts searched": watch.texts, "bytes searched": watch.bytes},
        failures=tuple(watch.found),
    )


PARTS = (Part(name="secrets", rows="42", goal="0 canaries in any output", run=run),)
