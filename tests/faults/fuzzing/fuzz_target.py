"""One fuzz target in a process of its own, started by `tests.faults.fuzz`: its name, a corpus folder, options."""

import sys
from pathlib import Path

import atheris  # type: ignore[import-not-found, import-untyped, unused-ignore]  # installed for fuzzing only

with atheris.instrument_imports(include=["crypto"]):
    from tests.faults.fuzzing.fuzz_cases import CASES


def main() -> None:
    """Fuzz until the options say stop; an error that is raised is a finding."""
    name, folder = sys.argv[1:3]
    case = CASES[name]()
    for number, seed in enumerate(case.seeds):
        (Path(folder) / f"seed-{number}").write_bytes(seed)
    atheris.Setup([sys.argv[0], folder, *sys.argv[3:]], case.feed)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
