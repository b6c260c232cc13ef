"""A file that is a known export is read as if a person had declared what is known of it."""

from collections.abc import Iterator

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from crypto.adapters.csv.format.declarations import Laid, declarations, money_of
from crypto.adapters.csv.format.recognition import Recognised, as_format, recognised
from crypto.adapters.csv.format.registry import FORMATS, NO_FORMAT
from crypto.adapters.csv.format.sample import first_lines, sample_of
from crypto.adapters.csv.layout.format_options import FormatOptions
from crypto.adapters.csv.text.header_line import short
from crypto.adapters.csv.unreadable import Unreadable, setting

NOTHING = FormatOptions()


class Described(Struct, frozen=True, kw_only=True):
    """What was declared of a file with what is known of its kind laid under it; `laid` is that alone."""

    declared: FormatOptions
    found: Recognised | None = None
    laid: Laid = msgspec.field(default_factory=dict)

    def require_told(self, *, line: int) -> None:
        """Everything is said that such a file cannot say itself, but for the coin.

        :raises Unreadable: when it is not, naming the settings; the file is that whose header is in that line.
        """
        missing = list(_missing(self.found, self.declared)) if self.found else []
        if self.found and missing:
            whats, remedies = zip(*missing, strict=True)
            file, what = self.found.known.title, " and ".join(whats)
            raise Unreadable(f"line {line} begins {file}, not saying {what}; set {' and '.join(remedies)}")


def described(beginning: bytes, name: str, declared: FormatOptions, *, whole: bool) -> Described:
    """What is to be read of the table of that name, whose first bytes these are.

    :raises Unreadable: when it is not what FORMAT says.
    """
    found = recognised_in(beginning, name, declared, whole=whole)
    if found is None:
        return Described(declared=declared)
    laid = {**declarations(found), "format": found.known.name}
    return Described(declared=laid_under(declared, laid), found=found, laid=laid)


def recognised_in(beginning: bytes, name: str, declared: FormatOptions, *, whole: bool) -> Recognised | None:
    """The known export that it is; none where its owner has named the columns of its rows.

    :raises Unreadable: when FORMAT names one that it is not.
    """
    if declared.format == NO_FORMAT or declared.layout != "rows" or declared.headerless:
        return None
    sample = sample_of(first_lines(beginning, declared.encoding, whole=whole), skip=declared.skip_lines)
    if declared.format is None:
        return recognised(FORMATS.values(), sample, name, delimiter=declared.delimiter)
    known = FORMATS[declared.format]
    found = as_format(known, sample, name, delimiter=declared.delimiter, forced=True)
    if found is None:
        there = short(sample.lines[0]) if sample.lines else "nothing"
        columns = ", ".join(known.columns)
        raise Unreadable(
            f"line {sample.first} does not begin a file as {setting('FORMAT', known.name)} says ({there}): "
            f"{known.title} has {columns}, in cells of their kinds; {setting('FORMAT', NO_FORMAT)} reads any file"
        )
    return found


def laid_under(declared: FormatOptions, laid: Laid) -> FormatOptions:
    """What was declared, and of the rest what is known."""
    known = msgspec.convert(laid, FormatOptions)
    fields = [field for field in laid if field != "columns"]
    unsaid = [field for field in fields if getattr(declared, field) == getattr(NOTHING, field)]
    taken = {field: getattr(known, field) for field in unsaid}
    return replace(declared, **taken, columns={**known.columns, **declared.columns})


def _missing(found: Recognised, declared: FormatOptions) -> Iterator[tuple[str, str]]:
    """What an export leaves open, each with the setting that would say it."""
    code = declared.currency
    if code is None and _hides_its_money(found):
        named = setting("CURRENCY", "<code such as USDT>")
        yield "in which money its prices are", f"{named} and {setting('RATE', '<US dollars for one of it>')}"
    elif code and declared.dollars(code) is None:
        yield f"what one {code} is worth", setting("RATES", f"{code}=<US dollars for one {code}>")
    if found.known.asks_zone and declared.timezone == NOTHING.timezone:
        yield "by which clock its times are", setting("TIMEZONE", "<IANA zone of the broker, or UTC>")


def _hides_its_money(found: Recognised) -> bool:
    """Whether an export's pair is in unknown money, or untold where no pair is in dollars."""
    return money_of(found) is None and (found.known.never_dollars or "pair" in found.told)
