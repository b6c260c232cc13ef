"""Write a whole database into one file and read it back, with PostgreSQL's own programs."""

from crypto.adapters.postgres.dumping.dump import write_dump
from crypto.adapters.postgres.dumping.restore import Restored, read_dump

__all__ = ["Restored", "read_dump", "write_dump"]
