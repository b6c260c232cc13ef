"""A setting's name is put together in one place, so that no message can name one that there is not."""

import ast
from collections.abc import Iterator
from pathlib import Path

import crypto
from crypto.application.setting_names import environment_name, setting_name

HOME = "application/setting_names.py"
CODE = Path(crypto.__file__).parent


def test_a_setting_of_a_source_names_both() -> None:
    assert setting_name("coingecko", "api_key") == "CRYPTO_SOURCE__COINGECKO__API_KEY"


def test_without_an_option_it_is_how_they_all_begin() -> None:
    assert setting_name("csv") == "CRYPTO_SOURCE__CSV__"


def test_a_setting_of_the_service_is_one_word() -> None:
    assert environment_name("read_database_url") == "CRYPTO_READ_DATABASE_URL"


def texts(code: Path) -> Iterator[str]:
    """The texts of a module, but for those that stand alone: docstrings may show a setting to be pasted."""
    tree = ast.parse(code.read_text(encoding="utf-8"))
    alone = {id(each.value) for each in ast.walk(tree) if isinstance(each, ast.Expr)}
    for each in ast.walk(tree):
        if isinstance(each, ast.Constant) and isinstance(each.value, str) and id(each) not in alone:
            yield each.value


def test_no_other_module_spells_one() -> None:
    spelled = [
        path.relative_to(CODE).as_posix()
        for path in sorted(CODE.rglob("*.py"))
        if path != CODE / HOME and any("SOURCE__" in text for text in texts(path))
    ]

    assert spelled == []
