"""What columns of times are called, and the zone that some of their names say."""

import re
from datetime import tzinfo

from crypto.adapters.csv.text.columns import KNOWN_NAMES
from crypto.adapters.csv.text.names import plain_name
from crypto.adapters.csv.times.zones import SHARED, Zone, said_zone
from crypto.adapters.csv.unreadable import Unclear


def _plain(names: str) -> tuple[str, ...]:
    """Each once, as names are compared."""
    return tuple(dict.fromkeys(map(plain_name, names.split())))


UNIX_NAMES = _plain(
    "unix_ms unixtime unixtimestamp unix_time_ms unix_timestamp_ms epoch epoch_time epoch_ms epoch_s "
    "epoch_seconds epoch_millis epoch_milliseconds timestamp_ms timestamp_s timestamp_unix "
    "time_unix time_epoch ts ts_ms mts"
)
"""Names of columns of moments to the second or finer, which count before a date beside them."""

TIME_NAMES = (
    *KNOWN_NAMES["observed_at"],
    *UNIX_NAMES,
    *_plain(
        "time_stamp timestamps times dates utc gmt local_time recorded_at scraped_at fetched_at retrieved_at "
        "collected_at captured_at snapshot_at snapshot_time snapshot_date as_of asof as_of_date quote_time "
        "trade_time price_date trade_date trading_date dt t"
    ),
    *_plain(
        "datum zeitpunkt zeitstempel fecha fecha_hora fecha_y_hora data data_hora data_e_hora data_e_ora "
        "data_i_czas horodatage date_et_heure jour giorno dia día tarih tanggal tijdstip dato дата дата_и_время "
        "zeit tijd tid tiempo zaman czas čas время час 日付 日付け 日時 日期 时间 時間 날짜 일자 일시 시간 "
        "ngày dátum päivämäärä ημερομηνία תאריך التاريخ"
    ),
)
"""Best first; beyond those that are always known, a column is one of times if its cells are."""

CLOCK_NAMES = _plain(
    "time_of_day time clock hour uhrzeit zeit hora heure ora saat godzina tijd tid klokkeslæt čas czas время час "
    "時刻 時間 时间 시간 giờ jam"
)
"""Names of columns of times of day, beside a day."""

ZONE_NAMES = _plain(
    "time_zone timezone tz tzinfo utc_offset gmt_offset tz_offset zone offset zeitzone fuso_orario"
)
"""Names of columns of the zone that a row's time is in."""

GENERIC = frozenset({
    *UNIX_NAMES,
    *_plain("observed_at unix unix_time unix_timestamp timestamp datetime date_time date time time_stamp"),
})  # fmt: skip
"""Names of the moment of a row itself, of which two may be beside each other, saying the same."""

_BRACKETS = re.compile(r"(?P<name>.*?)[\s_]*[(\[](?P<zone>[^()\[\]]+)[)\]]")
_LAST = re.compile(r"(?P<name>.*?)[\s_-]+(?P<zone>(?:utc|gmt) ?[+-][0-9:]{1,5}|[A-Za-z]{2,5})", re.IGNORECASE)
_FIRST = re.compile(r"(?P<zone>[A-Za-z]{2,5})[\s_]+(?P<name>.*)")
_GLUED = re.compile(r"(?P<name>[A-Za-z]*[a-z])(?P<zone>UTC|GMT)")
_FORMS = (_BRACKETS, _LAST, _FIRST, _GLUED)


def time_name(name: str) -> str:
    """The name of a column of times as names are compared, without the zone in it."""
    said = next((found["name"] for form in _FORMS if (found := form.fullmatch(name)) and _zone(found["zone"])), "")
    return plain_name(said or name)


def zone_named(name: str) -> Zone | None:
    """The zone that a name says, `Date(UTC+1)`, `time [Europe/Berlin]`, `date_utc`; letters of `Time (EST)`."""
    if zone := _zone(name):
        return zone
    zones = (_zone(found["zone"]) for form in _FORMS if (found := form.fullmatch(name)))
    return next((zone for zone in zones if zone), None)


def _zone(text: str) -> Zone | None:
    try:
        zone = said_zone(text)
    except (Unclear, ValueError):
        return None
    return zone if isinstance(zone, tzinfo) or zone in SHARED else None
