"""The page for people, in a real browser without a network: whole, working, and asking nobody but us."""

import json
import shutil
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.support.http_server import free_port, start, stop

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
OFFLINE = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1"),
)
SECONDS = 60_000
"""In milliseconds, for each thing to appear: machines are shared."""


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    port = free_port()
    process = start(port)
    yield f"http://127.0.0.1:{port}"
    stop(process)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    if CHROMIUM is None:
        pytest.skip("no chromium on this machine (Debian: apt-get install chromium)")
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="playwright is not here (pip install playwright)"
    )
    with playwright.sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=CHROMIUM, args=[*OFFLINE])
        yield chromium
        chromium.close()


def test_every_path_is_shown_and_coins_can_be_tried_without_a_word_to_anyone_else(
    browser: Any, base_url: str
) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 1600})
    page.set_default_timeout(SECONDS)
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: said.append(f"error: {error}"))

    page.goto(f"{base_url}/docs")
    page.wait_for_selector("#operations-Market_data-getCoins")
    document = httpx.get(f"{base_url}/api/v1/openapi.json").json()
    shown = page.eval_on_selector_all(".opblock-get [data-path]", "all => all.map(each => each.dataset.path)")

    page.click("#operations-Market_data-getCoins .opblock-summary-control")
    page.click("#operations-Market_data-getCoins .try-out__btn")
    page.click("#operations-Market_data-getCoins .execute")
    page.wait_for_selector("#operations-Market_data-getCoins .live-responses-table tr.response")
    status = page.inner_text(
        "#operations-Market_data-getCoins .live-responses-table tr.response td.response-col_status"
    )
    answer = page.inner_text("#operations-Market_data-getCoins .live-responses-table .highlight-code code")

    assert sorted(shown) == sorted(document["paths"])
    assert status.split()[0] == "200"
    assert json.loads(answer)["total"] == 250
    assert [url for url in asked if not url.startswith((f"{base_url}/", "data:"))] == []
    assert f"{base_url}/api/v1/coins" in {url.partition("?")[0] for url in asked}
    assert said == []


def test_the_page_is_refused_what_is_not_ours_by_its_own_policy(browser: Any, base_url: str) -> None:
    page = browser.new_page()
    page.set_default_timeout(SECONDS)
    page.goto(f"{base_url}/docs")

    refused = page.evaluate(
        "fetch('http://127.0.0.1:1/').then(() => 'sent', error => error.message)"
        ".then(said => new Promise(done => setTimeout(() => done(said), 0)))"
    )
    added = page.evaluate(
        """new Promise(done => {
            document.addEventListener('securitypolicyviolation', event => done(event.effectiveDirective));
            document.body.append(Object.assign(document.createElement('script'), {textContent: 'window.ran = 1'}));
        })"""
    )

    assert refused == "Failed to fetch"
    assert added == "script-src-elem"
    assert page.evaluate("window.ran") is None
