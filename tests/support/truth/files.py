"""A true table written down in some dialect, with what must be declared of it, some of that left out."""

import csv
import io
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal

from hypothesis import strategies as st
from msgspec import Struct

from tests.support.truth.market import DAYS, Point, Truth, truths
from tests.support.truth.spelling import CLOSES, NUMBERS, TIMES, Numbers, Times

Known = Mapping[tuple[str, datetime], tuple[Decimal, Decimal]]
"""By coin and moment, what a quote of a file may say: its price and its volume in US dollars."""

TIME_NAMES = ("date", "timestamp", "Date", "time", "Zeitpunkt", "ts", "Datum")
WORDS: Mapping[str, tuple[str, str, str, str]] = {
    "English": ("Open", "High", "Low", "Close"),
    "small": ("open", "high", "low", "close"),
    "German": ("Eröffnung", "Hoch", "Tief", "Schlusskurs"),
    "Spanish": ("Apertura", "Máximo", "Mínimo", "Último"),
}
SIGNS = {"USD": "$", "EUR": "€", "USDT": "USDT ", "BTC": "₿"}


class MadeUp(Struct, frozen=True):
    """A file, what its owner declared, and what is true of it."""

    name: str
    text: str
    encoding: str
    settings: Mapping[str, str]
    known: Known
    told: str
    """How its time, its money and its coins are told."""


class Plan(Struct, frozen=True):
    """The dialect of a file."""

    numbers: Numbers
    times: Times
    time_name: str
    money: str
    coin: str
    layout: str
    words: tuple[str, str, str, str]
    closes: str
    delimiter: str
    line_end: str
    encoding: str
    empty_rows: bool


def _fitting(truth: Truth) -> st.SearchStrategy[str]:
    days = truth.is_daily and truth.candle != "5m"
    return st.sampled_from([name for name, each in TIMES.items() if days or not each.of_days])


@st.composite
def plans(draw: st.DrawFn, truth: Truth) -> Plan:
    """A dialect in which that table can be written."""
    one = len(truth.coins) == 1
    wide_or_long = [] if truth.candle else ["coin_columns", "metric_rows"]
    layout = draw(st.sampled_from(["rows", "rows", *wide_or_long]))
    by_row = ["column", "pair", "column's name"] if layout != "coin_columns" else []
    money = ["nothing", "sign", "file's name", *by_row]
    coin = ["id", "symbol", "row numbers", *(["declared"] if one else [])]
    return Plan(
        numbers=NUMBERS[draw(st.sampled_from(tuple(NUMBERS)))],
        times=TIMES[draw(_fitting(truth))],
        time_name=draw(st.sampled_from(TIME_NAMES)),
        money=draw(st.sampled_from(money)),
        coin="id" if layout != "rows" else draw(st.sampled_from(coin)),
        layout=layout,
        words=WORDS[draw(st.sampled_from(tuple(WORDS)))],
        closes=draw(st.sampled_from(["begin", "close", "close column"])) if truth.candle else "begin",
        delimiter=draw(st.sampled_from([",", ",", ";", "\t"])),
        line_end=draw(st.sampled_from(["\n", "\r\n"])),
        encoding=draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16"])),
        empty_rows=draw(st.booleans()),
    )


@st.composite
def files(draw: st.DrawFn) -> MadeUp:
    """A table in a dialect, with all settings that it may need, or without some of them."""
    truth = draw(truths())
    plan = draw(plans(truth))
    writer = _Writer(truth, plan)
    needed = writer.settings()
    droppable = sorted(name for name in needed if name not in writer.untold)
    leave_out = st.sets(st.sampled_from(droppable), max_size=2) if droppable else st.just(set[str]())
    dropped = draw(leave_out) if draw(st.booleans()) else set[str]()
    return writer.file({name: value for name, value in needed.items() if name not in dropped})


class _Writer:
    """Writes one table down."""

    def __init__(self, truth: Truth, plan: Plan) -> None:
        self._truth = truth
        self._plan = plan

    @property
    def untold(self) -> frozenset[str]:
        """Settings whose lack no file of this dialect shows: its zone, and money that it never names."""
        silent = self._plan.money == "nothing" and self._truth.money != "USD"
        return frozenset({"TIMEZONE", *(["CURRENCY"] if silent else [])})

    def settings(self) -> dict[str, str]:
        """Everything that a careful owner declares."""
        return {**self._plan.numbers.settings, **self._plan.times.settings, **self._columns(), **self._of_truth()}

    def _columns(self) -> dict[str, str]:
        plan, said = self._plan, dict[str, str]()
        if plan.coin == "declared":
            said["COIN_ID"] = self._truth.coins[0].id
        columns = {"observed_at": plan.time_name} if plan.closes != "close column" else {}
        if plan.coin in {"symbol", "row numbers"}:
            columns["coin_id"] = "symbol"
        if plan.layout != "rows":
            said["LAYOUT"] = plan.layout
        if columns:
            said["COLUMNS"] = ",".join(f"{field}={column}" for field, column in columns.items())
        return said

    def _of_truth(self) -> dict[str, str]:
        plan, truth, said = self._plan, self._truth, dict[str, str]()
        if (plan.times.in_zone or truth.candle in DAYS) and truth.zone != "UTC":
            said["TIMEZONE"] = truth.zone
        if truth.candle:
            said["CANDLE"] = truth.candle if plan.closes == "begin" else "0"
        if truth.money != "USD":
            said["CURRENCY"], said["RATE"] = truth.money, str(truth.rate)
        return said

    def file(self, settings: Mapping[str, str]) -> MadeUp:
        """The file, as declared by these."""
        plan = self._plan
        text = io.StringIO()
        writer = csv.writer(text, delimiter=plan.delimiter, lineterminator=plan.line_end)
        writer.writerows(self._table())
        code = self._truth.money
        pair = f"{'ETH' if code == 'BTC' else 'BTC'}-{code}" if plan.money == "file's name" else "my"
        return MadeUp(
            name=f"{pair} prices.csv",
            text=text.getvalue(),
            encoding=plan.encoding,
            settings=settings,
            known=self._known(),
            told=f"{plan.layout}, money by {plan.money}, coin by {plan.coin}, stamps of the {plan.closes}",
        )

    def _table(self) -> list[list[str]]:
        forms: Mapping[str, Callable[[], list[list[str]]]] = {
            "rows": self._rows,
            "coin_columns": self._coin_columns,
            "metric_rows": self._metric_rows,
        }
        return forms[self._plan.layout]()

    def _rows(self) -> list[list[str]]:
        rows = [self._row(place, point) for place, point in enumerate(self._truth.points)]
        header = list(rows[0])
        if self._plan.empty_rows:
            rows.append({**rows[0], **{name: "" for name in header if name in self._amounts()}})
        return [header, *([row[name] for name in header] for row in rows)]

    def _row(self, place: int, point: Point) -> dict[str, str]:
        plan = self._plan
        said: dict[str, str] = {}
        if plan.coin == "row numbers":
            said["id"] = str(place + 1)
        if plan.coin == "id":
            said["id"] = point.coin.id
        if plan.coin in {"symbol", "row numbers"} or plan.money == "pair":
            said["symbol"] = self._symbol(point)
        said[plan.time_name] = plan.times.write(self._stamp(point))
        if plan.closes == "close column":
            said["close_time"] = plan.times.write(point.end - CLOSES)
        amounts = dict.fromkeys(self._amounts(), self._amount(point.price))
        if self._truth.candle:
            amounts["volume"] = plan.numbers.write(point.volume)
        said.update(amounts)
        if plan.money == "column":
            said["currency"] = self._truth.money
        return said

    def _amounts(self) -> list[str]:
        names = list(self._plan.words) if self._truth.candle else ["price"]
        if self._plan.money == "column's name":
            names[-1] = f"{names[-1]} ({self._truth.money})"
        return [*names, "volume"] if self._truth.candle else names

    def _coin_columns(self) -> list[list[str]]:
        coins, plan = self._truth.coins, self._plan
        ends = list(dict.fromkeys(point.end for point in self._truth.points))
        at = {(point.coin, point.end): point for point in self._truth.points}
        header = [plan.time_name, *(coin.id for coin in coins)]
        rows = [
            [self._time(at[coins[0], end]), *(self._amount(at[coin, end].price) for coin in coins)] for end in ends
        ]
        return [header, *rows]

    def _metric_rows(self) -> list[list[str]]:
        plan = self._plan
        pair = ["symbol"] if plan.money == "pair" else []
        money = ["currency"] if plan.money == "column" else []
        price = f"price_{self._truth.money.lower()}" if plan.money == "column's name" else "price"
        header = ["id", *pair, *money, plan.time_name, "metric", "value"]
        rows = [
            [point.coin.id, *([self._symbol(point)] if pair else []), *([self._truth.money] if money else []),
             self._time(point), price, self._amount(point.price)]
            for point in self._truth.points
        ]  # fmt: skip
        return [header, *rows]

    def _symbol(self, point: Point) -> str:
        return f"{point.coin.symbol}/{self._truth.money}" if self._plan.money == "pair" else point.coin.symbol

    def _amount(self, value: Decimal) -> str:
        written = self._plan.numbers.write(value)
        return SIGNS[self._truth.money] + written if self._plan.money == "sign" else written

    def _time(self, point: Point) -> str:
        return self._plan.times.write(self._stamp(point))

    def _stamp(self, point: Point) -> datetime:
        """What the row's time is: a list's own moment, or the beginning or the close of a day or candle."""
        if self._truth.candle is None and not self._plan.times.of_days:
            return point.end
        return point.end - CLOSES if self._plan.closes == "close" else point.begin

    def _known(self) -> Known:
        by_close = self._plan.closes != "begin" and not self._plan.times.of_days
        rate = self._truth.rate
        return {
            (self._coin_id(point), _as_written(self._plan.times, point.end - CLOSES if by_close else point.end)): (
                point.price * rate,
                point.price * point.volume * rate,
            )
            for point in self._truth.points
        }

    def _coin_id(self, point: Point) -> str:
        return self._symbol(point) if self._plan.coin in {"symbol", "row numbers"} else point.coin.id


def _as_written(times: Times, moment: datetime) -> datetime:
    """The moment, as exact as the spelling is."""
    whole = times is not TIMES["ISO, Z"] and times not in [
        TIMES[each] for each in ("unix ms", "unix us", "unix ns")
    ]
    cut = moment.replace(microsecond=0) if whole and times is not TIMES["ISO, offset"] else moment
    minutes = times in (TIMES["clock, day first"], TIMES["clock, month first"])
    return (cut.replace(second=0) if minutes else cut).astimezone(UTC)
