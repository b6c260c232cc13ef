"""This machine's disk: how much room there is, and whether it may be written to."""

import os
import shutil
from pathlib import Path

from crypto.application.ports import Space


class LocalDisk:
    """Reads how much room the disk of this machine has; it writes nothing."""

    def space(self, folder: Path) -> Space:
        """The room, in bytes, on the disk of this folder, or of its nearest parent that exists."""
        there = next(each for each in (folder.absolute(), *folder.absolute().parents) if each.exists())
        usage = shutil.disk_usage(there)
        writable = there.is_dir() and os.access(there, os.W_OK | os.X_OK)
        return Space(folder=there, free=usage.free, total=usage.total, writable=writable)
