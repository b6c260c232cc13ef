"""The rules that the contract test knows are those by which requests that fit every schema are refused."""

import pytest

from tests.support.contract_hooks import broken_rules


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ({}, set()),
        ({"page": "2", "page_size": "1000", "coin_id": ["bitcoin"], "symbol": "btc"}, set()),
        ({"cursor": "abc"}, {"invalid_cursor"}),
        ({"cursor": "abc", "page": 1}, {"invalid_cursor", "conflicting_parameters"}),
        ({"page": "100001", "page_size": "1"}, set()),
        ({"coin_id": ["é" * 257]}, {"value_out_of_bounds"}),
        ({"observed_from": "2026-01-02T00:00:00Z", "observed_to": "2026-01-01T00:00:00Z"}, {"empty_range"}),
        ({"observed_from": "2026-01-02T00:00:00Z", "observed_to": "2026-01-02T01:00:00+02:00"}, {"empty_range"}),
        ({"ingested_from": "2026-01-01T00:00:00Z", "ingested_to": "2026-01-02T00:00:00Z"}, set()),
        ({"as_of": "9999-01-01T00:00:00Z"}, {"moment_too_recent"}),
        ({"as_of": "2016-12-31T23:59:60Z"}, {"invalid_value"}),
    ],
)
def test_what_breaks_a_rule_has_its_code(query: dict[str, object], codes: set[str]) -> None:
    assert set(broken_rules(query)) == codes
