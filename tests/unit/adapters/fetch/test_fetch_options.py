"""Settings of the REST sources: what they default to and what they refuse."""

from typing import Any

import msgspec
import pytest

from crypto.adapters.sources import coingecko, coinpaprika


def options(source: Any, **given: Any) -> Any:
    return msgspec.convert(given, source.Options, strict=False)


def test_coinpaprika_is_free_by_default() -> None:
    made = options(coinpaprika)
    assert (made.base_url, made.plan, made.interval) == ("https://api.coinpaprika.com/v1", "free", 300)
    assert (made.pause, made.retries, made.timeout, made.per_month) == (0.5, 6, 30, 20_000)


def test_a_coinpaprika_key_means_the_paid_host() -> None:
    made = options(coinpaprika, api_key="secret")
    assert (made.base_url, made.plan, made.per_month) == ("https://api-pro.coinpaprika.com/v1", "pro", None)


@pytest.mark.parametrize(
    ("given", "plan", "host", "per_minute", "per_month"),
    [
        ({}, "keyless", "api.coingecko.com", 10, None),
        ({"api_key": "secret"}, "demo", "api.coingecko.com", 25, 10_000),
        ({"api_key": "secret", "plan": "pro"}, "pro", "pro-api.coingecko.com", 25, None),
        ({"api_key": "", "per_minute": "7"}, "keyless", "api.coingecko.com", 7, None),
    ],
)
def test_coingecko_follows_key_and_plan(
    given: dict[str, Any], plan: str, host: str, per_minute: int, per_month: int | None
) -> None:
    made = options(coingecko, **given)
    assert (made.plan, made.base_url) == (plan, f"https://{host}/api/v3")
    assert (made.per_minute, made.per_month, made.pages, made.interval) == (per_minute, per_month, 4, 1200)


def test_an_address_that_was_set_is_kept_without_its_trailing_slash() -> None:
    made = options(coingecko, base_url="http://127.0.0.1:8080/api/v3/", api_key="secret", plan="pro")
    assert made.base_url == "http://127.0.0.1:8080/api/v3"


@pytest.mark.parametrize("source", [coinpaprika, coingecko])
@pytest.mark.parametrize(
    "given",
    [
        {"base_url": "ftp://host/path"},
        {"base_url": "https://user:pass@host/path"},
        {"base_url": "https://host/path?key=secret"},
        {"base_url": "https://"},
        {"base_url": "http://[::1"},
        {"base_url": "http://host:99999/"},
        {"base_url": "http://host:0/"},
        {"plan": "gold"},
        {"plan": "pro"},
        {"pause": -1},
        {"interval": 0},
        {"interval": "inf"},
        {"pause": "nan"},
        {"retries": -1},
        {"timeout": 0},
        {"per_minute": 0},
        {"api_key": "two words"},
        {"api_key": "line\nbreak"},
        {"api_key": "break at the end\n"},
        {"api_key": "schlüssel"},
        {"pauses": 1},
    ],
)
def test_nonsense_is_refused(source: Any, given: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError) as refusal:
        options(source, **given)
    assert "secret" not in str(refusal.value)


def test_a_keyless_plan_takes_no_key() -> None:
    with pytest.raises(msgspec.ValidationError, match="keyless takes no api_key"):
        options(coingecko, plan="keyless", api_key="secret")


@pytest.mark.parametrize("source", [coinpaprika, coingecko])
def test_a_key_is_not_shown(source: Any) -> None:
    made = options(source, api_key="secret")
    assert "secret" not in f"{made!r} {made} {[made]}"


def test_of_coingecko_s_two_hosts_the_plan_decides() -> None:
    demo = options(coingecko, api_key="k", plan="demo", base_url="https://pro-api.coingecko.com/api/v3")
    pro = options(coingecko, api_key="k", plan="pro", base_url="https://api.coingecko.com/api/v3")
    own = options(coingecko, api_key="k", plan="demo", base_url="https://proxy.example/pro-api/v3")
    assert (demo.base_url, pro.base_url) == (coingecko.PUBLIC_URL, coingecko.PRO_URL)
    assert own.base_url == "https://proxy.example/pro-api/v3"


@pytest.mark.parametrize("coin_id", ["", "a,b", "a\x00b", "\ud800", "i" * 4000])
def test_an_id_that_cannot_be_asked_for_is_refused(coin_id: str) -> None:
    with pytest.raises(ValueError, match=r"coins has .* not an id that can be asked for"):
        coingecko.Options(coins=("bitcoin", coin_id))


def test_a_coin_to_follow_is_named_once() -> None:
    assert coingecko.Options(coins=("bitcoin", "dps-doubloon ", "bitcoin")).coins == ("bitcoin", "dps-doubloon ")
