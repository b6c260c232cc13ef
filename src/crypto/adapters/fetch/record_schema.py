"""What is known of a provider's records, and where one differs: a field that is new, gone, retyped or repeated."""

import json
import re
from collections import Counter
from collections.abc import Hashable, Iterator, Mapping
from typing import Any, TypeAlias

import msgspec
from msgspec import Struct

from crypto.domain.schema_drift import MOST_DRIFTS, FieldType, SchemaDrift

RECORD = "$"
"""The path of the record itself."""


class _NoNumber(str):
    """NaN or an infinity, which JSON does not have."""

    __slots__ = ()


KINDS = {
    _NoNumber: FieldType.NAN,
    int: FieldType.NUMBER,
    float: FieldType.NUMBER,
    str: FieldType.STRING,
    bool: FieldType.BOOLEAN,
    type(None): FieldType.NULL,
    list: FieldType.ARRAY,
}
"""The JSON type of a decoded value; that of any other is an object."""

MOST_FORMS = 200
"""Forms of records remembered within a page; a real one has up to 30."""

MOST_NAMES = 200
"""Names in a form that is remembered; a real record has up to 40."""

_SPACED = re.compile(rb'"[ \t\r\n]+:')
_RECORD = msgspec.json.Decoder()

Found: TypeAlias = tuple[str, FieldType, object]
"""Path, type, and the value there."""


class Field(Struct, frozen=True):
    """The types a field is known to have, and the fields below it where it is an object."""

    types: frozenset[str]
    below: "dict[str, Field]"


class RecordSchema:
    """The fields of a provider's records, and the types each is known to have.

    Given as `{"id": "string", "roi": "null object", "roi.times": "number"}`: one entry a path, its types separated
    by spaces. A field that may be left out has the type `missing`, too.
    """

    def __init__(self, known: Mapping[str, str]) -> None:
        self.fields: dict[str, Field] = {}
        for path, types in sorted(known.items()):
            *above, name = path.split(".")
            fields = self.fields
            for each in above:
                fields = fields[each].below
            fields[name] = Field(frozenset(types.split()), {})


class Watch:
    """Compares the records of one page with a record schema; `found` has each drift where it was seen first.

    Most records of a page have one of a few forms: the same names with the same types, all the way down. Only the
    first of each form is compared.
    """

    def __init__(self, schema: RecordSchema) -> None:
        self._schema = schema
        self._forms: dict[Hashable, int] = {}
        self._found: dict[tuple[str, FieldType], SchemaDrift] = {}

    @property
    def found(self) -> tuple[SchemaDrift, ...]:
        """What differed, in the order in which it was seen."""
        return tuple(self._found.values())

    def see(self, raw: bytes, position: int) -> None:
        """Compare one record, as sent; one that is not JSON is not compared: it is rejected anyway."""
        try:
            record = _RECORD.decode(raw)
        except (msgspec.DecodeError, ValueError):
            self._look_closely(raw, position)
            return
        form = _form(record)
        names = self._forms.get(form)
        if names is None:
            names = self._compare(record, position)
            if len(self._forms) < MOST_FORMS and names <= MOST_NAMES:
                self._forms[form] = names
        if raw.count(b'":') != names or _SPACED.search(raw):
            self._look_closely(raw, position)

    def _compare(self, record: object, position: int) -> int:
        """Note what differs; how many names there are in it."""
        self._note(_differences(record, self._schema), position)
        return _names(record)

    def _look_closely(self, raw: bytes, position: int) -> None:
        """Read it again in a way that passes over what JSON forbids, and that sees names that are there twice."""
        try:
            record = _CLOSELY.decode(raw.decode("utf-8", "surrogateescape"))
        except ValueError:
            return
        self._note(_differences(record, self._schema), position)
        self._note(_repeated(record, ""), position)

    def _note(self, differences: Iterator[Found], position: int) -> None:
        for path, kind, value in differences:
            if (path, kind) not in self._found and len(self._found) < MOST_DRIFTS:
                example = json.dumps(value, ensure_ascii=False)
                self._found[path, kind] = SchemaDrift(path=path, type=kind, position=position, example=example)


def _form(value: Any) -> Hashable:
    """A value's names and types, all the way down but into lists: the same where only values differ."""
    if not isinstance(value, dict):
        return KINDS[type(value)]
    values = value.values()
    below = [_form(each) for each in values if type(each) is dict]
    return (*value, *map(KINDS.get, map(type, values)), *below)


def _names(value: object) -> int:
    if not isinstance(value, dict):
        return 0
    return len(value) + sum(map(_names, value.values()))


def _differences(record: object, schema: RecordSchema) -> Iterator[Found]:
    if isinstance(record, dict):
        yield from _within(record, schema.fields, "")
    else:
        yield RECORD, _kind(record), record


def _within(value: dict[str, Any], known: dict[str, Field], above: str) -> Iterator[Found]:
    for name, each in value.items():
        kind, field = _kind(each), known.get(name)
        if field is None or kind not in field.types:
            yield f"{above}{name}", kind, each
        elif kind is FieldType.OBJECT:
            yield from _within(each, field.below, f"{above}{name}.")
    for name, field in known.items():
        if name not in value and FieldType.MISSING not in field.types:
            yield f"{above}{name}", FieldType.MISSING, value


def _kind(value: object) -> FieldType:
    return KINDS.get(type(value), FieldType.OBJECT)


class _Closely(dict[str, Any]):
    """An object that remembers which of its names were there twice; the last one counts."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        self.repeated: list[str] = []
        if len(pairs) > len(self):
            often = Counter(name for name, _ in pairs)
            self.repeated = [name for name, times in often.items() if times > 1]


def _repeated(value: object, above: str) -> Iterator[Found]:
    if isinstance(value, _Closely):
        for name in value.repeated:
            yield f"{above}{name}", FieldType.REPEATED, value[name]
        for name, each in value.items():
            yield from _repeated(each, f"{above}{name}.")
    elif isinstance(value, list):
        for each in value:
            yield from _repeated(each, above)


_CLOSELY = json.JSONDecoder(strict=False, parse_int=float, parse_constant=_NoNumber, object_pairs_hook=_Closely)
