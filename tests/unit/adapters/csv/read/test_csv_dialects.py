"""Each dialect that the reference lists is read, rejected or refused as it says, however it is cut into pages."""

from pathlib import Path

import pytest

from tests.support.csv_files import ingest
from tests.support.dialects import declared, outcome, table, written

MADE_UP = table("Made up, and tested in every run")
DEFAULTS = table("What is decided where nobody says it")


@pytest.mark.parametrize("case", MADE_UP, ids=lambda case: f"{case[0]}: {case[1][:20]}")
def test_a_dialect_becomes_what_the_reference_says(tmp_path: Path, case: list[str]) -> None:
    _, file, encoding, settings, result = case
    path = tmp_path / "a.csv"
    path.write_bytes(written(file, encoding))
    assert outcome(path, settings) == result


@pytest.mark.parametrize("case", MADE_UP, ids=lambda case: f"{case[0]}: {case[1][:20]}")
def test_a_dialect_in_pages_of_one_record_says_the_same(tmp_path: Path, case: list[str]) -> None:
    _, file, encoding, settings, _ = case
    path = tmp_path / "a.csv"
    path.write_bytes(written(file, encoding))
    whole, paged = (ingest(path, declared=declared(settings), records=most) for most in (10_000, 1))
    assert paged.body == whole.body
    assert [quote.key for quote in paged.quotes] == [quote.key for quote in whole.quotes]
    assert [quote.said for quote in paged.quotes] == [quote.said for quote in whole.quotes]
    assert [each.detail for each in paged.rejections] == [each.detail for each in whole.rejections]


def test_each_default_has_files_that_prove_what_is_done_where_it_is_wrong() -> None:
    there = {case[0] for case in MADE_UP}
    proofs = {name.strip() for row in DEFAULTS for name in row[3].split(";") if not name.startswith("(")}
    assert len(DEFAULTS) > 20
    assert proofs <= there
