"""This machine's disk: how much room there is, and what may be read and written."""

import os
import shutil
from pathlib import Path

from crypto.application.ports import Space


class LocalDisk:
    """Looks, and makes nothing."""

    def space(self, folder: Path) -> Space:
        """Of the nearest folder that exists."""
        there = next(each for each in (folder.absolute(), *folder.absolute().parents) if each.exists())
        usage = shutil.disk_usage(there)
        writable = there.is_dir() and os.access(there, os.W_OK | os.X_OK)
        return Space(folder=there, free=usage.free, total=usage.total, writable=writable)

    def obstacle(self, path: str) -> str | None:
        """Why it cannot be read."""
        file = Path(path)
        if not file.exists():
            return f"is not there, seen from {Path.cwd()}"
        if file.is_dir():
            return "is a folder"
        return None if os.access(file, os.R_OK) else "may not be read by this account"
