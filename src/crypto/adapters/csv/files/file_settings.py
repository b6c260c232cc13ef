"""What is declared of each file: by the first block whose path it matches, else generally."""

import hashlib
import re
from collections.abc import Sequence

import msgspec

from crypto.adapters.csv.files.blocks import FileBlock
from crypto.adapters.csv.files.missing_coin_ids import MissingCoinIds
from crypto.adapters.csv.files.numbered_block import NumberedBlock
from crypto.adapters.csv.input.listing import Listed, belongs, listed
from crypto.adapters.csv.input.open_file import public
from crypto.adapters.csv.layout.format_options import FormatOptions
from crypto.adapters.csv.read.header import Header
from crypto.adapters.csv.unreadable import SETTING, Unreadable

_SETTING = re.compile(rf"{SETTING}([A-Z_]+)=")


class FileSettings:
    """What is declared generally, of the files of `paths`, and by blocks, each of its own files."""

    def __init__(self, general: FormatOptions, *, paths: Sequence[str], blocks: Sequence[FileBlock]) -> None:
        self._general = general
        self._paths = paths
        self._blocks = [NumberedBlock(number, each, general) for number, each in enumerate(blocks, start=1)]
        self._found: dict[str, NumberedBlock | None] = {}

    def block_of(self, name: str) -> NumberedBlock | None:
        """The first block that is of a table of this name."""
        if name not in self._found:
            self._found[name] = next((each for each in self._blocks if each.readings(name)), None)
        return self._found[name]

    def of(self, name: str) -> FormatOptions:
        """What is declared of a table of this name.

        :raises Lacking: when its block does not say enough of it.
        :raises Unreadable: when its name can be read in several ways, or in none.
        """
        block = self.block_of(name)
        if block:
            return block.declared(name)
        if self._blocks and not belongs(name, self._paths):
            raise Unreadable(
                "its name is not what the path says that it was found by: * and {symbol} stand for no /, "
                "** for folders; write the folder into the path of its [[source.csv.file]]"
            )
        return self._general

    def listed(self, path: str) -> Listed:
        """The paths that this one stands for now, be it of PATHS or of a block.

        :raises Unreadable: when there are none, or too many.
        """
        block = next((each for each in self._blocks if each.block.path == path), None)
        return Listed(paths=block.listed()) if block else listed(path)

    def declared_by(self, name: str) -> str | None:
        """The block that declares a table of this name, in words; None when it is declared generally."""
        block = self.block_of(name)
        return f"{block.called}: {public(block.block.path)}" if block else None

    def check_coin(self, name: str, header: Header) -> None:
        """See that a file with this header says nothing else of its coin than its block.

        :raises Unreadable: when it does.
        """
        if block := self.block_of(name):
            block.check_coin(header)

    def explained(self, name: str, error: Exception) -> Exception:
        """Why a table cannot be read; for one of a block, where to set what would help."""
        block, names = self.block_of(name), _SETTING.findall(str(error))
        if block is None or not names or isinstance(error, MissingCoinIds):
            return error
        there = ", ".join(dict.fromkeys(each.lower() for each in names))
        return type(error)(f"{error}; for this file {block.called} takes it, as {there} = ...")

    @property
    def fingerprint(self) -> str:
        """Tells what is declared of all files from anything else."""
        if not self._blocks:
            return self._general.fingerprint
        said = [self._general.fingerprint, *(each.block for each in self._blocks)]
        return hashlib.sha256(msgspec.json.encode(said, order="sorted")).hexdigest()[:16]
