"""Which code a failure was seen with."""

import subprocess
from functools import cache
from pathlib import Path


@cache
def git_id() -> str:
    """The commit, with `-dirty` when files differ from it; `no git` in an unpacked archive."""
    here = Path(__file__).parent
    command = ["git", "describe", "--always", "--dirty", "--abbrev=10"]
    try:
        done = subprocess.run(command, cwd=here, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return "no git"
    return done.stdout.strip()
