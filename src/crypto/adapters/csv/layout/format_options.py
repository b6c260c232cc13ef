"""What a file does not say of itself and its owner declares."""

import hashlib
from datetime import datetime, tzinfo
from decimal import Decimal
from typing import Annotated, Literal, TypeAlias

import msgspec
from msgspec import Meta
from msgspec.structs import force_setattr

from crypto.adapters.csv.format.registry import FORMATS, check_format
from crypto.adapters.csv.text.charset import Encoding
from crypto.adapters.csv.text.columns import FIELDS, NO_COLUMN
from crypto.adapters.csv.text.dialect import DELIMITERS
from crypto.adapters.csv.times.candles import Length, candle_length
from crypto.adapters.csv.times.date_format import check_date_format
from crypto.adapters.csv.times.dates import DateOrder
from crypto.adapters.csv.times.times import BareDate
from crypto.adapters.csv.times.zones import RepeatedHour, placed, time_zone
from crypto.adapters.csv.unreadable import SETTING
from crypto.adapters.csv.values.digits import DecimalSign
from crypto.adapters.csv.values.rates import check_rate, currency_code, rates_by_code

Layout: TypeAlias = Literal["rows", "day_columns", "coin_columns", "metric_rows"]

VolumeUnit: TypeAlias = Literal["base", "quote", "usd"]
"""Coins, the money of the price, or US dollars."""

_WORDS = Meta(extra_json_schema={"description": "one of " + ", ".join(DELIMITERS)})
_LENGTH = Meta(extra_json_schema={"description": "a length such as 1d, 4h, 5m or 1mo, or 0"})


class FormatOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What is None is found in the file, and the file is refused where it does not settle it.

    `format` is the known export that a file is, `none` to recognise none.
    `columns` maps our field to the file's column, to `-` if none says it. `coin_id`, `name` and `symbol` are for
    files of one coin; `headerless` names the columns of files without a header, `skip_lines` lines stand before
    the header or the first row. `layout` is a quote a row, or a row for each of its amounts, or for tables of
    prices only a column a day or a column a coin.

    Amounts are in `currency`; None is what the file says, and US dollars where nothing in it says otherwise.
    `rates` are US dollars for one of other money, `rate` those for one of the currency, or of the one other money
    that the file says. `volume` is the unit of a volume whose unit the file does not say.

    `observed_at` is the moment of all rows of files without a time column. Times without a zone are in
    `timezone` (IANA, or an offset from UTC), UTC where nothing says another; of an hour that clocks there showed
    twice, `repeated_hour` is which is meant, and `bare_date` what a date without an hour is where others have one.
    `date_format` (strptime) is tried before the known ways to write a time; `candle` is how long after its time
    the close of a row is known.

    :raises ValueError: when one of them makes no sense.
    """

    format: str | None = None
    columns: dict[str, str] = {}
    coin_id: str | None = None
    name: str | None = None
    symbol: str | None = None
    headerless: tuple[str, ...] = ()
    skip_lines: Annotated[int, Meta(ge=0, le=1000)] = 0
    layout: Layout = "rows"
    delimiter: Annotated[str, _WORDS] | None = None
    encoding: Encoding | None = None
    decimal: DecimalSign | None = None
    currency: str | None = None
    rate: Decimal | None = None
    rates: dict[str, Decimal] = {}
    volume: VolumeUnit | None = None
    timezone: str | None = None
    repeated_hour: RepeatedHour | None = None
    bare_date: BareDate | None = None
    date_order: DateOrder | None = None
    date_format: str | None = None
    candle: Annotated[str, _LENGTH] | None = None
    observed_at: datetime | None = None

    def __post_init__(self) -> None:
        if self.format is not None:
            check_format(self.format)
        unknown = sorted(self.columns.keys() - set(FIELDS))
        if unknown:
            raise ValueError(f"columns names {', '.join(unknown)}; the fields are {', '.join(FIELDS)}")
        force_setattr(self, "delimiter", _delimiter(self.delimiter))
        force_setattr(self, "currency", None if self.currency is None else currency_code(self.currency))
        force_setattr(self, "rates", rates_by_code(self.rates))
        check_rate(self.rate, self.currency, self.rates)
        zone = self.zone
        if self.date_format is not None:
            check_date_format(self.date_format)
        if self.candle is not None:
            candle_length(self.candle)
        if self.observed_at and not self.observed_at.tzinfo:
            force_setattr(self, "observed_at", placed(self.observed_at, zone, repeated_hour=self.repeated_hour))

    def dollars(self, currency: str) -> Decimal | None:
        """How many one of it is, exact; None when that is not declared."""
        if currency == "USD":
            return Decimal(1)
        return self.rate if currency == self.currency and self.rate else self.rates.get(currency)

    @property
    def zone(self) -> tzinfo:
        """The time zone of times that do not say one; UTC unless another is declared."""
        return time_zone(self.timezone or "UTC")

    @property
    def candle_length(self) -> Length:
        """How long the candles of the rows last; no time at all when rows are not candles."""
        return candle_length(self.candle) if self.candle else Length()

    @property
    def fingerprint(self) -> str:
        """Tells these declarations from others: a file read under others is read again."""
        said = [getattr(self, field) for field in FormatOptions.__struct_fields__]
        return hashlib.sha256(msgspec.json.encode(said, order="sorted")).hexdigest()[:16]


def _delimiter(said: str | None) -> str | None:
    """The sign itself, whether it was said by its word or as it is."""
    if said is None or said in DELIMITERS.values():
        return said
    if said.lower() not in DELIMITERS:
        raise ValueError(f"delimiter is {said!r}; it takes one of {', '.join(DELIMITERS)}")
    return DELIMITERS[said.lower()]


def named_columns(declared: FormatOptions) -> tuple[str, ...]:
    """The names that were declared of a headerless file's columns; none where one is not needed."""
    return tuple("" if name == NO_COLUMN else name for name in declared.headerless)


def names_said_by(declared: FormatOptions, *, line: int) -> str:
    """Who says what the columns are called, as a message begins: `line 1 has`, where that line is a header."""
    if not declared.headerless:
        return f"line {line} has"
    known = FORMATS.get(declared.format or "")
    is_known = known and {*known.columns, NO_COLUMN}.issuperset(declared.headerless)
    return f"the known export {known.title} has" if known and is_known else f"{SETTING}HEADERLESS names"
