"""Write settings so that they can be pasted: as lines for a shell, and as a table of crypto.toml."""

import json
import re
import shlex
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal

from msgspec import Struct, structs

from crypto.application.setting_names import setting_name
from crypto.entrypoints.settings.raw import FILE

BLOCKS = f"has blocks, which only {FILE} can say"
"""How the line of a setting ends that the environment cannot hold at all."""


def chosen(options: Struct) -> dict[str, object]:
    """The options that are not what they are by default, by name."""
    fields = structs.fields(type(options))
    values = {field.name: getattr(options, field.name) for field in fields}
    return {field.name: values[field.name] for field in fields if values[field.name] != _default(field)}


def as_environment(source: str, values: Mapping[str, object]) -> list[str]:
    """A line each; one that the environment cannot hold says so."""
    return [_line(setting_name(source, name), value) for name, value in values.items()]


def as_toml(source: str, values: Mapping[str, object]) -> list[str]:
    """The lines of the source's table, and of its blocks."""
    plain = [f"{name} = {_toml(value)}" for name, value in values.items() if not _are_blocks(value)]
    blocks = [line for name, value in values.items() for line in _blocks(f"source.{source}.{name}", value)]
    return [*([f"[source.{source}]", *plain] if plain or not blocks else []), *blocks]


def _blocks(called: str, value: object) -> Iterator[str]:
    for block in value if isinstance(value, tuple) and _are_blocks(value) else ():
        said = chosen(block) if isinstance(block, Struct) else block
        yield from (f"[[{called}]]", *(f"{name} = {_toml(each)}" for name, each in said.items()))


def _are_blocks(value: object) -> bool:
    return isinstance(value, tuple) and bool(value) and all(isinstance(each, Struct | Mapping) for each in value)


def _default(field: structs.FieldInfo) -> object:
    return field.default_factory() if callable(field.default_factory) else field.default


def _line(name: str, value: object) -> str:
    if _are_blocks(value):
        return f"# {name} {BLOCKS}"
    text = _text(value)
    if text is None:
        return f"# {name} holds a comma, which only {FILE} can say"
    return f"export {name}={shlex.quote(text)}"


def _text(value: object) -> str | None:
    """As the environment has it; None for lists whose items it would take apart."""
    if isinstance(value, Mapping):
        return _joined(f"{key}={item}" for key, item in value.items())
    if isinstance(value, tuple | list):
        return _joined(map(str, value))
    return _plain(value)


def _joined(items: Iterable[str]) -> str | None:
    items = tuple(items)
    return None if any("," in item or item != item.strip() for item in items) else ",".join(items)


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return value.isoformat()
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _toml(value: object) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(str(key))} = {_toml(item)}" for key, item in value.items()) + " }"
    if isinstance(value, tuple | list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    if isinstance(value, bool | int | float):
        return _plain(value)
    return json.dumps(_plain(value), ensure_ascii=False).replace("\x7f", "\\u007f")


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name, re.ASCII) else _toml(name)
