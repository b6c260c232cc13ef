"""Every setting as it is in effect and where it came from; also when some of them are wrong."""

import os
import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path

from msgspec import Struct
from msgspec.structs import fields

from crypto.application.setting_names import PREFIX, environment_name
from crypto.entrypoints.settings.export import chosen
from crypto.entrypoints.settings.load import OptionTypes, registered, settings_of
from crypto.entrypoints.settings.model import BadSetting, Settings, is_secret, secrets_in
from crypto.entrypoints.settings.raw import FILE, Name, RawSettings, collect, from_environment

HIDDEN = "***"
ENVIRONMENT, DEFAULT = "environment", "default"

ACCOUNT, QUERY = re.compile(r"://[^/\s]*@"), re.compile(r"\?\S+")
"""What may hold a secret in an address."""


class SettingInEffect(Struct, frozen=True, kw_only=True):
    """A setting by its name in the environment; its value as it may be shown, and where that came from."""

    setting: str
    value: str | None
    origin: str


class EffectiveSettings(Struct, frozen=True, kw_only=True):
    """The settings without the wrong ones, of which `problems` says why, a line each.

    `secrets` are the texts that may never be shown, those in wrong settings too.
    """

    settings: Settings
    problems: tuple[str, ...]
    in_effect: tuple[SettingInEffect, ...]
    secrets: frozenset[str]


def effective_settings(
    *,
    options: OptionTypes | None = None,
    environment: Mapping[str, str] | None = None,
    directory: Path | None = None,
) -> EffectiveSettings:
    """The settings of this process as they are in effect; never raises for one that is wrong."""
    by_default = None
    if options is None:
        options, by_default = registered()
    given, problems = _collected(os.environ if environment is None else environment, directory or Path())
    settings, good, wrong = _without_wrong(given, partial(settings_of, options=options, by_default=by_default))
    return EffectiveSettings(
        settings=settings,
        problems=(*problems, *wrong.values()),
        in_effect=tuple(_in_effect(settings, good)),
        secrets=settings.secrets.union(*(secrets_in(name[-1], each.value) for name, each in given.items())),
    )


def _collected(environment: Mapping[str, str], directory: Path) -> tuple[dict[Name, RawSettings], list[str]]:
    try:
        return collect(environment, directory), []
    except BadSetting as error:
        return from_environment(environment), [str(error)]


def _without_wrong(
    given: Mapping[Name, RawSettings], read: Callable[[Mapping[Name, RawSettings]], Settings]
) -> tuple[Settings, dict[Name, RawSettings], dict[Name, str]]:
    """The settings of those that go together, those, and why the others do not: some need others first."""
    good: dict[Name, RawSettings] = {}
    wrong = dict.fromkeys(given, "")
    settings, progress = read(good), True
    while progress:
        progress = False
        for name in list(wrong):
            try:
                settings = read({**good, name: given[name]})
            except BadSetting as error:
                wrong[name] = str(error)
            else:
                good[name], progress = given[name], True
                del wrong[name]
    return settings, good, wrong


def _in_effect(settings: Settings, good: Mapping[Name, RawSettings]) -> Iterator[SettingInEffect]:
    for field in fields(settings):
        if field.name != "source":
            yield _shown((field.name,), getattr(settings, field.name), good)
    for source, options in settings.source.items():
        for field in fields(options):
            yield _shown(("source", source, field.name), getattr(options, field.name), good)


def _shown(name: Name, value: object, good: Mapping[Name, RawSettings]) -> SettingInEffect:
    return SettingInEffect(
        setting=environment_name(*name), value=_text(name[-1], value), origin=_origin(good.get(name))
    )


def _origin(given: RawSettings | None) -> str:
    if given is None:
        return DEFAULT
    return ENVIRONMENT if given.called.startswith(PREFIX) else FILE


def _text(name: str, value: object) -> str | None:
    from crypto.adapters.postgres.connection.url import masked

    if value is None or value == "":
        return None
    if name.endswith("database_url"):
        return masked(str(value))
    if isinstance(value, list | tuple | set | frozenset):
        return ",".join(_text(name, each) or "" for each in value)
    if isinstance(value, Struct):
        return f"[{_text(name, chosen(value))}]"
    if isinstance(value, Mapping):
        return ",".join(f"{key}={_text(name, each)}" for key, each in value.items())
    if is_secret(name):
        return HIDDEN
    return _without_secrets(str(value)) if "://" in str(value) else str(value)


def _without_secrets(address: str) -> str:
    """Who logs in is part of an address that may hold a password, and a query may be a key."""
    return QUERY.sub(f"?{HIDDEN}", ACCOUNT.sub(f"://{HIDDEN}@", address))
