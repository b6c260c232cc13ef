"""Where a clock stands: IANA zones, offsets from UTC, and letters such as EST, which several zones share."""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Literal, TypeAlias
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from crypto.adapters.csv.unreadable import Unclear, setting

Zone: TypeAlias = tzinfo | str
"""A zone, or the letters (EST) that need a declared one."""

RepeatedHour: TypeAlias = Literal["first", "second"]
"""Which of the two a time is that clocks showed twice, as they were put back."""

_SHARED = """
ET EST EDT CT CST CDT MT MST MDT PT PST PDT AKST AKDT HST AST ADT NST NDT BRT BRST ART CLT CLST COT PET VET
WET WEST CET CEST MEZ MESZ EET EEST BST IST MSK MSD SAMT YEKT OMST KRAT IRKT VLAT TRT GST PKT NPT BDT ICT WIB
WITA WIT HKT SGT MYT PHT CCT JST KST AWST ACST ACDT AEST AEDT NZST NZDT SAST EAT WAT CAT LOCAL
"""

SHARED = frozenset(_SHARED.split())
"""Letters that call a zone, in a column's name; in a cell, whatever letters follow the time."""

SETTLED = (datetime(2024, 1, 15, 12), datetime(2024, 7, 15, 12))  # noqa: DTZ001 - by any zone's clock
"""A winter's and a summer's day, by which zones are compared."""

EARLIEST, LATEST = timedelta(hours=-12), timedelta(hours=14)

_SIGNED = r"(?P<sign>[+-])(?:(?P<h>[0-9]{1,2})(?::(?P<m>[0-9]{2}))?|(?P<hh>[0-9]{2})(?P<mm>[0-9]{2}))(?![0-9])"
_OFFSET = re.compile(rf"(?:UTC|GMT)? ?{_SIGNED}|(?P<zero>\+?UTC|GMT|Z)", re.IGNORECASE)
_AFTER_OFFSET = re.compile(r"(?: ?[(\[](?P<inside>[A-Za-z][^()\[\]]*)[)\]]| (?P<letters>[A-Za-z]{2,5}))?")
_LETTERS = re.compile(r"[A-Za-z]{2,5}")
_BRACKETS = re.compile(r"[(\[](.*)[)\]]")


def time_zone(name: str) -> tzinfo:
    """The time zone of that IANA name, or that far from UTC: `Europe/Berlin`, `UTC+01:00`.

    :raises ValueError: when there is none.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        if found := _OFFSET.fullmatch(name):
            return _fixed(found)
        wanted = "an IANA time zone such as Europe/Berlin, nor an offset such as UTC+01:00"
        raise ValueError(f"{name!r} is not {wanted}") from error


def said_zone(text: str) -> Zone:
    """What stands behind a time: `Z`, `+0100`, `UTC+1`, `+0000 UTC`, `GMT+0100 (CET)`, `[Europe/Berlin]`, `EST`.

    :raises Unclear: when that is two zones that differ, or farther from UTC than any.
    :raises ValueError: when it is not a zone.
    """
    text = text.strip()
    if inside := _BRACKETS.fullmatch(text):
        text = inside[1].strip()
    if found := _OFFSET.match(text):
        offset, after = _fixed(found), _AFTER_OFFSET.fullmatch(text[found.end() :])
        letters = after and (after["inside"] or after["letters"])
        if after is None:
            raise ValueError
        if letters in {"UTC", "GMT"} and offset.utcoffset(None):
            raise Unclear("two zones, which differ")
        return offset
    if "/" in text:
        return time_zone(text)
    if _LETTERS.fullmatch(text):
        return text.upper()
    raise ValueError


def placed(
    local: datetime, zone: tzinfo, *, said: Zone | None = None, repeated_hour: RepeatedHour | None = None
) -> datetime:
    """The moment at which clocks showed that in the zone that was said, or in `zone`, with the letters said.

    :raises Unclear: when they never did, or did so twice, and nothing says which is meant.
    """
    zone, letters = (said, None) if isinstance(said, tzinfo) else (zone, said)
    moments = [local.replace(tzinfo=zone, fold=fold) for fold in (0, 1)]
    if not any(_shows(moment, local) for moment in moments):
        raise Unclear(f"clocks in {zone} jumped over that, so it never was")
    fitting = [moment for moment in moments if letters in (None, moment.tzname())]
    if not fitting:
        remedy = setting("TIMEZONE", "<the zone that is meant, such as America/New_York>")
        raise Unclear(f"{letters} is not what clocks in {zone} show then; set {remedy}")
    if fitting[0].utcoffset() == fitting[-1].utcoffset():
        return fitting[0]
    if repeated_hour is None:
        remedy = setting("REPEATED_HOUR", "first")
        raise Unclear(f"clocks in {zone} were put back and showed that twice; {remedy} or second would say which")
    return fitting[0] if repeated_hour == "first" else fitting[-1]


def _shows(moment: datetime, local: datetime) -> bool:
    return moment.astimezone(UTC).astimezone(moment.tzinfo).replace(tzinfo=None) == local.replace(tzinfo=None)


def may_be_called(zone: tzinfo, letters: str) -> bool:
    """Whether these letters may mean that zone: it uses them, or has only numbers for a name."""
    names = {str(moment.replace(tzinfo=zone).tzname()) for moment in SETTLED}
    generic = {name[0] + name[-1] for name in names if len(name) == 3}
    return letters in names | generic or letters == "LOCAL" or not any(name.isalpha() for name in names)


def agree(one: tzinfo, other: tzinfo) -> bool:
    """Whether two zones show the same time, in winter and summer."""
    return all(
        moment.replace(tzinfo=one).utcoffset() == moment.replace(tzinfo=other).utcoffset() for moment in SETTLED
    )


def _fixed(found: re.Match[str]) -> timezone:
    if found["zero"]:
        return UTC
    hours, minutes = int(found["h"] or found["hh"]), int(found["m"] or found["mm"] or 0)
    offset = timedelta(hours=hours, minutes=minutes) * (1 if found["sign"] == "+" else -1)
    if minutes % 15 or not EARLIEST <= offset <= LATEST:
        raise Unclear(f"{found[0]!r} is not how far from UTC a zone is")
    return timezone(offset)
