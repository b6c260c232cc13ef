"""Read tables as an ingest does, write nothing, and say what became of them."""

from collections.abc import Callable
from contextlib import aclosing

from msgspec import Struct

from crypto.adapters.csv.check.interpretation import Interpretation, understood
from crypto.adapters.csv.check.together import Together
from crypto.application.errors import CryptoError
from crypto.application.ports import Source
from crypto.domain.page import ParsedPage, RawPage, fold, format_changed
from crypto.domain.quote import Quote
from crypto.domain.rejection import Reason, Rejection


class Rejected(Struct, kw_only=True):
    """How many records were rejected for a reason, and what is wrong with the first, with its line.

    With a `field` they are quotes that only do without it.
    """

    field: str | None
    reason: Reason
    count: int
    first: str


class CheckedTable(Struct, kw_only=True):
    """What a check found in one table: how it is read, and what became of its records.

    Of `received` records some are `quotes`, some `repeated` what another said, some were `empty`, without any
    amount; the others were rejected; `first` are the first quotes.
    When the `format_changed` an ingest would fail: too large a part of some page is rejected.
    """

    name: str
    understood: Interpretation
    received: int = 0
    quotes: int = 0
    repeated: int = 0
    empty: int = 0
    rejected: list[Rejected]
    first: list[Quote]
    format_changed: bool = False


class Checked(Struct, frozen=True, kw_only=True):
    """What was read at one path, and why the rest could not be; None if there is no such rest.

    `passed_over` are the files there that an operating system put beside one's own.
    """

    tables: tuple[CheckedTable, ...]
    problem: str | None
    passed_over: tuple[str, ...] = ()

    @property
    def is_good(self) -> bool:
        """Whether an ingest would succeed, and bring something."""
        brings_some = any(each.quotes for each in self.tables)
        return brings_some and not self.problem and not any(each.format_changed for each in self.tables)


async def check(
    source: Source, *, rows: int, seen: Callable[[RawPage], None], together: Together | None = None
) -> Checked:
    """Read all that an ingest from the start would, one page in memory at a time.

    `rows` quotes of each table are kept to be shown; `seen` is told of each page. What the tables say is compared
    with what others said that were checked `together`.
    """
    tables: dict[object, CheckedTable] = {}
    problems: list[str] = []
    beside = together or Together()
    try:
        async with aclosing(source.pages({})) as pages:
            async for page in pages:
                parsed = source.parse(page)
                name = str(page.context["path"])
                if name not in tables:
                    tables[name] = _begun(name, page, parsed)
                    problems += filter(None, [beside.two_coins(name, tables[name].understood.coin_id)])
                _take(tables[name], parsed, rows, beside)
                seen(page)
    except CryptoError as error:
        problems.append(str(error))
    return Checked(tables=tuple(tables.values()), problem="; ".join(problems) or None)


def _begun(name: str, page: RawPage, parsed: ParsedPage) -> CheckedTable:
    return CheckedTable(name=name, understood=understood(page, parsed), rejected=[], first=[])


def _take(table: CheckedTable, parsed: ParsedPage, rows: int, together: Together) -> None:
    folded = fold(parsed)
    contradicted = together.contradictions(table.name, folded.quotes)
    refused = min(len(contradicted) * together.one_in, len(folded.quotes))
    table.received += parsed.received
    table.quotes += len(folded.quotes) - refused
    table.repeated += folded.repeated
    table.empty += folded.skipped
    table.first += parsed.quotes[: rows - len(table.first)]
    rejected, claiming = len(folded.rejections) + refused, parsed.received - parsed.skipped
    table.format_changed |= format_changed(rejected=rejected, claiming=claiming)
    for rejection in sorted(folded.open_rejections(()), key=lambda each: each.position):
        _reject(table, rejection, 1)
    if contradicted:
        _reject(table, contradicted[0], refused)


def _reject(table: CheckedTable, rejection: Rejection, count: int) -> None:
    for known in table.rejected:
        if (known.reason, known.field) == (rejection.reason, rejection.field):
            known.count += count
            return
    found = Rejected(field=rejection.field, reason=rejection.reason, count=count, first=rejection.detail)
    table.rejected.append(found)
