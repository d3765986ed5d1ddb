import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.conftest import ROOT, Promo


@pytest.fixture
def written(promo: Promo, tmp_path: Path) -> Path:
    """Return the page of the example chain over Christmas."""
    path = tmp_path / "calendar.html"
    assert promo("calendar", "--from", "2026-12-14", "--days", 30, "--out", path, "--workspace", ROOT).code == 0
    return path


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_the_page_has_no_barriers_and_fits(browser: Browser, written: Path, scheme: str, width: int) -> None:
    """axe finds nothing by day or by night, on a desk or a phone, and only the timeline scrolls sideways."""
    context = browser.new_context(offline=True, color_scheme=scheme, viewport={"width": width, "height": 800})  # type: ignore[arg-type]
    opened = context.new_page()
    opened.goto(written.as_uri())
    found = Axe().run(opened)
    assert found.violations_count == 0, found.generate_report()
    assert opened.evaluate("document.documentElement.scrollWidth") == width
    context.close()


def test_words_narrow_picture_and_table_alike(page: Page, written: Path) -> None:
    """What is typed leaves the promotions that say it, in both, and tells how many they are."""
    page.goto(written.as_uri())
    rows, bars = page.locator("tbody tr:visible"), page.locator(".row:visible")
    everything = rows.count()
    assert everything == bars.count() > 30
    page.get_by_label("Show only").fill("sat 22:00")
    expect(rows).to_have_count(1)
    expect(bars).to_have_count(1)
    expect(rows).to_contain_text("NIGHTOWL")
    expect(page.get_by_role("status")).to_have_text(f"1 of {everything}")
    page.get_by_label("Show only").fill("")
    expect(rows).to_have_count(everything)


def test_a_keyboard_reaches_the_list_and_the_timeline(page: Page, written: Path) -> None:
    """The first key leads to the list, and the timeline can be scrolled without a mouse."""
    page.goto(written.as_uri())
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="To the list")).to_be_focused()
    page.get_by_role("region", name=re.compile("Timeline")).focus()
    expect(page.get_by_role("region", name=re.compile("Timeline"))).to_be_focused()
    table = page.get_by_role("table", name="Kopi Teras")
    expect(table.get_by_role("row", name=re.compile("WEEKEND20"))).to_contain_text("Sat and Sun")


def test_the_page_prints_on_paper(page: Page, written: Path) -> None:
    """On paper the whole timeline is there, and what only works on a screen is not."""
    page.goto(written.as_uri())
    page.emulate_media(media="print")
    expect(page.locator(".find")).to_be_hidden()
    assert page.evaluate("document.querySelector('.frame').scrollWidth <= document.querySelector('.frame').clientWidth")
