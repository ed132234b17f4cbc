"""The demo's page in a real browser: by keyboard, for screen readers, on a phone, and without a request."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import page_views as pages
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, sync_playwright

from bot.page.render import page_html
from bot.page.views import Group

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
REQUIRED = os.environ.get("TEST_BROWSER") == "required"
DESKTOP, PHONE = {"width": 1200, "height": 900}, {"width": 360, "height": 740}

pytestmark = pytest.mark.skipif(
    CHROMIUM is None and not REQUIRED, reason="there is no Chromium on this machine"
)


@pytest.fixture(scope="module")
def demo_page(larkfield_folder: Path) -> Path:
    """The page the demo ends with."""
    return larkfield_folder / "report.html"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    assert CHROMIUM is not None, "TEST_BROWSER=required, and there is no Chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def requests() -> list[str]:
    """Whatever a page asks for beside itself."""
    return []


@pytest.fixture
def browser_page(chromium: Browser, requests: list[str]) -> Iterator[Page]:
    """A tab that can reach files alone, and tells what else was asked for and what went wrong."""

    def refuse(route: Route) -> None:
        requests.append(route.request.url)
        route.abort()

    page = chromium.new_page(viewport=DESKTOP)
    page.route(lambda url: not url.startswith("file:"), refuse)
    page.on("console", lambda message: requests.append(message.text))
    page.on("pageerror", lambda error: requests.append(str(error)))
    yield page
    page.close()
    assert requests == []


def focused(page: Page) -> str:
    """The text of what has the focus."""
    return str(page.evaluate("document.activeElement.textContent")).strip()


def tab_to(page: Page, beginning: str) -> None:
    for _ in range(400):
        page.keyboard.press("Tab")
        if focused(page).startswith(beginning):
            return
    pytest.fail(f"no Tab leads to {beginning}")


def test_a_line_of_a_digest_leads_to_the_raw_event_by_keyboard_alone(
    browser_page: Page, demo_page: Path
) -> None:
    browser_page.goto(demo_page.as_uri())
    tab_to(browser_page, "Digests")
    browser_page.keyboard.press("Enter")
    tab_to(browser_page, "PAY-664")
    browser_page.keyboard.press("Enter")
    finding = browser_page.locator("article:target")
    assert "PAY-664 is held up: flagged since" in finding.inner_text()
    tab_to(browser_page, "Why: values and thresholds")
    browser_page.keyboard.press("Enter")
    assert "blocked" in finding.inner_text()
    tab_to(browser_page, "rules/catalog/flow.yaml")
    browser_page.keyboard.press("Enter")
    assert "- id: flow-blocked-too-long" in finding.locator("mark:visible").inner_text()
    tab_to(browser_page, "The record behind it")
    browser_page.keyboard.press("Enter")
    assert "flagged nothing → yes" in finding.locator(".raw").inner_text()
    assert finding.locator("summary:focus").count() == 1, "the focus never left the finding"


def test_every_anchor_leads_somewhere(browser_page: Page, demo_page: Path) -> None:
    browser_page.goto(demo_page.as_uri())
    lost = """[...document.querySelectorAll('a[href^="#"]')]
        .filter(a => !document.getElementById(a.getAttribute('href').slice(1))).map(a => a.outerHTML)"""
    assert browser_page.evaluate(lost) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_stands_in_the_way_of_anybody(browser_page: Page, demo_page: Path, scheme: str) -> None:
    browser_page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    browser_page.goto(demo_page.as_uri())
    browser_page.evaluate("""
        for (const like of ['article', '.slack', 'tbody tr'])
            [...document.querySelectorAll(like)].slice(2).forEach(more => more.remove())  // alike, and slow
        document.querySelectorAll('details').forEach(d => d.open = true)""")
    results = Axe().run(browser_page)
    assert results.violations_count == 0, results.generate_report()


def test_it_fits_a_phone(browser_page: Page, demo_page: Path) -> None:
    browser_page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    browser_page.goto(demo_page.as_uri())
    browser_page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert browser_page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]


def test_hostile_texts_do_nothing_even_on_a_phone(browser_page: Page, tmp_path: Path) -> None:
    text = "<script>document.title = 'taken'</script><img src=https://evil.example onerror=alert(1)>"
    long = pages.entry(id="f-4", title="x" * 5_000, key="k" * 500, says="W" * 5_000)
    hostile = pages.entry(title=text, key=text, says=text, url="javascript:document.title='taken'")
    file = tmp_path / "page.html"
    groups = (Group("p", text, (hostile, long)),)
    file.write_text(page_html(pages.page(company="Larkfield", groups=groups)), encoding="utf-8")
    browser_page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    browser_page.goto(file.as_uri())
    assert browser_page.title() == "Larkfield: what needs a decision"
    assert browser_page.locator("script, img").count() == 0
    assert browser_page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
