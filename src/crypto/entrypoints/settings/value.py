"""Read one setting's value, or say in a few words what it takes."""

import math
import re
from collections.abc import Mapping
from pathlib import Path

import msgspec
from msgspec import inspect

SHOWN_CHARACTERS = 60

URL_PASSWORD = re.compile(r"://[^/\s]*@")
URL_QUERY = re.compile(r"(://[^\s?]*\?)[^\s']+")

LISTS = (inspect.VarTupleType, inspect.ListType, inspect.SetType, inspect.FrozenSetType)

WORDS: Mapping[type[inspect.Type], str] = {
    inspect.BoolType: "true or false",
    inspect.StrType: "a text",
    inspect.DateTimeType: "a time with its zone, such as 2026-11-02T12:00:00Z",
    inspect.DateType: "a date, such as 2026-11-02",
    inspect.TimeDeltaType: "a number of seconds",
    inspect.DecimalType: "a number",
}


def read_value(given: object, kind: inspect.Type, python_type: object) -> object:
    """The value as the setting's type wants it; text from the environment may list things with commas.

    :raises msgspec.ValidationError: when it is not of that kind.
    """
    plain = _from_text(given.strip(), core(kind)) if isinstance(given, str) else given
    value: object = msgspec.convert(plain, python_type, strict=False, dec_hook=_path)
    if isinstance(value, float) and not math.isfinite(value):
        raise msgspec.ValidationError("not a finite number")
    return value


def takes(kind: inspect.Type) -> str:
    """What a setting takes, in words: `a whole number from 1 to 65535`."""
    said = _description(kind)
    kind = core(kind)
    if said:
        return said
    if isinstance(kind, inspect.LiteralType):
        return "one of " + ", ".join(str(each) for each in kind.values)
    if isinstance(kind, inspect.EnumType):
        return "one of " + ", ".join(str(each.value) for each in kind.cls)
    if isinstance(kind, inspect.IntType | inspect.FloatType):
        return _number(kind)
    if isinstance(kind, LISTS):
        return "a list with commas between"
    if isinstance(kind, inspect.DictType):
        return "pairs such as a=b,c=d"
    return WORDS.get(type(kind), "a path" if _is_path(kind) else "another kind of value")


def shown(given: object) -> str:
    """A value as an error message shows it: one line, not too long, without a URL's password and query."""
    text = repr(given) if isinstance(given, str) and given.isprintable() else ascii(given)
    text = URL_QUERY.sub(r"\1***", URL_PASSWORD.sub("://***@", text))
    return text if len(text) <= SHOWN_CHARACTERS else text[:SHOWN_CHARACTERS] + "..."


def _from_text(text: str, kind: inspect.Type) -> object:
    if isinstance(kind, LISTS):
        return [part.strip() for part in text.split(",") if part.strip()]
    if isinstance(kind, inspect.DictType):
        return _pairs(text)
    if isinstance(kind, inspect.LiteralType):
        return next((each for each in kind.values if str(each).lower() == text.lower()), text)
    return text


def _pairs(text: str) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for part in filter(None, (each.strip() for each in text.split(","))):
        name, sign, value = part.partition("=")
        if not sign or not name.strip():
            raise msgspec.ValidationError("not a pair")
        pairs[name.strip()] = value.strip()
    return pairs


def core(kind: inspect.Type) -> inspect.Type:
    """The type without its description and without `or None`."""
    if isinstance(kind, inspect.Metadata):
        return core(kind.type)
    if isinstance(kind, inspect.UnionType):
        kinds = [each for each in kind.types if not isinstance(each, inspect.NoneType)]
        return core(kinds[0]) if len(kinds) == 1 else kind
    return kind


def _description(kind: inspect.Type) -> str | None:
    if isinstance(kind, inspect.UnionType):
        return next((said for each in kind.types if (said := _description(each))), None)
    if isinstance(kind, inspect.Metadata):
        said = (kind.extra_json_schema or {}).get("description")
        return str(said) if said else _description(kind.type)
    return None


def _number(kind: inspect.IntType | inspect.FloatType) -> str:
    noun = "a whole number" if isinstance(kind, inspect.IntType) else "a number"
    bounds = (("from", kind.ge), ("above", kind.gt), ("to", kind.le), ("below", kind.lt))
    return " ".join([noun, *(f"{word} {bound:.10g}" for word, bound in bounds if bound is not None)])


def _is_path(kind: inspect.Type) -> bool:
    return isinstance(kind, inspect.CustomType) and kind.cls is Path


def _path(wanted: type, given: object) -> object:
    if wanted is not Path or not isinstance(given, str) or not given or "\0" in given:
        raise msgspec.ValidationError("not a path")
    try:
        return Path(given).expanduser()
    except RuntimeError as error:  # ~nosuchuser
        raise msgspec.ValidationError("not a path") from error
