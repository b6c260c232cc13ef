"""Turn what was set into settings, or say in one line which of them is wrong and what it takes."""

import os
from collections.abc import Collection, Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import TypeVar, get_type_hints
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct, inspect

from crypto.application.errors import CryptoError
from crypto.application.setting_names import PREFIX, setting_name
from crypto.entrypoints.settings.blocks import block_type, blocks_of, keys_of
from crypto.entrypoints.settings.model import BadSetting, Settings, is_secret
from crypto.entrypoints.settings.raw import Name, RawSettings, collect, from_options
from crypto.entrypoints.settings.value import read_value, shown, takes

Built = TypeVar("Built", bound=Struct)

OptionTypes = Mapping[str, type[Struct]]
"""The options that each source takes, by its name."""


def load_settings(
    *,
    options: OptionTypes | None = None,
    by_default: Collection[str] | None = None,
    environment: Mapping[str, str] | None = None,
    directory: Path | None = None,
    said: Mapping[str, str | None] | None = None,
) -> Settings:
    """The settings of this process; no `sources` given means those that are on `by_default`, None: all.

    `said` are the settings that stand on the command line: they win.

    :raises BadSetting: for a bad value, an unknown setting, source or option.
    """
    if options is None:
        options, by_default = registered()
    given = collect(os.environ if environment is None else environment, directory or Path())
    return settings_of({**given, **from_options(said or {})}, options, by_default)


def settings_of(
    given: Mapping[Name, RawSettings], options: OptionTypes, by_default: Collection[str] | None = None
) -> Settings:
    """The settings of this process from raw ones.

    :raises BadSetting: for the first that is wrong.
    """
    _check_names(given, options)
    own = {name[0]: each for name, each in given.items() if len(name) == 1}
    settings = _build(Settings, own)
    sources = settings.sources or tuple(options if by_default is None else by_default)
    _check_sources(sources, options, own.get("sources"))
    for name in ("database_url", "read_database_url"):
        _check_url(own.get(name))
    return msgspec.structs.replace(
        settings,
        sources=tuple(dict.fromkeys(sources)),
        source={name: _build(kind, _of_source(given, name)) for name, kind in options.items()},
    )


def registered() -> tuple[OptionTypes, Collection[str]]:
    """What each source of the registry takes, and which of them are on by default."""
    from crypto.adapters.registry import SOURCES

    by_default = [name for name, kind in SOURCES.items() if kind.on_by_default]
    return {name: kind.options for name, kind in SOURCES.items()}, by_default


def _of_source(given: Mapping[Name, RawSettings], source: str) -> dict[str, RawSettings]:
    return {name[2]: each for name, each in given.items() if name[:2] == ("source", source)}


def _build(kind: type[Built], given: Mapping[str, RawSettings], *, called: str | None = None) -> Built:
    fields = {each.name: each for each in _fields(kind)}
    hints = get_type_hints(kind, include_extras=True)
    values = {name: _value(each, fields[name].type, hints[name], name) for name, each in given.items()}
    try:
        return kind(**values)
    except (ValueError, TypeError, CryptoError) as error:
        said = " ".join(str(error).split())
        raise BadSetting(f"{called}: {said}" if called else _complaint(said, given)) from error


def _complaint(said: str, given: Mapping[str, RawSettings]) -> str:
    """What is wrong, after what it is called; where it begins with a setting and a comma, it is a part of that."""
    whole, comma, rest = said.partition(", ")
    if comma and whole in given:
        return f"{given[whole].called}, {rest}"
    named = [each.called for name, each in given.items() if name in said or repr(each.value) in said]
    return f"{', '.join(named or [each.called for each in given.values()])}: {said}"


def _value(given: RawSettings, kind: inspect.Type, hint: object, name: str) -> object:
    if block := block_type(kind):
        return tuple(_block(each, block) for each in blocks_of(given))
    try:
        return read_value(given.value, kind, hint)
    except (msgspec.ValidationError, UnicodeEncodeError) as error:  # the environment may hold any bytes
        got = "a value that is not shown" if is_secret(name) else shown(given.value)
        raise BadSetting(f"{given.called}: got {got}, takes {takes(kind)}") from error


def _block(given: RawSettings, kind: type[Built]) -> Built:
    keys = keys_of(given)
    known = {field.name for field in _fields(kind)}
    for key, each in keys.items():
        _check_known(each, key, known, f"{given.called}: there is no {shown(key)}")
    return _build(kind, keys, called=given.called)


def _check_names(given: Mapping[Name, RawSettings], options: OptionTypes) -> None:
    top = {each.name for each in _fields(Settings)} - {"source"}
    for name, each in given.items():
        if name[0] != "source" or len(name) == 1:
            _check_known(each, ".".join(name), top, f"there is no setting {each.called}", PREFIX)
            continue
        _check_known(each, name[1], options, f"{each.called}: there is no source {shown(name[1])}")
        known = {field.name for field in _fields(options[name[1]])}
        prefix = setting_name(name[1])
        _check_known(each, ".".join(name[2:]), known, f"{each.called}: {name[1]} has no such option", prefix)


def _check_known(given: RawSettings, name: str, known: Iterable[str], complaint: str, prefix: str = "") -> None:
    if name in known:
        return
    in_environment = given.called.startswith(PREFIX)
    words = [prefix + each.upper() for each in known] if prefix and in_environment else known
    raise BadSetting(f"{complaint}; {did_you_mean(given.called if in_environment and prefix else name, words)}")


def _check_sources(sources: Iterable[str], options: OptionTypes, given: RawSettings | None) -> None:
    for name in sources:
        if given and name not in options:
            raise BadSetting(f"{given.called}: there is no source {shown(name)}; {did_you_mean(name, options)}")


def _check_url(given: RawSettings | None) -> None:
    if given is None:
        return
    from crypto.adapters.postgres.connection.url import database_url

    try:
        host = urlsplit(database_url(str(given.value))).hostname or ""
        host.replace(",", ".").encode("idna")
    except UnicodeError as error:
        raise BadSetting(f"{given.called}: its host name is none that can be looked up") from error
    except ValueError as error:
        raise BadSetting(f"{given.called}: {error}") from error


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """What to write instead of a name that is not known."""
    known = sorted(known)
    close = get_close_matches(name, known, n=1)
    return f"did you mean {close[0]}?" if close else "there are " + ", ".join(known)


def _fields(kind: type[Struct]) -> tuple[inspect.Field, ...]:
    described = inspect.type_info(kind)
    assert isinstance(described, inspect.StructType)  # noqa: S101 - narrows the type for the checkers
    return described.fields
