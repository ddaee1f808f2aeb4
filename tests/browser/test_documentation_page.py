"""The documentation page in headless Chromium that can reach nothing but this machine."""

import shutil
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, sync_playwright

from live import Live, served
from matchmaking.services.foundation import Foundation
from matchmaking.settings import Settings

pytestmark = [pytest.mark.database, pytest.mark.browser]

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
ALONE = (
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
)


@pytest.fixture
def live(settings: Settings, foundation: Foundation) -> Iterator[Live]:
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    with served(settings, foundation) as running:
        yield running


@pytest.fixture
def page(live: Live) -> Iterator[Page]:  # noqa: ARG001 - skips before a browser is looked for
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=list(ALONE), chromium_sandbox=False
        )
        yield browser.new_page()
        browser.close()


def test_the_page_works_without_any_outside_host(live: Live, page: Page) -> None:
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{live.url}/docs")
    page.wait_for_selector(".opblock", timeout=20_000)
    # The page draws what is far down only when somebody looks for it.
    for path in ("/v1/financing-needs", "/v1/capabilities", "/v1/tracking"):
        page.fill(".operation-filter-input", path)
        page.wait_for_selector(f'.opblock [data-path="{path}"]', timeout=20_000)
    outside = [url for url in asked if urlsplit(url).hostname not in {"127.0.0.1", None, ""}]
    assert not outside
    assert not complaints


def test_a_newcomer_signs_in_and_calls_an_operation_by_hand(live: Live, page: Page) -> None:
    page.goto(f"{live.url}/docs")
    page.wait_for_selector(".opblock", timeout=20_000)
    page.click("button.authorize")
    page.fill(".auth-container input", live.city.mill.token)
    page.click(".auth-container button[type=submit]")
    page.click("button.btn-done")
    page.fill(".operation-filter-input", "/v1/me")
    operation = page.locator(".opblock", has=page.locator('[data-path="/v1/me"]')).first
    operation.click()
    operation.locator("button.execute").click()
    status = operation.locator(".live-responses-table tbody .response-col_status").first
    status.wait_for(timeout=20_000)
    assert "200" in status.inner_text()
