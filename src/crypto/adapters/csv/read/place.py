"""How far each file was read, as a cursor keeps it from one run to the next."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime

import msgspec
from msgspec.structs import replace

from crypto.adapters.csv.read.resume_point import ResumePoint
from crypto.domain.page import Cursor

SAME_VERSION = ("ETag", "Last-Modified")
"""Headers that tell one version of a file from another."""

MAX_FIRST_READ = 1000
"""For how many contents without times the place keeps when they were first read."""

MAX_LEFT = 1000
"""For how many files that are no longer read the place keeps how they were read last."""


class Version(msgspec.Struct, frozen=True, kw_only=True):
    """The headers of a server's file that was read to its end, and under which settings."""

    headers: dict[str, str]
    settings: str


class Place(msgspec.Struct, kw_only=True):
    """How far each file was read, and when the content of those without times was first read here.

    `versions` are those of the files at addresses that were read to their end. `left` is how far files were read
    that are not set now. `former` has, by their names, the settings that files were read under before they were
    read under others: their stored pages are to be declared as the files are now.
    """

    files: dict[str, ResumePoint] = {}
    first_read: dict[str, datetime] = {}
    versions: dict[str, Version] = {}
    left: dict[str, ResumePoint] = {}
    former: dict[str, list[str]] = {}

    @classmethod
    def at(cls, cursor: Cursor) -> "Place":
        """The place a cursor tells of; the start, if it cannot be understood: the same rows change nothing."""
        try:
            return msgspec.convert(dict(cursor), cls)
        except msgspec.ValidationError:
            return cls()

    @property
    def cursor(self) -> Cursor:
        """The place as JSON values, with the files in order: what a checkpoint stores."""
        cursor: dict[str, object] = msgspec.to_builtins(self)
        return cursor

    def keep_only(self, is_read: Callable[[str], bool]) -> None:
        """Set the files aside that are read no more: where a pattern is set, files come and go for ever.

        The others are read anew then, as what one of them said otherwise may have been rejected for its sake.
        """
        gone = {name for name in self.files if not is_read(name)}
        back = {name for name in self.left if is_read(name)}
        for name in back:
            self.files[name] = replace(self.left.pop(name), anew=True)
        if gone:
            self.left |= {name: self.files.pop(name) for name in sorted(gone)}
            self.left = dict(list(self.left.items())[-MAX_LEFT:])
            self.files = {name: replace(mark, anew=True) for name, mark in self.files.items()}
            self.versions = {}
        self.versions = {name: version for name, version in self.versions.items() if is_read(name)}
        known = self.files.keys() | self.left.keys()
        self.former = {name: settings for name, settings in self.former.items() if name in known}

    def read(self, name: str, mark: ResumePoint, *, former: str | None) -> None:
        """A file was read up to this mark; before that its same bytes under the `former` settings, if others."""
        self.files[name] = mark
        if former is not None:
            self._was_read_under(name, former)

    def declare_anew(self, name: str, settings: str) -> None:
        """A stored page of a file is read under these settings from now on: see that it is read anew itself."""
        marks = self.files if name in self.files else self.left
        if mark := marks.get(name):
            marks[name] = replace(mark, settings=settings, anew=True)
            self._was_read_under(name, mark.settings, settings)
            self.versions = {}

    def forget_former(self, names: Collection[str]) -> None:
        """The stored pages of these files are declared as the files are now."""
        self.former = {name: settings for name, settings in self.former.items() if name not in names}

    def _was_read_under(self, name: str, *settings: str) -> None:
        self.former[name] = sorted({*self.former.get(name, ()), *settings})

    def known_version(self, path: str, settings: str) -> Mapping[str, str]:
        """The headers of the version that was read to its end under these settings; none if there is no such."""
        version = self.versions.get(path)
        return version.headers if version and version.settings == settings else {}

    def keep_version(self, path: str, headers: Mapping[str, str], settings: str) -> None:
        """The file at this address was read to its end; where nothing tells its version, it is asked for anew."""
        told = {name: headers[name] for name in SAME_VERSION if name in headers}
        self.versions.pop(path, None)
        if told:
            self.versions[path] = Version(headers=told, settings=settings)

    def first_read_at(self, content: str, now: datetime) -> datetime:
        """When this content was first read: now, if it is new."""
        moment = self.first_read.setdefault(content, now)
        for oldest in sorted(self.first_read, key=self.first_read.__getitem__)[:-MAX_FIRST_READ]:
            del self.first_read[oldest]
        return moment
