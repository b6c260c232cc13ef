"""Any step after any other: the use cases over the in-memory store agree with a dict."""

from tests.faults.machine import play

EXAMPLES = 100
STEPS = 40


def test_any_history_of_a_source_agrees_with_a_dict() -> None:
    assert play(examples=EXAMPLES, steps=STEPS, number=11) == ()
