"""A format whose writer is imported when the first file is written: Arrow takes half a second and 60 MB."""

from importlib import import_module

from msgspec import Struct

from crypto.application.ports import ExportFacts, FileWriter


class Format(Struct, frozen=True, kw_only=True):
    """A format of files; `kind` is its writer's class in `module` of this package."""

    name: str
    media_type: str
    suffixes: tuple[str, ...]
    is_typed: bool
    module: str
    kind: str

    def writer(self, facts: ExportFacts) -> FileWriter:
        """Writes a file of rows of which these facts are known."""
        return LateWriter(self, facts)

    def imported(self, facts: ExportFacts) -> FileWriter:
        """The writer itself. Arrow's own pools keep a third more memory than the system's, for no time won."""
        import pyarrow

        pyarrow.set_memory_pool(pyarrow.system_memory_pool())
        writer: FileWriter = getattr(import_module(f"{__package__}.{self.module}"), self.kind)(facts)
        return writer


class LateWriter:
    """A writer that is imported at its first method, which is asked in a thread: the import delays nobody."""

    def __init__(self, form: Format, facts: ExportFacts) -> None:
        self._form = form
        self._facts = facts
        self._writer: FileWriter | None = None

    def begin(self) -> bytes:
        """What stands before the rows."""
        self._writer = self._form.imported(self._facts)
        return self._writer.begin()

    def rows(self, block: bytes) -> bytes:
        """What is ready of the rows."""
        return self._begun().rows(block)

    def end(self) -> bytes:
        """What stands after the rows."""
        return self._begun().end()

    def broken(self, reason: str) -> bytes:
        """What tells that rows are missing."""
        return self._writer.broken(reason) if self._writer else b""

    def _begun(self) -> FileWriter:
        if self._writer is None:
            raise RuntimeError("a file is begun before its rows are written")
        return self._writer
