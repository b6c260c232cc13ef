"""Each known export is recognised as itself and as no other, and one that only nearly fits is never misread."""

from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from crypto.adapters.csv.format.format import Format
from crypto.adapters.csv.format.recognition import as_format
from crypto.adapters.csv.format.registry import FORMATS
from crypto.adapters.csv.format.sample import Sample, first_lines, sample_of
from tests.support.csv_files import Ingested, ingest
from tests.support.dialects import table
from tests.support.formats import LANGUAGES, MONEY, TRUTH, Said, mutations, plain

KNOWN = list(FORMATS.values())
RATE = Decimal(2)

each_format = pytest.mark.parametrize("known", KNOWN, ids=lambda known: known.name)
alike = [f"investing_{code}" for code in LANGUAGES[1:]]
"""They differ from `investing_de` in their words only."""


def beginning(known: Format) -> Sample:
    return sample_of(first_lines(known.example.encode(), None, whole=True), skip=0)


def read(known: Format, text: str, folder: Path, **declared: object) -> Ingested:
    path = folder / known.example_file
    path.write_text(text)
    money = {"currency": MONEY[known.name], "rate": str(RATE)} if known.name in MONEY else {}
    zone = {"timezone": "Etc/UTC"} if known.asks_zone else {}
    coin = {} if "coin_id" in known.reads else {"coin_id": "aaa"}
    return ingest(path, declared={**coin, **money, **zone, **declared})


def said(run: Ingested, known: Format) -> set[Said]:
    rate = RATE if known.name in MONEY else Decimal(1)
    return {
        (
            f"{quote.observed_at.replace(tzinfo=None)}",
            plain(quote.price_usd, rate) or "",
            plain(quote.volume_24h, rate),
            plain(quote.market_cap, rate),
        )
        for quote in run.quotes
    }


@each_format
def test_its_example_is_recognised_as_itself_and_as_no_other(known: Format) -> None:
    fitting = [each.name for each in KNOWN if as_format(each, beginning(known), known.example_file)]
    assert fitting == [known.name]


@each_format
def test_its_example_is_read_to_the_right_moments_prices_and_volumes(known: Format, tmp_path: Path) -> None:
    run = read(known, known.example, tmp_path)
    assert (run.error, run.rejections) == (None, [])
    assert said(run, known) == TRUTH[known.name]
    assert {page.context["format"] for page in run.pages} == {known.name}


@pytest.mark.parametrize(
    "known",
    [
        pytest.param(known, id=known.name, marks=[pytest.mark.long] if known.name in alike else [])
        for known in KNOWN
    ],
)
def test_a_file_that_only_nearly_fits_is_never_read_to_a_wrong_value(known: Format, tmp_path: Path) -> None:
    wrong = {}
    for what, text in mutations(known):
        run = read(known, text, tmp_path)
        as_known = any(page.context["format"] == known.name for page in run.pages)
        for row in said(run, known):
            if not any(right(row, true, as_known=as_known) for true in TRUTH[known.name]):
                wrong[what] = row
    assert wrong == {}


def right(row: Said, true: Said, *, as_known: bool) -> bool:
    """Whether it says what is true, or less; a close may be told to the end of its day, not to its last second."""
    if not as_known and row[0].startswith("2026"):
        return True
    same = row[1] == true[1] and row[3] in {None, true[3]} and (not as_known or row[2] in {None, true[2]})
    return same and abs(datetime.fromisoformat(row[0]) - datetime.fromisoformat(true[0])) <= timedelta(seconds=1)


def test_the_reference_lists_each_with_what_is_known_of_it() -> None:
    listed = [tuple(row) for row in table("Exports that are recognised")]
    assert listed == [(f"`{known.name}`", known.title, known.source) for known in KNOWN]
