"""Look at the files that paths stand for, as an ingest would find them, and read no row."""

from crypto.adapters.files.address import is_address
from crypto.adapters.files.listing import listed
from crypto.adapters.files.local import open_file, split_member
from crypto.adapters.files.opening import public
from crypto.adapters.files.standard_input import STANDARD_INPUT
from crypto.adapters.files.zipped import is_zip, members, open_zip
from crypto.adapters.tabular.unreadable import Unreadable
from crypto.application.errors import SourceUnavailable
from crypto.application.ports import PathFacts


class LocalFiles:
    """Looks at this machine's files only."""

    def look(self, path: str) -> PathFacts:
        """What the path stands for now."""
        if is_address(path) or path == STANDARD_INPUT:
            return PathFacts(name=public(path), files=None)
        try:
            files = listed(path)
        except Unreadable as error:
            return PathFacts(name=path, files=0, obstacles=(f"{path}: {error}",))
        obstacles = tuple(f"{file}: {why}" for file in files if (why := _obstacle(file)))
        return PathFacts(name=path, files=len(files) - len(obstacles), obstacles=obstacles)


def _obstacle(path: str) -> str | None:
    """Why it cannot be read; None when it can."""
    place, member = split_member(path)
    try:
        with open_file(place) as file:
            if member and not is_zip(file):
                return "it is no zip file, so it has no members"
            if member:
                with open_zip(file) as archive:
                    members(archive, member)
    except (Unreadable, SourceUnavailable) as error:
        return str(error)
    return None
