"""What differs between operating systems, behind one interface: no other module uses what only one has."""

import sys

from crypto.adapters.platform.interface import Platform, User
from crypto.adapters.platform.posix import Posix
from crypto.adapters.platform.windows import Windows

HERE: Platform = Windows() if sys.platform == "win32" else Posix()
"""The one this process runs on."""

__all__ = ["HERE", "Platform", "Posix", "User", "Windows"]
