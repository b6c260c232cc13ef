"""What a handler answers, before it is bytes: a body, how long a copy may be kept, what the log says of it."""

from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, TypeAlias

import msgspec
from msgspec import Meta, Raw, Struct

from crypto.entrypoints.http.kit.cache_policies import CACHE_5_SECONDS
from crypto.entrypoints.http.kit.event_stream import EventStream
from crypto.entrypoints.http.kit.pieces import Pieces

JSON = "application/json"

ENCODER = msgspec.json.Encoder(decimal_format="number")
"""Decimals as JSON numbers, digit for digit; never by way of a float."""

Moment: TypeAlias = Annotated[datetime, Meta(tz=True)]
"""An aware time, as bodies have it."""


class Answer(Struct, frozen=True, kw_only=True):
    """A body and how it is sent. For the log: `results` counts list items, `error` says why it is bad news.

    A body that is Raw is sent as it is, and must be JSON. Pieces are sent one after the other, as `media`; where
    they break off the connection is closed before the answer's end, so that a reader notices. None: there are no
    bytes to send. `version` is that of the data it was taken from, if it depends on them alone.
    """

    body: Struct | Raw | EventStream | Pieces | None
    media: str = JSON
    status: HTTPStatus = HTTPStatus.OK
    cache: str = CACHE_5_SECONDS
    headers: Mapping[str, str] = {}
    results: int | None = None
    version: str | None = None
    error: str | None = None
