"""Collect what was set, where, under which name: the environment and crypto.toml."""

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TypeAlias

from msgspec import Struct

from crypto.application.setting_names import BETWEEN, PREFIX
from crypto.entrypoints.settings.model import BadSetting

NOT_OURS = PREFIX + "TEST_"
"""Names the test suite uses for itself."""

FILE = "crypto.toml"

Name: TypeAlias = tuple[str, ...]
"""`("port",)` or `("source", "coingecko", "api_key")`."""


class RawSettings(Struct, frozen=True):
    """The raw value of a setting as it was found, and what the person who set it calls it."""

    value: object
    called: str


def collect(environment: Mapping[str, str], directory: Path) -> dict[Name, RawSettings]:
    """Every setting that was given; the environment wins. An empty text in the environment counts as not set.

    :raises BadSetting: when crypto.toml cannot be read.
    """
    return {**dict(_from_toml(_read(directory / FILE), ())), **from_environment(environment)}


def from_environment(environment: Mapping[str, str]) -> dict[Name, RawSettings]:
    """The raw settings that the environment has, by name."""
    return dict(_named(environment))


def from_options(said: Mapping[str, str | None]) -> dict[Name, RawSettings]:
    """What was said on the command line, by the setting's name; None: nothing."""
    return {(name,): RawSettings(value, f"--{name}") for name, value in said.items() if value is not None}


def _named(environment: Mapping[str, str]) -> Iterator[tuple[Name, RawSettings]]:
    for name, value in environment.items():
        if name.startswith(PREFIX) and not name.startswith(NOT_OURS) and value.strip():
            parts = name.removeprefix(PREFIX).lower().split(BETWEEN, 2)
            yield tuple(parts), RawSettings(value, name if name.isprintable() else ascii(name))


def _from_toml(table: Mapping[str, object], above: Name) -> Iterator[tuple[Name, RawSettings]]:
    """Tables nest as far as [source.<name>]; deeper ones are values."""
    for key, value in table.items():
        name = (*above, key)
        if isinstance(value, dict) and name[0] == "source" and len(name) <= 2:
            yield from _from_toml(value, name)
        else:
            yield name, RawSettings(value, f"{'.'.join(name)!r} in {FILE}")


def _read(path: Path) -> Mapping[str, object]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeError, RecursionError) as error:
        where = " ".join(str(error).split()) if isinstance(error, tomllib.TOMLDecodeError) else "not UTF-8 text"
        raise BadSetting(f"{FILE} is not TOML: {where}") from error
    except OSError as error:
        raise BadSetting(f"{FILE} cannot be read: {error.strerror}") from error
