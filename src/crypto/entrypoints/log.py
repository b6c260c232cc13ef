"""What the service tells of itself: one line a fact, to stderr, and never a key or a password."""

import json
import logging
import re
import sys
import traceback
from collections.abc import Callable, Iterable, Mapping
from contextvars import ContextVar
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote, quote_plus

import msgspec
from loguru import logger

if TYPE_CHECKING:
    from loguru import Message, Record

HIDDEN = "***"

SHORTEST_SECRET = 4
"""A shorter text is not a secret worth the name, and hiding it everywhere would make the log unreadable."""

CONTEXT = ("source", "run_id", "page")
"""What each line of a run bears, in this order."""

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")

QUIET = ("httpx", "httpcore", "alembic", "sqlalchemy", "psycopg", "granian", "_granian", "asyncio")
"""Loggers of others that are heard from WARNING on; httpx logs whole URLs at INFO."""


class Redactor:
    """Takes secrets out of texts, also where they are URL-encoded, JSON-escaped or quoted by Python."""

    def __init__(self, secrets: Iterable[str]) -> None:
        spelled = {form for each in secrets if len(each) >= SHORTEST_SECRET for form in _spellings(each)}
        longest_first = sorted(spelled, key=len, reverse=True)
        self._secrets = re.compile("|".join(map(re.escape, longest_first))) if spelled else None
        self._url_password = re.compile(r"(://[^/\s:@]*):[^/\s@]+@")

    def may_find_in(self, line: str) -> bool:
        """Whether a line may hold anything to be taken out: quicker than to look into each of its fields."""
        return "://" in line or (self._secrets is not None and self._secrets.search(line) is not None)

    def __call__(self, text: str) -> str:
        if "://" in text:
            text = self._url_password.sub(rf"\1:{HIDDEN}@", text)
        return self._secrets.sub(HIDDEN, text) if self._secrets else text


def _spellings(secret: str) -> set[str]:
    """The forms in which a secret may stand in a text, also one quoted twice, as in error messages."""
    forms = {secret, quote(secret, safe=""), quote(secret), quote_plus(secret)}
    for _ in range(2):
        quoted = {
            json.dumps(form, ensure_ascii=ascii_only)[1:-1] for form in forms for ascii_only in (True, False)
        }
        forms |= quoted | {repr(form)[1:-1] for form in forms}
    return forms


_redactor: ContextVar[Redactor | None] = ContextVar("redactor", default=None)


def redacted(text: str) -> str:
    """A text as it may be shown, once the log is configured."""
    redact = _redactor.get()
    return redact(text) if redact else text


def configure_log(*, form: str | None, level: str, secrets: Iterable[str] = ()) -> None:
    """Send everything logged in this process to stderr: text on a terminal, JSON lines elsewhere.

    `form` (text or json) overrides that.
    """
    redact = Redactor(secrets)
    _redactor.set(redact)
    is_text = (form or ("text" if sys.stderr.isatty() else "json")) == "text"
    line = text_line if is_text else json_line
    _facts.set(FactLog(redact=redact, level=level.upper(), write=text_facts if is_text else json_facts))
    logger.remove()
    logger.add(_stderr(line, redact), level=level.upper(), format="{message}", backtrace=False, diagnose=False)
    logging.basicConfig(handlers=[_Intercepted()], level=level.upper(), force=True)
    for name in QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLevelName(level.upper())))


class FactLog(NamedTuple):
    """Writes lines that are many and alike: without what loguru does for each, such as looking who calls."""

    redact: Redactor
    level: str
    write: Callable[[datetime, str, str, Mapping[str, object], Redactor], str]

    def __call__(self, level: str, message: str, facts: Mapping[str, object]) -> None:
        """One line as the others, if its level is logged."""
        if LEVELS.index(level) >= LEVELS.index(self.level):
            sys.stderr.write(self.write(datetime.now().astimezone(), level, message, facts, self.redact))
            sys.stderr.flush()


_facts: ContextVar[FactLog | None] = ContextVar("facts", default=None)


def log_facts(level: str, message: str, facts: Mapping[str, object]) -> None:
    """Log what is logged for each request; quicker than the logger, and the same line."""
    log = _facts.get()
    if log:
        log(level, message, facts)
    else:
        logger.bind(**facts).log(level, message)


def text_line(record: "Record", redact: Redactor) -> str:
    """`12:00:01 INFO  coingecko run 12 page 3: page is in (records=250)`."""
    level, message = record["level"].name, record["message"].rstrip()
    return text_facts(record["time"], level, message, record["extra"], redact) + redact(_traceback(record))


def text_facts(time: datetime, level: str, message: str, facts: Mapping[str, object], redact: Redactor) -> str:
    """One line for people; what a run's line begins with comes first."""
    extra = dict(facts)
    where = " ".join(_context(extra))
    told = " ".join(f"{name}={value}" for name, value in extra.items() if value is not None)
    parts = (
        f"{time:%H:%M:%S} {level:<7}",
        f"{where}:" if where else "",
        message,
        f"({told})" if told else "",
    )
    return redact(" ".join(filter(None, parts))) + "\n"


def _context(extra: dict[str, object]) -> list[str]:
    """What a run's line begins with, taken out of the other facts."""
    named = {name: extra.pop(name, None) for name in CONTEXT}
    words = {"source": "", "run_id": "run ", "page": "page "}
    return [f"{words[name]}{value}" for name, value in named.items() if value is not None]


def json_line(record: "Record", redact: Redactor) -> str:
    """A log record as one JSON object on a line: time, level, message, then the facts."""
    found = _traceback(record)
    facts = {**record["extra"], "traceback": found} if found else record["extra"]
    return json_facts(record["time"], record["level"].name, record["message"].rstrip(), facts, redact)


def json_facts(time: datetime, level: str, message: str, facts: Mapping[str, object], redact: Redactor) -> str:
    """One JSON object on a line; what is no JSON is written as text."""
    line = _as_json(time, level, message, facts)
    if not redact.may_find_in(line):
        return line
    return _as_json(time, level, redact(message), {name: _redacted(each, redact) for name, each in facts.items()})


def _as_json(time: datetime, level: str, message: str, facts: Mapping[str, object]) -> str:
    head = {"time": time.isoformat(timespec="milliseconds"), "level": level.lower(), "message": message}
    return msgspec.json.encode(head | dict(facts), enc_hook=str).decode() + "\n"


def _redacted(value: object, redact: Redactor) -> object:
    match value:
        case Mapping():
            return {redact(str(name)): _redacted(each, redact) for name, each in value.items()}
        case list() | tuple():
            return [_redacted(each, redact) for each in value]
        case None | bool() | int() | float():
            return value
        case _:
            return redact(str(value))


def _traceback(record: "Record") -> str:
    raised = record["exception"]
    if raised is None or raised.value is None:
        return ""
    return "".join(traceback.format_exception(raised.type, raised.value, raised.traceback))


def _stderr(line: Callable[["Record", Redactor], str], redact: Redactor) -> Callable[["Message"], None]:
    def write(message: "Message") -> None:
        sys.stderr.write(line(message.record, redact))  # looked up anew: a progress display may stand before it
        sys.stderr.flush()

    return write


class _Intercepted(logging.Handler):
    """Brings what others log through the standard library into the same lines."""

    def emit(self, record: logging.LogRecord) -> None:
        bound = logger.bind(logger=record.name).opt(exception=record.exc_info)
        bound.log(record.levelname if record.levelname in LEVELS else record.levelno, record.getMessage())
