"""Whatever the dialect of a file, and whatever was left undeclared: what is stored of it is true."""

from hypothesis import HealthCheck, given, settings

from tests.faults.parts.dialects import told
from tests.support.laws import examples
from tests.support.truth.files import MadeUp, files
from tests.support.truth.judge import judged

EXAMPLES = 150


@settings(max_examples=examples(EXAMPLES), deadline=None, suppress_health_check=list(HealthCheck))
@given(files())
def test_what_is_stored_of_a_file_is_true(made_up: MadeUp) -> None:
    verdict = judged(made_up)
    assert not verdict.wrong, told(made_up, verdict)
