"""This machine's disk: how much room there is, and whether it may be written to."""

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
