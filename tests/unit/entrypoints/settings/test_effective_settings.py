"""Settings as a doctor sees them: all that is wrong at once, the rest in effect, and no secret."""

from pathlib import Path

import pytest

from crypto.entrypoints.settings.effective import EffectiveSettings, effective_settings

NOWHERE = Path("/nonexistent")


def in_folder(folder: Path | None = None, /, **environment: str) -> EffectiveSettings:
    return effective_settings(environment=environment, directory=folder or NOWHERE)


def in_effect(found: EffectiveSettings) -> dict[str, tuple[str | None, str]]:
    return {each.setting: (each.value, each.origin) for each in found.in_effect}


def test_each_setting_says_where_it_came_from(tmp_path: Path) -> None:
    (tmp_path / "crypto.toml").write_text('port = 9000\nhost = "::1"\n[source.coingecko]\npages = 2\n')

    found = in_effect(in_folder(tmp_path, CRYPTO_PORT="9001"))

    assert found["CRYPTO_PORT"] == ("9001", "environment")
    assert found["CRYPTO_HOST"] == ("::1", "crypto.toml")
    assert found["CRYPTO_SOURCE__COINGECKO__PAGES"] == ("2", "crypto.toml")
    assert found["CRYPTO_LOG_LEVEL"] == ("info", "default")
    assert found["CRYPTO_SOURCE__COINGECKO__PER_MINUTE"] == ("10", "default")


def test_everything_that_is_wrong_is_told_and_the_rest_is_in_effect() -> None:
    found = in_folder(
        CRYPTO_PORT="http", CRYPTO_PROT="1", CRYPTO_SOURCE__COINGEKO__PAGES="1", CRYPTO_LOG_LEVEL="debug",
        CRYPTO_SOURCE__COINGECKO__PAGES="0",
    )  # fmt: skip

    assert [problem.split(":")[0].split(";")[0] for problem in found.problems] == [
        "CRYPTO_PORT",
        "there is no setting CRYPTO_PROT",
        "CRYPTO_SOURCE__COINGEKO__PAGES",
        "CRYPTO_SOURCE__COINGECKO__PAGES",
    ]
    assert "did you mean CRYPTO_PORT?" in found.problems[1]
    assert (found.settings.port, found.settings.log_level) == (8000, "debug")


@pytest.mark.parametrize("order", [["PLAN", "API_KEY"], ["API_KEY", "PLAN"]])
def test_settings_that_need_each_other_are_right_in_any_order(order: list[str]) -> None:
    values = {"PLAN": "pro", "API_KEY": "CG-canary-k3y"}

    found = in_folder(**{f"CRYPTO_SOURCE__COINGECKO__{name}": values[name] for name in order})

    assert found.problems == ()
    assert in_effect(found)["CRYPTO_SOURCE__COINGECKO__PLAN"] == ("pro", "environment")


def test_a_settings_file_that_is_broken_leaves_the_environment(tmp_path: Path) -> None:
    (tmp_path / "crypto.toml").write_text("port = \n")

    found = in_folder(tmp_path, CRYPTO_HOST="::1")

    assert len(found.problems) == 1
    assert found.problems[0].startswith("crypto.toml is not TOML")
    assert found.settings.host == "::1"


@pytest.mark.parametrize(
    ("setting", "value", "shown"),
    [
        ("SOURCE__COINGECKO__API_KEY", "CG-canary-k3y", "***"),
        ("DATABASE_URL", "postgresql://me:canary@db/x", "postgresql://me:***@db/x"),
        ("READ_DATABASE_URL", "postgresql://db/x?password=canary", "postgresql://db/x?password=%2A%2A%2A"),
        ("SOURCE__CSV__PATHS", "a.csv,https://me:canary@h/b.csv?t=canary", "a.csv,https://***@h/b.csv?***"),
    ],
)
def test_no_secret_is_shown(setting: str, value: str, shown: str) -> None:
    found = in_folder(**{f"CRYPTO_{setting}": value})

    assert in_effect(found)[f"CRYPTO_{setting}"][0] == shown
    assert "canary" not in str(found.in_effect) + str(found.problems)


def test_secrets_in_wrong_settings_are_secrets_too() -> None:
    found = in_folder(CRYPTO_SOURCE__COINGECKO__API_KEY="canary key", CRYPTO_DATABASE_URL="mysql://me:canary@db/x")

    assert len(found.problems) == 2
    assert {"canary key", "canary"} <= found.secrets
    assert "canary" not in str(found.problems) + str(found.in_effect)
