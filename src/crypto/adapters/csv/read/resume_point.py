"""How far a file was read, and the part that was read last."""

from msgspec import Struct


class ResumePoint(Struct, frozen=True, kw_only=True):
    """How far a file was read: up to byte `offset`, the sha256 of all before it, and the number of its line.

    `end` is how the part that was read ends (see Chunk), `settings` says under which it was read last. With `anew`
    it is read from its start all the same: something that it was read beside, or its pages, changed since.
    """

    size: int
    sha256: str
    offset: int
    line: int
    end: str
    settings: str
    anew: bool = False


class FilePart(Struct, frozen=True, kw_only=True):
    """Whole records of a file, byte for byte; `mark` is where the next ones start."""

    body: bytes
    offset: int
    line: int
    mark: ResumePoint
