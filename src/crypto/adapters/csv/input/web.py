"""A file at a web address, copied here to be read."""

import asyncio
from collections.abc import Mapping
from functools import partial
from typing import BinaryIO

from msgspec import Struct

from crypto.adapters.csv.input.address import check_address, check_redirect
from crypto.adapters.csv.input.gzipped import gunzipped
from crypto.adapters.csv.input.spool import Spool, spooled
from crypto.application.errors import SourceUnavailable
from crypto.application.ports import Clock


class Copy(Struct, frozen=True, kw_only=True):
    """The bytes that came, to be closed by who reads them, and with which status and headers."""

    file: BinaryIO
    status: int
    headers: Mapping[str, str]


class WebFiles:
    """Copies files from the web, each of at most `most` bytes and within `timeout` seconds."""

    def __init__(self, *, clock: Clock, timeout: float, plain_http: bool, most: int) -> None:
        self._clock = clock
        self._timeout = timeout
        self._plain_http = plain_http
        self._most = most

    async def copy(self, address: str, *, known: Mapping[str, str]) -> Copy | None:
        """The file as it is there now; None when it is still the version whose headers are `known`.

        :raises Unreadable: when the address may not be read, or the file is too large.
        :raises SourceRefused: when asking again gives the same answer.
        :raises SourceUnavailable: when it cannot be had just now.
        """
        from crypto.adapters.fetch.download import Downloads  # httpx: 0.1 s that only an address needs

        check_address(address, plain_http=self._plain_http)
        may_follow = partial(check_redirect, address, plain_http=self._plain_http)
        downloads = Downloads(clock=self._clock, timeout=self._timeout, may_follow=may_follow)
        spool = Spool(most=self._most)
        try:
            fetched = await downloads.fetch(address, spool, known=known)
            if fetched is None:
                spool.close()
                return None
            file = await asyncio.to_thread(self._decoded, spool.rewound(), fetched.encoding)
        except BaseException:
            spool.close()
            raise
        return Copy(file=file, status=fetched.status, headers=fetched.headers)

    def _decoded(self, file: BinaryIO, encoding: str) -> BinaryIO:
        """A file's bytes without the content encoding that packed them for the way only."""
        if encoding in {"identity", ""}:
            return file
        if encoding not in {"gzip", "x-gzip"}:
            raise SourceUnavailable("its server packed it in a way that was not asked for")
        with file:
            return spooled(gunzipped(file), most=self._most)
