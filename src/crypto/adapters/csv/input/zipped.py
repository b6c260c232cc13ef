"""The members of a zip file, unpacked block by block."""

import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatchcase
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from msgspec import Struct

from crypto.adapters.csv.input.spool import BLOCK
from crypto.adapters.csv.input.system_files import is_system_member
from crypto.adapters.csv.unreadable import Unreadable
from crypto.application.errors import SourceUnavailable

ZIP = (b"PK\x03\x04", b"PK\x05\x06")

LONGEST_LIST = 1024 * 1024
"""Bytes of the list of members, which `zipfile` reads at once: ten thousand members and more."""

METHODS = (ZIP_STORED, ZIP_DEFLATED)
"""The methods of compression that `zipfile` unpacks in bounded memory."""

ENCRYPTED = 0x1


class Members(Struct, frozen=True, kw_only=True):
    """The members of an archive that are read, and the names of the system's own, which are passed over."""

    read: Sequence[ZipInfo]
    passed_over: Sequence[str]


def is_zip(file: BinaryIO) -> bool:
    """Whether a file begins like a zip file, whatever its name is."""
    file.seek(0)
    return file.read(4) in ZIP


def open_zip(file: BinaryIO) -> ZipFile:
    """The zip archive in an open file.

    :raises Unreadable: when it is broken, or its list of members is longer than any archive of tables has.
    """
    try:
        return ZipFile(_Sparing(file))
    except (BadZipFile, OverflowError, ValueError) as error:
        raise Unreadable(f"its zip is broken, or was cut ({error}); pack it again") from error


def members(archive: ZipFile, wanted: str | None) -> Members:
    """The archive's files that are `wanted`, a name or a pattern; one that is named is read, whatever it is.

    :raises Unreadable: when there are none, or two of one name.
    """
    files = {each.filename: each for each in archive.infolist() if not each.is_dir()}
    _require_once(archive)
    if wanted in files:
        return Members(read=[files[wanted]], passed_over=())
    matching = sorted(name for name in files if wanted is None or fnmatchcase(name, wanted))
    own = set() if is_system_member(wanted or "") else set(filter(is_system_member, matching))
    passed_over = [name for name in matching if name in own]
    read = [files[name] for name in matching if name not in own]
    if not read:
        raise Unreadable(_nothing(files, wanted, passed_over))
    return Members(read=read, passed_over=passed_over)


def _require_once(archive: ZipFile) -> None:
    named = Counter(archive.namelist())
    twice = [name for name, times in named.items() if times > 1 and not is_system_member(name)]
    if twice:
        raise Unreadable(f"its zip has two members {twice[0]!r}; rename one of them")


def _nothing(files: Iterable[str], wanted: str | None, passed_over: Sequence[str]) -> str:
    """Why nothing is read, and what there is."""
    if wanted is None:
        system = ", ".join(passed_over)[:300]
        return f"its zip has nothing but system files ({system})" if passed_over else "its zip is empty"
    there = ", ".join(sorted(name for name in files if not is_system_member(name)))[:300] or "nothing"
    return f"its zip has no member {wanted!r} (it has: {there})"


def unzipped(archive: ZipFile, member: ZipInfo) -> Iterator[bytes]:
    """The content of one member of an archive, block by block.

    :raises Unreadable: when it is encrypted, packed in a way that is not read, or broken.
    """
    if member.flag_bits & ENCRYPTED:
        raise Unreadable("it is encrypted; unpack it, and name the file itself")
    if member.compress_type not in METHODS:
        raise Unreadable(f"it is packed with method {member.compress_type} of zip; pack it with deflate")
    try:
        with archive.open(member) as unpacked:
            while block := unpacked.read(BLOCK):
                yield block
    except (BadZipFile, EOFError, zlib.error) as error:
        raise Unreadable(f"its zip is broken, or was cut ({error}); pack it again") from error
    except OSError as error:
        raise SourceUnavailable(f"its zip cannot be read: {error.strerror}") from error


class _Sparing:
    """A file that gives no more at once than a list of members may take."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.seek, self.tell, self.seekable = file.seek, file.tell, file.seekable

    def read(self, size: int = -1) -> bytes:
        most = LONGEST_LIST + 1 if size < 0 else min(size, LONGEST_LIST + 1)
        found = self._file.read(most)
        if len(found) > LONGEST_LIST:
            raise BadZipFile("its list of members is too long")
        return found
