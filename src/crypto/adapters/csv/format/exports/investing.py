"""Investing.com: a day a row, newest first, everything in quotes, in the language of the site."""

from collections.abc import Mapping

from msgspec import Struct

from crypto.adapters.csv.format.format import Format
from crypto.adapters.csv.times.dates import DateOrder

EXAMPLE = """\
{header}
"{second}","12{sign}5","11{sign}0","13{sign}0","10{sign}0","90{sign}25K","13{sign}64%"
"{first}","11{sign}0","10{sign}0","12{sign}0","9{sign}0","1{sign}02M","-0{sign}42%"
"""

PAIR = r"(?<![A-Za-z])(?P<pair>[A-Z0-9]{2,8}_[A-Z]{3,4})(?![A-Za-z])"


class Site(Struct, frozen=True, kw_only=True):
    """One language: its name, its header, how two days of February are written, and how that is read.

    `sign` stands before decimals in the example; in a file the amounts must tell, as Spanish is written with both.
    In English day and month are written in both orders, and the dates must tell.
    """

    language: str
    header: str
    days: tuple[str, str]
    sign: str = ","
    date_order: DateOrder | None = "dmy"
    date_format: str | None = None


SITES: Mapping[str, Site] = {
    "en": Site(
        language="English",
        header='"Date","Price","Open","High","Low","Vol.","Change %"',
        days=("01/31/2024", "02/01/2024"),
        sign=".",
        date_order=None,
    ),
    "de": Site(
        language="German",
        header='"Datum","Zuletzt","Eröffn.","Hoch","Tief","Vol.","+/- %"',
        days=("01.02.2024", "02.02.2024"),
    ),
    "es": Site(
        language="Spanish",
        header='"Fecha","Último","Apertura","Máximo","Mínimo","Vol.","% var."',
        days=("01.02.2024", "02.02.2024"),
    ),
    "pt": Site(
        language="Portuguese",
        header='"Data","Último","Abertura","Máxima","Mínima","Vol.","Var%"',
        days=("01.02.2024", "02.02.2024"),
    ),
    "fr": Site(
        language="French",
        header='"Date","Dernier","Ouv."," Plus Haut","Plus Bas","Vol.","Variation %"',
        days=("01/02/2024", "02/02/2024"),
    ),
    "it": Site(
        language="Italian",
        header='"Data","Ultimo","Apertura","Massimo","Minimo","Vol.","Var. %"',
        days=("01.02.2024", "02.02.2024"),
    ),
    "nl": Site(
        language="Dutch",
        header='"Datum","Laatste","Open","Hoog","Laag","Vol.","Verschil %"',
        days=("01.02.2024", "02.02.2024"),
    ),
    "tr": Site(
        language="Turkish",
        header='"Tarih","Şimdi","Açılış","Yüksek","Düşük","Hac.","Fark %"',
        days=("01.02.2024", "02.02.2024"),
    ),
    "pl": Site(
        language="Polish",
        header='"Data","Ostatnio","Otwarcie","Max.","Min.","Wol.","Zmiana%"',
        days=("01.02.2024", "02.02.2024"),
    ),
    "ru": Site(
        language="Russian",
        header='"Дата","Цена","Откр.","Макс.","Мин.","Объём","Изм. %"',
        days=("01.02.2024", "02.02.2024"),
    ),
    "ja": Site(
        language="Japanese",
        header='"日付け","終値","始値","高値","安値","出来高","変化率 %"',
        days=("2024/02/01", "2024/02/02"),
        sign=".",
        date_order=None,
    ),
    "ko": Site(
        language="Korean",
        header='"날짜","종가","시가","고가","저가","거래량","변동 %"',
        days=("2024- 02- 01", "2024- 02- 02"),
        sign=".",
        date_order=None,
        date_format="%Y- %m- %d",
    ),
    "zh": Site(
        language="Chinese",
        header='"日期","收盘","开盘","高","低","交易量","涨跌幅"',
        days=("2024-2-1", "2024-2-2"),
        sign=".",
        date_order=None,
    ),
}


def _format(code: str, site: Site) -> Format:
    first, second = site.days
    five = [name.strip('" ') for name in site.header.split(",")[:5]]
    return Format(
        name=f"investing_{code}",
        title=f"Investing.com, {site.language}",
        source=f"investing.com in {site.language}, historical data, Download: the last price of a day beside its"
        " open, the volume in coins, rounded; the pair in the file's name, where it is not the index in "
        "US dollars.",
        columns={
            "date": "day",
            "close": "amount",
            "open": "amount",
            "high": "amount",
            "low": "amount",
            "volume": "amount",
            "change": "percent",
        },
        headers=(",".join([*five, "*", "*"]),),
        time="date",
        price="close",
        volume=("volume", "base"),
        file=PAIR,
        date_order=site.date_order,
        date_format=site.date_format,
        decimal=None,
        example_file="AAA_EUR Kraken.csv",
        example=EXAMPLE.format(header=site.header, first=first, second=second, sign=site.sign),
    )


INVESTING = tuple(_format(code, site) for code, site in SITES.items())
