"""How tables write numbers and times."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from msgspec import Struct

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

CLOSES = timedelta(milliseconds=1)
"""How long before its end a candle is stamped, where it is stamped with its close."""


class Numbers(Struct, frozen=True):
    """A way to write amounts; `settings` declare it, where a file may not tell."""

    write: Callable[[Decimal], str]
    settings: Mapping[str, str] = {}


def _grouped(value: Decimal, separator: str, point: str) -> str:
    whole, _, part = f"{value:,f}".partition(".")
    return whole.replace(",", separator) + (point + part if part else "")


def _scientific(value: Decimal) -> str:
    return f"{value:.20e}" if len(value.as_tuple().digits) <= 20 else f"{value:f}"


COMMA = {"DECIMAL": "comma"}
NUMBERS = {
    "plain": Numbers(lambda value: f"{value:f}"),
    "thousands": Numbers(lambda value: _grouped(value, ",", "."), {"DECIMAL": "point"}),
    "continental": Numbers(lambda value: _grouped(value, ".", ","), COMMA),
    "decimal comma": Numbers(lambda value: f"{value:f}".replace(".", ","), COMMA),
    "no-break spaces": Numbers(lambda value: _grouped(value, "\u00a0", ","), COMMA),
    "thin spaces": Numbers(lambda value: _grouped(value, "\u202f", "."), {"DECIMAL": "point"}),
    "apostrophes": Numbers(lambda value: _grouped(value, "'", "."), {"DECIMAL": "point"}),
    "scientific": Numbers(_scientific),
}


class Times(Struct, frozen=True):
    """A way to write times: of days alone, or of moments; `in_zone` if the zone must be told beside it."""

    write: Callable[[datetime], str]
    of_days: bool = False
    in_zone: bool = False
    settings: Mapping[str, str] = {}


def _unix(zeros: int) -> Callable[[datetime], str]:
    return lambda moment: str((moment - EPOCH) // timedelta(milliseconds=1)) + "0" * zeros


def _clock(form: str) -> Callable[[datetime], str]:
    return lambda moment: moment.strftime(form)


def _milliseconds(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


TIMES = {
    "unix": Times(lambda moment: str(int(moment.timestamp()))),
    "unix ms": Times(_unix(0)),
    "unix us": Times(_unix(3)),
    "unix ns": Times(_unix(6)),
    "ISO, Z": Times(_milliseconds),
    "ISO, offset": Times(lambda moment: moment.isoformat()),
    "clock": Times(_clock("%Y-%m-%d %H:%M:%S"), in_zone=True),
    "clock, day first": Times(_clock("%d/%m/%Y %H:%M"), in_zone=True, settings={"DATE_ORDER": "dmy"}),
    "clock, month first": Times(_clock("%m/%d/%Y %H:%M"), in_zone=True, settings={"DATE_ORDER": "mdy"}),
    "ISO day": Times(_clock("%Y-%m-%d"), of_days=True, in_zone=True),
    "day first": Times(_clock("%d.%m.%Y"), of_days=True, in_zone=True, settings={"DATE_ORDER": "dmy"}),
    "month first": Times(_clock("%m/%d/%Y"), of_days=True, in_zone=True, settings={"DATE_ORDER": "mdy"}),
    "month's name": Times(_clock("%b %d, %Y"), of_days=True, in_zone=True),
    "digits": Times(_clock("%Y%m%d"), of_days=True, in_zone=True),
}
