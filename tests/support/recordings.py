"""Where recorded provider responses lie beside the project; they are never part of it."""

from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[2].parent / "shared" / "recordings"


def recordings() -> Path:
    """The folder of recordings.

    Skips the test when it is absent: providers' terms forbid shipping them.
    """
    if not FOLDER.is_dir():
        pytest.skip("recorded provider responses are not at hand (providers' terms forbid shipping them)")
    return FOLDER
