"""A provider that changed its format is told from one that sends a few bad records."""

import pytest

from crypto.domain.page import format_changed


@pytest.mark.parametrize(("rejected", "claiming", "changed"), [(0, 0, False), (20, 100, False), (21, 100, True)])
def test_more_than_a_fifth_of_what_claims_to_be_a_quote_is_too_much(
    rejected: int, claiming: int, changed: bool
) -> None:
    assert format_changed(rejected=rejected, claiming=claiming) is changed


def test_a_page_whose_only_claims_are_rejected_has_another_format() -> None:
    assert format_changed(rejected=1, claiming=1)
