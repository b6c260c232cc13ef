"""The zone that the name of a column of times says, and whether it is the one that was declared."""

from collections.abc import Sequence
from datetime import tzinfo

from msgspec.structs import replace

from crypto.adapters.csv.infer.time_column import TimeColumn
from crypto.adapters.csv.layout.format_options import FormatOptions
from crypto.adapters.csv.times.time_names import zone_named
from crypto.adapters.csv.times.zones import Zone, agree, may_be_called
from crypto.adapters.csv.unreadable import Unreadable, setting


def in_named_zone(
    declared: FormatOptions, names: Sequence[str], column: TimeColumn, *, line: int
) -> FormatOptions:
    """What was declared, in the zone that one of these names in that line says, if its cells leave that open.

    :raises Unreadable: when it is another than the declared one, or told by letters that several zones share.
    """
    named = next(((name, zone) for name in names if (zone := zone_named(name))), None)
    if named is None or not column.is_local:
        return declared
    name, zone = named
    if declared.timezone is None:
        if isinstance(zone, tzinfo):
            return replace(declared, timezone=str(zone))
        remedy = setting("TIMEZONE", "<the zone that is meant, such as America/New_York>")
        raise Unreadable(f"line {line} calls a column {name!r}: several zones are called {zone}; set {remedy}")
    if not _fits(zone, declared.zone):
        said = setting("TIMEZONE", declared.timezone)
        raise Unreadable(f"line {line} calls a column {name!r}, which is not the zone that {said} says")
    return declared


def _fits(named: Zone, declared: tzinfo) -> bool:
    return agree(named, declared) if isinstance(named, tzinfo) else may_be_called(declared, named)
