"""Every parser under fuzz takes its first inputs, and damaged ones, without an error that is not documented."""

import random

import pytest

from tests.faults.fuzzing.fuzz_cases import CASES

DAMAGED = 200


def damaged(data: bytes, chance: random.Random) -> bytes:
    """The bytes with a few of them changed, doubled or gone."""
    start, end = sorted(chance.randrange(len(data) + 1) for _ in range(2))
    part = data[start:end]
    other = (b"", part + part, chance.randbytes(3), b"\xff", b"9" * 50, b'"')
    return data[:start] + chance.choice(other) + data[end:]


@pytest.mark.parametrize("name", CASES)
def test_a_parser_takes_anything(name: str) -> None:
    case, chance = CASES[name](), random.Random(name)
    for seed in case.seeds:
        case.feed(seed)
    for _ in range(DAMAGED):
        case.feed(damaged(chance.choice(case.seeds), chance))
