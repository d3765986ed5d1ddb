"""Make the pictures of docs/pictures from a workspace that has data: `python tools/pictures.py FOLDER`.

Needs Chromium, pdftoppm and pngquant. Pictures are made by hand when pages change their looks, and looked at.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from promo_cli.dashboard.make import make_dashboard
from promo_cli.pipeline.report import run_named
from promo_cli.reports.render_html import render_html
from promo_cli.reports.render_pdf import render_pdf

TARGET = Path(__file__).resolve().parent.parent / "docs" / "pictures"
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
TALLEST = 2400
PAGES = {
    "overview": "index.html",
    "promotion": "promotions/weekend20.html",
    "cross-brand": "cross-brand.html",
    "roi": "roi.html",
    "data-health": "data-health.html",
}


def shoot(browser: Browser, page: Path, name: str, width: int, scheme: str) -> None:
    """Save one picture of a page, from its top."""
    context = browser.new_context(offline=True, color_scheme=scheme, viewport={"width": width, "height": 900})
    opened = context.new_page()
    opened.goto(page.as_uri())
    height = min(opened.evaluate("document.documentElement.scrollHeight"), TALLEST)
    opened.set_viewport_size({"width": width, "height": height})
    opened.wait_for_timeout(400)
    opened.screenshot(path=TARGET / f"{name}-{width}-{scheme}.png")
    context.close()


def main(folder: Path) -> None:
    """Make all pictures."""
    TARGET.mkdir(exist_ok=True)
    chromium = shutil.which("chromium")
    with tempfile.TemporaryDirectory() as made, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        site = make_dashboard(folder, Path(made) / "site").folder
        for name, path in PAGES.items():
            for width in (1440, 390):
                for scheme in ("light", "dark"):
                    shoot(browser, site / path, f"dashboard-{name}", width, scheme)
        result = run_named(folder, "overview")
        page = Path(made) / "report.html"
        page.write_text(render_html(result), encoding="utf-8")
        shoot(browser, page, "report", 1440, "light")
        shoot(browser, page, "report", 390, "dark")
        browser.close()
        paper = Path(made) / "report.pdf"
        paper.write_bytes(render_pdf(result))
        subprocess.run(["pdftoppm", "-r", "72", "-png", paper, TARGET / "report-pdf"], check=True)
    pictures = sorted(TARGET.glob("*.png"))
    subprocess.run(["pngquant", "--force", "--ext", ".png", "--speed", "1", "48", *pictures], check=True)


main(Path(sys.argv[1]))
