"""What is packed with gzip, unpacked block by block."""

import gzip
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from crypto.adapters.csv.input.spool import BLOCK
from crypto.adapters.csv.unreadable import Unreadable
from crypto.application.errors import SourceUnavailable

GZIP = b"\x1f\x8b"


def gunzipped(file: BinaryIO) -> Iterator[bytes]:
    """The file's content, block by block; several gzip members one after the other are one (RFC 1952, 2.2).

    :raises SourceUnavailable: when its end is missing: it may still be being written.
    :raises Unreadable: when it is broken.
    """
    file.seek(0)
    try:
        with gzip.GzipFile(fileobj=file) as unpacked:
            while block := unpacked.read(BLOCK):
                yield block
    except EOFError as error:
        raise SourceUnavailable(
            "its gzip was cut, or is still being written; the next run reads it anew"
        ) from error
    except (gzip.BadGzipFile, zlib.error) as error:
        raise Unreadable(f"its gzip is broken ({error}); pack it again") from error
