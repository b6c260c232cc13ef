"""A law of amounts: however a true value is written, it is read as that value or not at all."""

import tempfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec import Struct

from crypto.adapters.csv.values.numbers import Money, number
from crypto.domain.rejection import RecordRejected
from tests.support.csv_files import ingest
from tests.support.laws import examples

SIGNS = {"point": ".", "comma": ","}
GAPS = ["", " ", "\u00a0", "\u202f", "\u2009", "\u2007", "'", "\u2019", "_"]
DOLLARS = ["{}", "${}", "US${}", "$ {}", "{} USD", "{}$", "USD {}", "${} USD", "{} US$"]
SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")

values = st.decimals(
    min_value=Decimal("1e-18"), max_value=Decimal("1e14"), allow_nan=False, allow_infinity=False
).map(lambda value: value.normalize())
small = st.integers(1, 10**4).map(lambda digits: Decimal(digits) / 1000)
"""Many of which look like thousands."""


class Spelling(Struct, frozen=True, kw_only=True):
    """How a table writes its amounts: `gap` between thousands (`other`: the sign that is not before decimals)."""

    sign: str
    gap: str
    money: str
    form: str


spellings = st.builds(
    Spelling,
    sign=st.sampled_from(sorted(SIGNS)),
    gap=st.sampled_from(["other", *GAPS]),
    money=st.sampled_from(DOLLARS),
    form=st.sampled_from(["plain", "padded", "scientific", "units", "counted zeros", "indian"]),
)


def spelt(value: Decimal, how: Spelling) -> str:
    """The value as this table writes it."""
    point = SIGNS[how.sign]
    gap = {"comma": ".", "point": ","}[how.sign] if how.gap == "other" else how.gap
    text = FORMS[how.form](value, gap, point)
    return how.money.format(text)


def _plain(value: Decimal, gap: str, point: str) -> str:
    whole, _, decimals = f"{value:f}".partition(".")
    grouped = f"{int(whole):,}".replace(",", gap)
    return f"{grouped}{point}{decimals}" if decimals else grouped


def _padded(value: Decimal, gap: str, point: str) -> str:
    """With the same number of decimals always, as many exports write prices."""
    return _plain(value.quantize(Decimal("0.001")), gap, point) if value == round(value, 3) else ""


def _scientific(value: Decimal, gap: str, point: str) -> str:
    return f"{value:e}".replace(".", point)


def _units(value: Decimal, gap: str, point: str) -> str:
    unit, power = next(((u, p) for u, p in (("T", 12), ("B", 9), ("M", 6), ("K", 3)) if value >= 10**p), ("", 0))
    return f"{_plain(value.scaleb(-power).normalize(), gap, point)}{unit}"


def _counted_zeros(value: Decimal, gap: str, point: str) -> str:
    whole, _, decimals = f"{value:f}".partition(".")
    rest = decimals.lstrip("0")
    zeros = len(decimals) - len(rest)
    if not rest or zeros < 2:
        return _plain(value, gap, point)
    return f"{whole}{point}0{str(zeros).translate(SUBSCRIPTS)}{rest}"


def _indian(value: Decimal, gap: str, point: str) -> str:
    whole, _, decimals = f"{value:f}".partition(".")
    head, tail = whole[:-3], whole[-3:]
    groups = [head[max(0, end - 2) : end] for end in range(len(head), 0, -2)]
    grouped = (gap or {",": ".", ".": ","}[point]).join([*reversed(groups), tail])
    return f"{grouped}{point}{decimals}" if decimals else grouped


FORMS: dict[str, Callable[[Decimal, str, str], str]] = {
    "plain": _plain,
    "padded": _padded,
    "scientific": _scientific,
    "units": _units,
    "counted zeros": _counted_zeros,
    "indian": _indian,
}


def read(text: str, money: Money) -> Decimal | None:
    try:
        return number(text, money, field="price_usd")
    except RecordRejected:
        return None


@settings(max_examples=examples(400))
@given(values | small, spellings)
def test_an_amount_is_itself_or_nothing(value: Decimal, how: Spelling) -> None:
    text = spelt(value, how)
    assert read(text, Money(decimal=how.sign)) in (value, None)  # type: ignore[arg-type]
    assert read(text, Money(doubted=".,")) in (value, None)


@settings(max_examples=examples(200))
@given(values | small, spellings.filter(lambda how: how.form in {"plain", "counted zeros", "scientific"}))
def test_where_the_sign_is_declared_every_amount_is_read(value: Decimal, how: Spelling) -> None:
    assert read(spelt(value, how), Money(decimal=how.sign)) == value  # type: ignore[arg-type]


def prices(amounts: list[str], delimiter: str, **declared: object) -> dict[str, Decimal | None]:
    """What a file of these amounts is read as, by the coin of each row."""
    rows = [delimiter.join((f"c{place}", f'"{amount}"', "2024-01-01")) for place, amount in enumerate(amounts)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.csv"
        path.write_text("\n".join([delimiter.join(("id", "price", "date")), *rows]))
        run = ingest(path, declared={"delimiter": delimiter, **declared})
    return {quote.coin_id: quote.price_usd for quote in run.quotes}


@pytest.mark.parametrize("is_declared", [True, False])
@settings(max_examples=examples(150), deadline=None)
@given(
    truth=st.lists(values | small, min_size=1, max_size=5),
    how=spellings,
    forms=st.lists(st.sampled_from(sorted(FORMS)), min_size=5, max_size=5),
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
)
@example(
    truth=[Decimal("0.512"), Decimal("1.234")],
    how=Spelling(sign="comma", gap="other", money="{}", form="plain"),
    forms=["plain"] * 5,
    delimiter=",",
)
@example(
    truth=[Decimal(51794)],
    how=Spelling(sign="comma", gap="other", money="{}", form="plain"),
    forms=["plain"] * 5,
    delimiter=",",
)
@example(
    truth=[Decimal("1.234")],
    how=Spelling(sign="comma", gap="", money="{}", form="plain"),
    forms=["plain"] * 5,
    delimiter=",",
)
def test_a_file_never_gives_another_amount(
    is_declared: bool, truth: list[Decimal], how: Spelling, forms: list[str], delimiter: str
) -> None:
    each = [Spelling(sign=how.sign, gap=how.gap, money=how.money, form=form) for form in forms]
    amounts = [spelt(value, way) for value, way in zip(truth, each, strict=False)]
    declared = {"decimal": how.sign} if is_declared else {}
    found = prices(amounts, delimiter, **declared)
    for coin, price in found.items():
        assert price in (truth[int(coin[1:])], None)
