"""A key that a provider throws back, and a database password, are in no output and no table."""

from pathlib import Path

from tests.faults.parts.canaries import ECHOES, play

ASKED = (("runs", "--json"), ("doctor",), ("csv", "check"))
SOME = ("401 in its text", "kept headers")


async def test_no_canary_is_in_any_output_or_table(database_url: str, tmp_path: Path) -> None:
    watch = await play(database_url, tmp_path, echoes={how: ECHOES[how] for how in SOME}, asked=ASKED)
    assert watch.found == []
    assert watch.bytes > 10_000
