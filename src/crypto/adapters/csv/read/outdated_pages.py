"""Stored pages of files that were read anew, as they are declared now: to be kept so, too."""

from collections.abc import Callable, Collection, Mapping

from crypto.adapters.csv.layout.format_options import FormatOptions
from crypto.adapters.csv.read.redeclaration import is_replaced, redeclared, replaced, settings_of, was_under
from crypto.adapters.csv.unreadable import Unreadable
from crypto.domain.page import Cursor, RawPage
from crypto.domain.parts import part_of


class OutdatedPages:
    """The stored pages that were read under `former` settings, by the names of their files.

    Their files are read under the `present` ones now, which are what is `declared` and what their rows settle.
    """

    def __init__(
        self,
        former: Mapping[str, Collection[str]],
        *,
        present: Mapping[str, str],
        declared: Callable[[str], FormatOptions],
        cursor_after: Cursor,
    ) -> None:
        self._former = former
        self._present = present
        self._declared = declared
        self.cursor_after = cursor_after

    @property
    def parts(self) -> Collection[str]:
        """The names of the files whose pages are outdated."""
        return self._former.keys()

    def now(self, page: RawPage) -> RawPage | None:
        """An outdated page as it is to be kept under the present settings.

        It says nothing any more where it cannot be read as is declared now, or where it is declared as before, and
        the file settles something else since it grew. None for one that is kept so already, and for a page of the
        same name that was declared otherwise: the file had another content then.
        """
        name = part_of(page) or ""
        if is_replaced(page) or not was_under(page, self._former.get(name, ())):
            return None
        try:
            now = redeclared(page, self._declared(name))
        except Unreadable:
            return replaced(page)
        if now is not page:
            return now
        settings = settings_of(page)
        is_outdated = settings in self._former[name] and settings != self._present.get(name)
        return replaced(page) if is_outdated else None
