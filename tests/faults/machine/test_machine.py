"""Any step after any other: the use cases over the in-memory store agree with a dict."""

import pytest

from tests.faults.machine.machine import play

STEPS = 40


@pytest.mark.parametrize("examples", [25, pytest.param(100, marks=pytest.mark.long)])
def test_any_history_of_a_source_agrees_with_a_dict(examples: int) -> None:
    assert play(examples=examples, steps=STEPS, number=11) == ()
