"""Which table belongs to a path, be it a member of an archive that a pattern found."""

import pytest

from crypto.adapters.csv.input.listing import belongs


@pytest.mark.parametrize(
    "name", ["data/a.zip", "data/a.zip/a.csv", "data/deep/er/a.zip", "data/deep/er/a.zip/in/a.csv"]
)
def test_what_a_pattern_for_folders_finds_belongs_to_it_with_its_members(name: str) -> None:
    assert belongs(name, ["data/**/*.zip"])
    assert not belongs(name, ["data/**/*.csv.gz"])
