"""A file that cannot be read as it is and as the settings stand; the message says where and what would help."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from crypto.application.setting_names import setting_name

SETTING = setting_name("csv")
"""How the name of a setting of the CSV source begins."""


class Unreadable(Exception):
    """Reading the file again gives the same answer: the file or a setting must change first.

    `columns` are those that the message proposes to declare, by our field; `parts` the things it is made of.
    """

    def __init__(
        self, message: str, *, columns: Mapping[str, str] | None = None, parts: Sequence["Unreadable"] = ()
    ) -> None:
        super().__init__(message)
        self.columns = columns or {}
        self.parts = tuple(parts) or (self,)


class Questions:
    """What a file leaves open, gathered so that its owner is asked once."""

    def __init__(self) -> None:
        self._open: list[Unreadable] = []

    @contextmanager
    def gather(self) -> Iterator[None]:
        """What the block finds unreadable is kept, and the next question may be asked."""
        try:
            yield
        except Unreadable as error:
            self._open += error.parts

    def ask(self) -> None:
        """Raise one error with all questions that are open, if there are any.

        :raises Unreadable: when there are any.
        """
        if len(self._open) == 1:
            raise self._open[0]
        if self._open:
            raise Unreadable(_together(self._open), parts=self._open)


class Unclear(ValueError):
    """A cell that is not believed for a reason of its own; the message says it, and what would help."""


def setting(name: str, value: str) -> str:
    """How a user writes a setting of the CSV source."""
    return f"{SETTING}{name}={value}"


def _together(questions: Sequence[Unreadable]) -> str:
    asked = "; ".join(f"({number}) {question}" for number, question in enumerate(questions, start=1))
    columns = {field: column for question in questions for field, column in question.columns.items()}
    pairs = ",".join(f"{field}={column}" for field, column in columns.items())
    at_once = f"; all columns in one setting: {setting('COLUMNS', pairs)}" if len(columns) > 1 else ""
    return f"{len(questions)} things are open: {asked}{at_once}"
