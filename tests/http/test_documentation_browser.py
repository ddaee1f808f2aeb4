"""`/docs` in a real browser: it must work by hand, without any outside host and under its own policy."""

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, sync_playwright

from tests.http.conftest import Served, serving

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
]


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with serving() as running:
        yield running


@pytest.fixture
def page() -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser.new_page()
        browser.close()


def test_an_operation_is_called_by_hand_with_a_credential(served: Served, page: Page) -> None:
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{served.url}/docs")
    page.wait_for_selector(".opblock")
    page.locator("button.authorize").first.click()
    page.locator(".auth-container input").first.fill("good")
    page.locator(".auth-btn-wrapper .authorize").first.click()
    page.locator(".btn-done").first.click()
    page.reload()
    operation = page.locator(".opblock", has_text="/v1/private")
    operation.locator(".opblock-summary").click()
    operation.locator("textarea.body-param__text").fill('{"name": "by hand", "amount_fen": 1}')
    operation.locator("button.execute").click()
    answer = operation.locator(".live-responses-table")
    answer.wait_for()
    assert '"name": "by hand"' in answer.inner_text()
    assert all(url.startswith((served.url, "data:")) for url in asked)
    assert complaints == []


def test_the_problem_pages_are_drawn_with_their_style(served: Served, page: Page) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(f"{served.url}/problems/not_found")
    assert page.locator("dt code").inner_text() == "not_found"
    assert page.evaluate("getComputedStyle(document.querySelector('dt')).fontWeight") == "600"
    assert complaints == []
