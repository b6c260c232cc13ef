"""Which of the files that were checked lack only their coin, and tell it by their names."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress

from crypto.adapters.csv.check.file_check import Checked
from crypto.adapters.csv.files.file_settings import FileSettings
from crypto.adapters.csv.files.proposal import Kind, kinds
from crypto.adapters.csv.input.address import is_address
from crypto.adapters.csv.input.open_file import public
from crypto.adapters.csv.unreadable import Unreadable


def kinds_to_declare(
    paths: Sequence[str], checked: Mapping[str, Checked], settings: FileSettings
) -> tuple[list[Kind], list[str]]:
    """The kinds of files of many coins that no block is of, and the paths with other files that none is of."""
    unread = [name for path in paths for name in _unread(path, checked[public(path)], settings)]
    no_coin = any("coin id" in (each.problem or "") for each in checked.values())
    found = [each for each in kinds(unread) if each.sure or no_coin]
    proposed = {name for each in found for name in each.names}
    rest = [path for path in paths if not proposed.issuperset(_without_block(path, settings))]
    return found, rest


def _unread(path: str, checked: Checked, settings: FileSettings) -> list[str]:
    """The files at the path of which no table could be read."""
    read = [f"{table.name}/" for table in checked.tables]
    names = () if is_address(path) else _without_block(path, settings)
    return [name for name in names if not any(table.startswith(f"{name}/") for table in read)]


def _without_block(path: str, settings: FileSettings) -> Iterator[str]:
    """The files at the path that no block is of; the path itself where they cannot be listed."""
    names = [public(path)]
    with suppress(Unreadable):
        names = [public(each) for each in settings.listed(path).paths]
    return (name for name in names if settings.block_of(name) is None)
