"""Texts that are saved as tables and are none: a web page, JSON, XML; each is named as what it is."""

import html
import re
from collections.abc import Sequence

from crypto.adapters.csv.text.header_line import short
from crypto.adapters.csv.unreadable import Unreadable

WHERE_LOOKED = 200
"""Lines from the first on in which a page's title, or what an XML file is for, is looked for."""

_JSON = re.compile(r'\s*(\{\s*(["}]|$)|\[\s*(["{\[\]\d-]|$))')
_WEB_PAGE = re.compile(r"\s*<(!--|(!doctype\s+html|html|head|body|table|script|meta)\b)", re.IGNORECASE)
_XML = re.compile(r"\s*<\?xml\b", re.IGNORECASE)
_TITLE = re.compile(r"<title[^>]*>([^<]+)", re.IGNORECASE)
_WORKBOOK = re.compile(r"urn:schemas-microsoft-com:office:(spreadsheet|excel)", re.IGNORECASE)
_RICH_TEXT = re.compile(r"\{\\rtf")

_AS_CSV = "save it as CSV"


def refuse_other_text(lines: Sequence[str], *, skipped: int) -> None:
    """The first line that says something, after those passed over, may be one of a table.

    Lines are bytes as text, one character a byte.

    :raises Unreadable: when it begins something else, with what to do.
    """
    place = next((place for place in range(skipped, len(lines)) if lines[place].strip()), None)
    if place is None:
        return
    following = _text("".join(lines[place : place + WHERE_LOOKED]))
    said = _json(following) or _markup(following)
    if said:
        raise Unreadable(f"line {place + 1} begins {said}")


def _json(text: str) -> str | None:
    first, _, rest = text.partition("\n")
    if _RICH_TEXT.match(text):
        return f"a formatted text (RTF), not a table; {_AS_CSV}"
    if not _JSON.match(first):
        return None
    is_lines = first.rstrip().endswith(("}", "]")) and bool(_JSON.match(rest.lstrip()))
    kind = "JSON Lines" if is_lines else "JSON"
    columns = "a line with the names of its columns, then a line for each price"
    return f"{kind} ({_beginning(text)}), as an API answers, not a table; make a CSV file of it: {columns}"


def _markup(text: str) -> str | None:
    workbook = _WORKBOOK.search(text)
    if _XML.match(text) or _WEB_PAGE.match(text):
        if workbook:
            return f"a workbook, saved as XML or as a web page, not a table of text; open it and {_AS_CSV}"
        if _XML.match(text) and "<html" not in text.lower():
            return f"XML ({_beginning(text)}), not a table; {_AS_CSV}"
        title = _TITLE.search(text)
        called = f" ({short(html.unescape(title[1]).strip())!r})" if title else ""
        return f"a web page{called}, not a table; fetch the file that it offers, or copy its table to a CSV file"
    return None


def _beginning(text: str) -> str:
    return short(" ".join(text.split()))


def _text(lines: str) -> str:
    return lines.encode("latin-1").decode("utf-8", "replace")
