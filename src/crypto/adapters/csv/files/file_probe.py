"""Look at the files that paths stand for, as an ingest would find them, and read no row."""

from crypto.adapters.csv.files.file_settings import FileSettings
from crypto.adapters.csv.files.missing_coin_ids import together
from crypto.adapters.csv.input.address import is_address
from crypto.adapters.csv.input.local import open_file, split_member
from crypto.adapters.csv.input.open_file import public
from crypto.adapters.csv.input.standard_input import STANDARD_INPUT
from crypto.adapters.csv.input.zipped import is_zip, members, open_zip
from crypto.adapters.csv.unreadable import Unreadable
from crypto.application.errors import SourceUnavailable
from crypto.application.ports import PathFacts


class LocalFiles:
    """Looks at this machine's files only; `settings` say which files a path stands for."""

    def __init__(self, settings: FileSettings) -> None:
        self._settings = settings

    def look(self, path: str) -> PathFacts:
        """How many files the path stands for now, and what keeps some of them from being read."""
        if is_address(path) or path == STANDARD_INPUT:
            return PathFacts(name=public(path), files=None)
        try:
            files = self._settings.listed(path).paths
        except Unreadable as error:
            return PathFacts(name=path, files=0, obstacles=(f"{path}: {error}",))
        problems = [(file, why) for file in files if (why := self._obstacle(file))]
        return PathFacts(name=path, files=len(files) - len(problems), obstacles=tuple(together(problems)))

    def _obstacle(self, path: str) -> Exception | None:
        """Why it cannot be read; None when it can."""
        try:
            _open(path)
            if "*" not in path:
                self._settings.of(path)
        except (Unreadable, SourceUnavailable) as error:
            return error
        return None


def _open(path: str) -> None:
    """See that it is there, and has the member.

    :raises Unreadable: when it cannot be read.
    :raises SourceUnavailable: when not just now.
    """
    place, member = split_member(path)
    with open_file(place) as file:
        if member and not is_zip(file):
            raise Unreadable("it is not a zip file, so it has no members")
        if member:
            with open_zip(file) as archive:
                members(archive, member)
