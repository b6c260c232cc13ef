"""What a file does not say of itself and its owner declares."""

import hashlib
from datetime import datetime

import msgspec

from crypto.adapters.tabular.columns import KNOWN_NAMES
from crypto.adapters.tabular.times import check_date_format, time_zone


class Declared(msgspec.Struct, frozen=True, kw_only=True):
    """`columns` maps our field to the file's column; `coin_id` is for files of one coin.

    `observed_at` is the moment of all rows of files without a time column. Times without a zone are in
    `timezone` (IANA); `date_format` (strptime) is tried before the known ways to write a time.

    :raises ValueError: when one of them makes no sense.
    """

    columns: dict[str, str] = {}
    coin_id: str | None = None
    currency: str = "USD"
    timezone: str = "UTC"
    date_format: str | None = None
    observed_at: datetime | None = None

    def __post_init__(self) -> None:
        unknown = sorted(self.columns.keys() - KNOWN_NAMES.keys())
        if unknown:
            raise ValueError(f"columns names {', '.join(unknown)}; the fields are {', '.join(KNOWN_NAMES)}")
        zone = time_zone(self.timezone)
        if self.date_format is not None:
            check_date_format(self.date_format)
        if self.observed_at and not self.observed_at.tzinfo:
            msgspec.structs.force_setattr(self, "observed_at", self.observed_at.replace(tzinfo=zone))

    @property
    def fingerprint(self) -> str:
        """Tells these declarations from others: a file read under others is read again."""
        said = [getattr(self, field) for field in Declared.__struct_fields__]
        return hashlib.sha256(msgspec.json.encode(said, order="sorted")).hexdigest()[:16]
