"""Settings come from the environment, then crypto.toml, then defaults; a bad one is one line that says so."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Meta, Struct

from crypto.adapters.registry import SOURCES
from crypto.entrypoints.settings import BadSetting, Settings, load_settings

NOWHERE = Path("/nonexistent")


class ExchangeOptions(Struct, frozen=True, kw_only=True):
    """Options of every kind that a source may have."""

    api_key: str | None = None
    base_url: str = "https://example.org"
    pages: Annotated[int, Meta(ge=1, le=20)] = 4
    pause: Annotated[float, Meta(ge=0)] = 0.5
    interval: timedelta = timedelta(minutes=5)
    paths: tuple[str, ...] = ()
    columns: dict[str, str] = {}
    plan: Literal["free", "paid"] = "free"
    verify: bool = True
    folder: Path | None = None

    def __post_init__(self) -> None:
        if self.plan == "paid" and not self.api_key:
            raise ValueError("plan paid needs api_key")


OPTIONS = {"coingecko": ExchangeOptions, "csv": ExchangeOptions}


def settings_of(directory: Path = NOWHERE, /, **environment: str) -> Settings:
    return load_settings(options=OPTIONS, environment=environment, directory=directory)


def test_without_a_choice_the_sources_are_those_that_are_on_by_default() -> None:
    chosen = {"options": OPTIONS, "by_default": ["csv"], "directory": NOWHERE}
    assert load_settings(environment={}, **chosen).sources == ("csv",)  # type: ignore[arg-type]
    assert load_settings(environment={"CRYPTO_SOURCES": "coingecko"}, **chosen).sources == ("coingecko",)  # type: ignore[arg-type]


def options_of(**environment: str) -> ExchangeOptions:
    of_csv = {f"CRYPTO_SOURCE__CSV__{name}": value for name, value in environment.items()}
    options = settings_of(**of_csv).source["csv"]
    assert isinstance(options, ExchangeOptions)
    return options


def complaint(directory: Path = NOWHERE, /, **environment: str) -> str:
    with pytest.raises(BadSetting) as raised:
        settings_of(directory, **environment)
    text = str(raised.value)
    assert len(text.splitlines()) == 1
    return text


def test_without_anything_set_all_sources_are_on_and_the_address_is_local() -> None:
    settings = settings_of()
    assert (settings.host, settings.port, settings.sources) == ("127.0.0.1", 8000, ("coingecko", "csv"))
    assert settings.database_url is None


def test_the_environment_wins_over_the_file_and_the_file_over_the_default(tmp_path: Path) -> None:
    (tmp_path / "crypto.toml").write_text(
        'port = 9000\nlog_level = "debug"\nsources = ["csv"]\n[source.csv]\npages = 7\npaths = ["a,b.csv"]\n'
    )
    settings = settings_of(tmp_path, CRYPTO_PORT="9001")
    assert (settings.port, settings.log_level, settings.sources) == (9001, "debug", ("csv",))
    assert settings.source["csv"] == ExchangeOptions(pages=7, paths=("a,b.csv",))


def test_what_is_said_on_the_command_line_wins_over_the_environment(tmp_path: Path) -> None:
    (tmp_path / "crypto.toml").write_text('host = "192.0.2.1"\n')
    environment = {"CRYPTO_PORT": "no number", "CRYPTO_HOST": "192.0.2.2"}
    settings = load_settings(environment=environment, directory=tmp_path, said={"host": "::1", "port": "9002"})
    assert (settings.host, settings.port) == ("::1", 9002)
    unsaid = load_settings(environment={}, directory=tmp_path, said={"host": None, "port": None})
    assert (unsaid.host, unsaid.port) == ("192.0.2.1", 8000)


def test_options_are_read_as_their_source_wants_them() -> None:
    options = options_of(
        API_KEY="k3y", PAGES="9", PAUSE="0.25", INTERVAL="90", PATHS="a.csv, b.csv",
        COLUMNS="price=Last,time=Date", PLAN="PAID", VERIFY="false", FOLDER="/data",
    )  # fmt: skip
    assert options == ExchangeOptions(
        api_key="k3y", pages=9, pause=0.25, interval=timedelta(seconds=90), paths=("a.csv", "b.csv"),
        columns={"price": "Last", "time": "Date"}, plan="paid", verify=False, folder=Path("/data"),
    )  # fmt: skip


def test_an_empty_text_counts_as_not_set() -> None:
    assert settings_of(CRYPTO_PORT="", CRYPTO_DATABASE_URL=" ") == settings_of()


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("CRYPTO_PORT", "http", "CRYPTO_PORT: got 'http', takes a whole number from 1 to 65535"),
        ("CRYPTO_PORT", "0", "CRYPTO_PORT: got '0', takes a whole number from 1 to 65535"),
        ("CRYPTO_PORT", "\udcff", r"CRYPTO_PORT: got '\udcff', takes a whole number from 1 to 65535"),
        ("CRYPTO_LOG_FORMAT", "xml", "CRYPTO_LOG_FORMAT: got 'xml', takes one of json, text"),
        ("CRYPTO_PROT", "1", "there is no setting CRYPTO_PROT; did you mean CRYPTO_PORT?"),
        ("CRYPTO_SOURCES", "coingeko", "there is no source 'coingeko'; did you mean coingecko?"),
        ("CRYPTO_SOURCE__GECKO__PAGES", "1", "there is no source 'gecko'; did you mean coingecko?"),
        ("CRYPTO_SOURCE__CSV__PAGS", "1", "did you mean CRYPTO_SOURCE__CSV__PAGES?"),
        ("CRYPTO_SOURCE__CSV", "1", "CRYPTO_SOURCE__CSV: csv has no such option"),
        ("CRYPTO_SOURCE__CSV__PAGES", "21", "got '21', takes a whole number from 1 to 20"),
        ("CRYPTO_SOURCE__CSV__PAUSE", "nan", "got 'nan', takes a number from 0"),
        ("CRYPTO_SOURCE__CSV__PAUSE", "inf", "got 'inf', takes a number from 0"),
        ("CRYPTO_SOURCE__CSV__COLUMNS", "price", "got 'price', takes pairs such as a=b,c=d"),
        ("CRYPTO_SOURCE__CSV__VERIFY", "perhaps", "got 'perhaps', takes true or false"),
        ("CRYPTO_SOURCE__CSV__INTERVAL", "soon", "got 'soon', takes a number of seconds"),
        ("CRYPTO_SOURCE__CSV__FOLDER", "~nosuchuser/x", "takes a path"),
        ("CRYPTO_SOURCE__CSV__PLAN", "paid", "CRYPTO_SOURCE__CSV__PLAN: plan paid needs api_key"),
        ("CRYPTO_DATABASE_URL", "mysql://h/d", "CRYPTO_DATABASE_URL: a database URL of scheme mysql"),
        ("CRYPTO_DATABASE_URL", "postgresql://a..b/d", "CRYPTO_DATABASE_URL: its host name is none that can"),
        ("CRYPTO_READ_DATABASE_URL", "nonsense", "CRYPTO_READ_DATABASE_URL: that is not a database URL"),
    ],
)
def test_a_bad_setting_is_named_with_what_it_got_and_what_it_takes(name: str, value: str, said: str) -> None:
    assert said in complaint(**{name: value})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"port = ", "crypto.toml is not TOML"),
        (b"\xff\xfe", "crypto.toml is not TOML: not UTF-8 text"),
        (b"port = 'x'", "'port' in crypto.toml: got 'x'"),
        (b"database = 1", "there is no setting 'database' in crypto.toml"),
        (
            b"[source.csv]\npags = 1",
            "'source.csv.pags' in crypto.toml: csv has no such option; did you mean pages?",
        ),
        (b"[source.nosuch]\npages = 1", "there is no source 'nosuch'"),
        (b"source = 1", "there is no setting 'source' in crypto.toml"),
        (b"[port]\nx = 1", "'port' in crypto.toml: got"),
    ],
)
def test_a_bad_file_is_one_line_too(tmp_path: Path, text: bytes, said: str) -> None:
    (tmp_path / "crypto.toml").write_bytes(text)
    assert said in complaint(tmp_path)


def test_a_file_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    (tmp_path / "crypto.toml").mkdir()
    assert complaint(tmp_path).startswith("crypto.toml cannot be read")


@pytest.mark.parametrize(
    "environment",
    [
        {"CRYPTO_SOURCE__CSV__APIKEY": "canary"},
        {"CRYPTO_SOURCE__CSV__API_KEY": "canary", "CRYPTO_SOURCE__CSV__PAGES": "0"},
        {"CRYPTO_DATABASE_URL": "postgresql://u:canary@h:x/d"},
        {"CRYPTO_DATABASE_URL": "postgresql://u:canary@h/d?nosuch=1"},
        {"CRYPTO_DATABASE_URL": "oracle://u:canary@h/d"},
        {"CRYPTO_SOURCE__CSV__PAGES": "https://u:canary@h/"},
    ],
)
def test_a_complaint_never_shows_a_secret(environment: dict[str, str]) -> None:
    assert "canary" not in complaint(**environment)


def test_the_secrets_of_the_settings_are_known() -> None:
    settings = settings_of(
        CRYPTO_DATABASE_URL="postgresql://u:p%40ss@h/d",
        CRYPTO_READ_DATABASE_URL="postgresql://h/d?password=other",
        CRYPTO_SOURCE__CSV__API_KEY="k3y",
    )
    assert settings.secrets == {"p@ss", "p%40ss", "other", "k3y"}


def known_names() -> list[str]:
    of_sources = [
        f"CRYPTO_SOURCE__{source.upper()}__{option.upper()}"
        for source, kind in SOURCES.items()
        for option in kind.options.__struct_fields__
    ]
    return [*(f"CRYPTO_{name.upper()}" for name in Settings.__struct_fields__), *of_sources]


@given(
    name=st.sampled_from(known_names()) | st.text(min_size=1).map("CRYPTO_{}".format),
    value=st.text() | st.sampled_from(["-1", "1e999", "nan", "{}", "\0", "a=b", "//", "http://[", "9" * 5000]),
)
def test_whatever_is_set_gives_settings_or_one_line(name: str, value: str) -> None:
    try:
        load_settings(environment={name: value}, directory=NOWHERE)
    except BadSetting as error:
        assert len(str(error).splitlines()) == 1  # noqa: PT017 - either outcome is right


@given(text=st.binary(max_size=200) | st.text(max_size=200).map(lambda each: f"port = '{each}'".encode()))
def test_whatever_the_file_holds_gives_settings_or_one_line(
    tmp_path_factory: pytest.TempPathFactory, text: bytes
) -> None:
    folder = tmp_path_factory.mktemp("settings")
    (folder / "crypto.toml").write_bytes(text)
    try:
        load_settings(environment={}, directory=folder)
    except BadSetting as error:
        assert len(str(error).splitlines()) == 1  # noqa: PT017 - either outcome is right
