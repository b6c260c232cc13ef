"""Laws of money: however a file tells it, and whatever is declared, a quote is in true dollars, or none."""

import tempfile
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

from hypothesis import event, given, settings
from hypothesis import strategies as st
from msgspec import Struct

from tests.support.csv_files import Ingested, ingest
from tests.support.laws import examples

WORTH: Mapping[str, Decimal] = {
    code: Decimal(worth)
    for code, worth in {
        "USD": "1", "EUR": "1.08", "GBP": "1.27", "KRW": "0.00075", "INR": "0.012", "BRL": "0.2",
        "USDT": "0.9995", "USDC": "1.0001", "BUSD": "0.998", "TUSD": "0.97", "BTC": "42000", "ETH": "2300",
    }.items()
}  # fmt: skip
"""What one of each is truly worth."""

SIGNS = {"USD": ("$", "US$"), "EUR": ("€",), "GBP": ("£",), "KRW": ("₩",), "INR": ("₹",), "BRL": ("R$",)}
WORDS = {"USD": "US dollars", "EUR": "euro", "GBP": "pounds", "INR": "rupees"}
_BASES = "BTC ETH XBT BAT USDT TUSD LUNA SOL WBTC 1000SHIB"
BASES = tuple(_BASES.split())
OF_TWO_READINGS = ("AR", "ARB", "XYZ", "XYZT", "FOO", "FOOB")
IN_DOLLARS_OF_SOME_KIND = frozenset({"USD", "BUSD", "TUSD"})
PAIRS = ("{}/{}", "{}-{}", "{}_{}", "{}:{}", "{}{}", "BINANCE:{}{}", "{}-{}-SWAP", "{}{}.P")
SYMBOLS = ("symbol", "ticker", "pair", "market", "product_id", "coin_id")
CODES = ("currency", "quote", "quote_currency", "vs_currency", "tsym", "convert", "Waehrung")
PRICES = ("price_{}", "Price ({})", "close {}", "{}_price", "price in {}", "{}")
FILES = ("{}{}-1h-2024.csv", "{}-{}-max.csv", "Binance_{}{}_d.csv", "{}_{}.csv", "spot/{}{}/2024.csv")

codes = st.sampled_from(sorted(WORTH))
price = st.decimals(min_value=Decimal("0.0001"), max_value=Decimal(99999), places=4, allow_nan=False)


def bases_beside(code: str) -> list[str]:
    """Coins that a pair in that money may be of, and has one reading."""
    odd = {"BTC": {"XBT", "USDT", "TUSD"}, "ETH": {"BTC", "XBT", "USDT", "TUSD"}}.get(code, set())
    bases = [base for base in BASES if base != code and base not in odd]
    return bases if code in IN_DOLLARS_OF_SOME_KIND else [*bases, *OF_TWO_READINGS]


class Told(Struct):
    """A file that tells its money, the true dollars of its coins, and the settings that its form needs."""

    name: str
    text: str
    true: dict[str, Decimal]
    declared: dict[str, object]


@st.composite
def told_by_rows(draw: st.DrawFn) -> Told:
    """Each row tells its own money, in a column of codes or of pairs."""
    rows = draw(st.lists(st.tuples(codes, price), min_size=1, max_size=4))
    few = draw(st.lists(codes, min_size=1, max_size=2))
    rows = [(few[place % len(few)], amount) for place, (_, amount) in enumerate(rows)]
    if draw(st.booleans()):
        column = draw(st.sampled_from(CODES))
        cells = [draw(st.sampled_from([code, code.lower(), *SIGNS.get(code, ())])) for code, _ in rows]
        declared: dict[str, object] = {"columns": {"currency": column}} if column == "Waehrung" else {}
        lines = [f"{column},id,price,date"]
    else:
        column, form = draw(st.sampled_from(SYMBOLS[:-1])), draw(st.sampled_from(PAIRS))
        bases = [draw(st.sampled_from(bases_beside(code))) for code, _ in rows]
        cells = [form.format(base, code) for base, (code, _) in zip(bases, rows, strict=True)]
        declared, lines = {}, [f"{column},id,price,date"]
    lines += [f"{cell},coin-{place},{rows[place][1]},2024-01-31" for place, cell in enumerate(cells)]
    true = {f"coin-{place}": amount * WORTH[code] for place, (code, amount) in enumerate(rows)}
    return Told("a.csv", "\n".join(lines), true, declared)


@st.composite
def told_by_file(draw: st.DrawFn) -> Told:
    """One money of all rows: told by the price's name, a sign in each cell, or the file's name."""
    code, amounts = draw(codes), draw(st.lists(price, min_size=1, max_size=3))
    way = draw(st.sampled_from(["column", "sign", "file"]))
    name, column, sign, declared = "a.csv", "price", "", dict[str, object]()
    if way == "column":
        called = draw(st.sampled_from([code, code.lower(), WORDS.get(code, code)]))
        column = draw(st.sampled_from(PRICES if code in SIGNS else PRICES[:3])).format(called)
        declared = {"columns": {"price_usd": column}} if draw(st.booleans()) else {}
    elif way == "sign" and code in SIGNS:
        sign = draw(st.sampled_from(SIGNS[code]))
    else:
        bases = ["SOL", "LTC"] if code in {"BTC", "ETH"} else ["BTC", "XBT", "SOL"]
        name = draw(st.sampled_from(FILES)).format(draw(st.sampled_from(bases)), code)
    lines = [f"id,{column},date", *(f"coin-{n},{sign}{amount},2024-01-31" for n, amount in enumerate(amounts))]
    true = {f"coin-{n}": amount * WORTH[code] for n, amount in enumerate(amounts)}
    return Told(name, "\n".join(lines), true, declared)


@st.composite
def told_by_wide_table(draw: st.DrawFn) -> Told:
    """A column a coin, each called by its pair."""
    form, code = draw(st.sampled_from([*PAIRS[:5], "{} ({})"])), draw(codes)
    bases = draw(st.lists(st.sampled_from(bases_beside(code)), min_size=1, max_size=3, unique=True))
    amounts = [draw(price) for _ in bases]
    names = [form.format(base, code) for base in bases]
    text = f"date,{','.join(names)}\n2024-01-31,{','.join(map(str, amounts))}\n"
    true = {name: amount * WORTH[code] for name, amount in zip(names, amounts, strict=True)}
    return Told("a.csv", text, true, {"layout": "coin_columns"})


declarations = st.fixed_dictionaries(
    {},
    optional={
        "rates": st.lists(codes, max_size=4).map(lambda some: {code: str(WORTH[code]) for code in some}),
        "currency": codes,
    },
)


def with_rate(declared: Mapping[str, object]) -> dict[str, object]:
    """The true rate of the currency that is declared, if it is not the dollar."""
    code = str(declared.get("currency", "USD"))
    return {**declared, "rate": str(WORTH[code])} if code != "USD" else dict(declared)


@settings(max_examples=examples(300), deadline=None)
@given(st.one_of(told_by_rows(), told_by_file(), told_by_wide_table()), declarations, st.booleans())
def test_a_quote_is_in_true_dollars_or_it_is_rejected_or_its_file_refused(
    told: Told, declared: dict[str, object], rated: bool
) -> None:
    run = read(told, with_rate(declared) if rated else declared)
    for quote in run.quotes:
        assert quote.price_usd == told.true[quote.coin_id], (told, declared)
    assert run.error or len(run.quotes) + len(run.rejections) == len(told.true)
    event("refused" if run.error else "all rejected" if not run.quotes else "quotes")


@settings(max_examples=examples(150), deadline=None)
@given(st.one_of(told_by_rows(), told_by_file(), told_by_wide_table()))
def test_with_the_rate_of_every_money_a_sure_file_is_read_whole(told: Told) -> None:
    run = read(told, {"rates": {code: str(worth) for code, worth in WORTH.items()}})
    for quote in run.quotes:
        assert quote.price_usd == told.true[quote.coin_id], told
    event("refused" if run.error else "some rejected" if run.rejections else "all read")


@settings(max_examples=examples(50), deadline=None)
@given(st.sampled_from(OF_TWO_READINGS), st.sampled_from(sorted(IN_DOLLARS_OF_SOME_KIND)), price, st.booleans())
def test_a_pair_of_two_readings_is_not_a_quote_in_the_wrong_one(
    base: str, code: str, amount: Decimal, wide: bool
) -> None:
    pair = f"{base}{code}"
    text = (
        f"date,{pair}\n2024-01-31,{amount}\n"
        if wide
        else f"id,symbol,price,date\n{pair},{pair},{amount},2024-01-31\n"
    )
    told = Told("a.csv", text, {pair: amount * WORTH[code]}, {"layout": "coin_columns"} if wide else {})
    for declared in ({}, {"rates": {each: str(WORTH[each]) for each in WORTH}}):
        for quote in read(told, declared).quotes:
            assert quote.price_usd == told.true[quote.coin_id], told


def read(told: Told, declared: Mapping[str, object]) -> Ingested:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / told.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(told.text)
        return ingest(path, declared={**declared, **told.declared})
