"""Signs and codes: what may stand for which money."""

from crypto.adapters.tabular.currency import may_stand_for


def test_a_tether_is_no_dollar() -> None:
    assert not may_stand_for("USDT", "USD")
    assert not may_stand_for("$", "USDT")
    assert may_stand_for("$", "USD")
