"""The tables that a path stands for: one file, the members of a zip, what an address or standard input gives."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import partial
from typing import BinaryIO
from zipfile import ZipFile, ZipInfo

from msgspec import Struct
from msgspec.structs import replace

from crypto.adapters.csv.input.address import is_address, public_name, split_fragment
from crypto.adapters.csv.input.kinds import refuse_other_kinds, refuse_workbook
from crypto.adapters.csv.input.local import open_file, split_member
from crypto.adapters.csv.input.packings import Packing, packing_of
from crypto.adapters.csv.input.spool import MEGABYTE, spooled
from crypto.adapters.csv.input.standard_input import STANDARD_INPUT, read_standard_input
from crypto.adapters.csv.input.table import Table
from crypto.adapters.csv.input.web import WebFiles
from crypto.adapters.csv.input.zipped import is_zip, members, open_zip, unzipped
from crypto.adapters.csv.unreadable import Unreadable
from crypto.application.ports import Clock

KEPT_HEADERS = ("ETag", "Content-Type", "Last-Modified")
"""Not `Date`: pages of a large file are read long after it was sent, and no clock is wrong."""


def public(path: str) -> str:
    """A path as it may be stored and shown; a member of an address's zip is called as its table will be."""
    if not is_address(path):
        return path
    address, member = split_fragment(path)
    return "/".join(filter(None, (public_name(address), member)))


class _Whole(Struct, frozen=True, kw_only=True):
    """An open file, before it is unpacked; `table` says all but how to open it."""

    file: BinaryIO
    table: Table
    member: str | None = None


class Opening:
    """Opens paths; what is unpacked or fetched has at most `max_megabytes`, a fetch `timeout` seconds.

    `passed_over` grows by the system files that archives have.
    """

    def __init__(self, *, clock: Clock, max_megabytes: int, timeout: float, plain_http: bool) -> None:
        self.passed_over: list[str] = []
        self._most = max_megabytes * MEGABYTE
        self._web = WebFiles(clock=clock, timeout=timeout, plain_http=plain_http, most=self._most)

    async def tables(self, path: str, *, known: Mapping[str, str]) -> AsyncGenerator[Table, None]:
        """Each table of a path; each can be opened until the next one is asked for.

        None when an address still has the version whose headers are `known`.

        :raises Unreadable: when the path stands for nothing that can be read.
        :raises SourceRefused: when a server gives the same answer each time.
        :raises SourceUnavailable: when it cannot be had just now.
        """
        async with self._opened(path, known) as whole:
            if whole is None:
                return
            async for table in self._unpacked(whole):
                yield table

    @asynccontextmanager
    async def _opened(self, path: str, known: Mapping[str, str]) -> AsyncIterator[_Whole | None]:
        whole = await self._open(path, known)
        try:
            yield whole
        finally:
            if whole:
                whole.file.close()

    async def _open(self, path: str, known: Mapping[str, str]) -> _Whole | None:
        if is_address(path):
            return await self._fetch(path, known)
        if path == STANDARD_INPUT:
            file = await read_standard_input(most=self._most)
            return _Whole(file=file, table=_table(path, {"path": path}, file))
        place, member = split_member(path)
        file = await asyncio.to_thread(open_file, place)
        return _Whole(file=file, table=_table(place, {"path": place}, file), member=member)

    async def _fetch(self, path: str, known: Mapping[str, str]) -> _Whole | None:
        address, member = split_fragment(path)
        copy = await self._web.copy(address, known=known)
        if copy is None:
            return None
        name = public_name(address)
        headers = {header: copy.headers[header] for header in KEPT_HEADERS if header in copy.headers}
        table = _table(name, {"url": name}, copy.file)
        return _Whole(file=copy.file, table=replace(table, status=copy.status, headers=headers), member=member)

    async def _unpacked(self, whole: _Whole) -> AsyncGenerator[Table, None]:
        file, table = whole.file, whole.table
        if is_zip(file):
            async for member in self._members(whole):
                yield member
            return
        if whole.member:
            raise Unreadable("it is not a zip file, so it has no members")
        if packing := packing_of(file):
            request = {**table.request, "packed": packing.name}
            table = replace(table, request=request, open=partial(self._unpack, file, packing))
        yield table

    async def _members(self, whole: _Whole) -> AsyncGenerator[Table, None]:
        with await asyncio.to_thread(open_zip, whole.file) as archive:
            refuse_workbook(archive.namelist())
            found = members(archive, whole.member)
            self.passed_over += [f"{whole.table.name}/{name}" for name in found.passed_over]
            for member in found.read:
                yield replace(
                    whole.table,
                    name=f"{whole.table.name}/{member.filename}",
                    request={**whole.table.request, "member": member.filename},
                    open=partial(self._unzip, archive, member),
                    beside=[each.filename for each in found.read],
                )

    def _unpack(self, file: BinaryIO, packing: Packing) -> BinaryIO:
        return _packed_once(spooled(packing.unpacked(file), most=self._most), packing.name)

    def _unzip(self, archive: ZipFile, member: ZipInfo) -> BinaryIO:
        return _packed_once(spooled(unzipped(archive, member), most=self._most), "zip")


def _table(name: str, request: Mapping[str, object], file: BinaryIO) -> Table:
    return Table(name=name, request=request, open=partial(_of_text, file))


def _packed_once(file: BinaryIO, outer: str) -> BinaryIO:
    """What came out of an archive is a table, and no further archive; else it is closed."""
    try:
        _refuse_archive(file, outer)
        return _of_text(file)
    except Unreadable:
        file.close()
        raise


def _refuse_archive(file: BinaryIO, outer: str) -> None:
    packing = packing_of(file)
    inner = packing.name if packing else "zip" if is_zip(file) else None
    if inner == "zip":
        with open_zip(file) as archive:
            refuse_workbook(archive.namelist())
    if inner:
        raise Unreadable(f"it is packed twice ({inner} within {outer}); unpack it once, and name what comes out")


def _of_text(file: BinaryIO) -> BinaryIO:
    """A file that may be a table, at its start."""
    refuse_other_kinds(file)
    file.seek(0)
    return file
