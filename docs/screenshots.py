"""Makes docs/report.png: the top of the page that the demo ends with, as headless Chromium shows it.

Run with: python docs/screenshots.py
"""

import asyncio
import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from bot.demo import play
from bot.logs import quiet

PICTURE = Path(__file__).with_name("report.png")
VIEW = {"width": 1080, "height": 1250}


def photograph(page: Path, picture: Path) -> None:
    """Leave a picture of the top of a page."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        sys.exit("There is no Chromium on this machine; install the package chromium.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        tab = browser.new_page(viewport=VIEW, color_scheme="light")  # type: ignore[arg-type]
        tab.goto(page.as_uri())
        tab.screenshot(path=picture)
        browser.close()


def main() -> None:
    """Play the demo and photograph its page."""
    quiet()
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(play(Path(folder) / "opsbot-demo", lambda _: None))
        photograph(Path(folder) / "opsbot-demo" / "report.html", PICTURE)
    print(f"{PICTURE.name}: {PICTURE.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
