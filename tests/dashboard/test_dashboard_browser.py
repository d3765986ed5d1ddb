import re
from dataclasses import replace
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from promo_cli.dashboard.cells import MOST_CELLS, cells_of
from promo_cli.dashboard.folder import replace_folder
from promo_cli.dashboard.site import build
from promo_cli.reports.render_html import render_html
from tests.dashboard.samples import DAYS, EVIL, cells_report, dollars, offers, site
from tests.reports.render_samples import report

PAGES = ("index.html", "promotions/weekend20.html", "cross-brand.html", "roi.html", "data-health.html")
RP = "Rp\N{NO-BREAK SPACE}"


def number(text: str) -> int:
    """The whole number in a text."""
    return int(re.sub(r"[^0-9−-]", "", text).replace("−", "-"))


@pytest.mark.parametrize("name", PAGES)
def test_pages_open_from_disk_without_a_network(page: Page, folder: Path, name: str) -> None:
    """No complaint in the console, nothing fetched, no script run from a name, every chart drawn."""
    page.goto((folder / name).as_uri())
    assert page.title() != "1"
    assert page.evaluate("[...document.querySelectorAll('.chart')].filter(each => !each.children.length).length") == 0
    assert page.evaluate(
        "[...document.querySelectorAll('.chart svg path.stroke')].every(each => each.getTotalLength() > 0)"
    )
    assert not page.evaluate("[...document.querySelectorAll('*')].some(each => each.onerror || each.tagName === 'IMG')")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_pages_have_no_barriers(browser: Browser, folder: Path, name: str, scheme: str) -> None:
    """axe finds nothing by day or by night: names, contrast, landmarks, tables, labels."""
    context = browser.new_context(offline=True, color_scheme=scheme, viewport={"width": 1280, "height": 900})  # type: ignore[arg-type]
    opened = context.new_page()
    opened.goto((folder / name).as_uri())
    opened.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    found = Axe().run(opened)
    context.close()
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("name", PAGES)
def test_pages_fit_a_phone(browser: Browser, folder: Path, name: str) -> None:
    """Nothing but a table's own box scrolls sideways, and no figure of a tile is broken."""
    context = browser.new_context(offline=True, viewport={"width": 390, "height": 844})
    opened = context.new_page()
    opened.goto((folder / name).as_uri())
    assert opened.evaluate("document.documentElement.scrollWidth") == 390
    too_wide = (
        "[...document.querySelectorAll('.tile .figure')].filter(each => each.scrollWidth > each.clientWidth + 1).length"
    )
    assert opened.evaluate(too_wide) == 0
    context.close()


def test_filters_change_every_figure(page: Page, folder: Path) -> None:
    """Brand, store and days narrow tiles, charts and tables alike; the address keeps them; reset undoes them."""
    page.goto((folder / "index.html").as_uri())
    whole = number(page.locator("#month .figure").inner_text())
    expect(page.locator("#stores tbody tr")).to_have_count(4)
    page.select_option("#f-brand", "kopi")
    kopi = number(page.locator("#month .figure").inner_text())
    assert 0 < kopi < whole
    expect(page.locator("#stores tbody tr")).to_have_count(2)
    expect(page.locator("#f-store option")).to_have_count(3)
    page.select_option("#f-store", "s1")
    assert 0 < number(page.locator("#month .figure").inner_text()) < kopi
    page.get_by_role("button", name="7 days").click()
    assert page.get_by_role("button", name="7 days").get_attribute("aria-pressed") == "true"
    readout = page.locator("#discount-by-day .readout").inner_text()
    assert number(readout) == number(page.locator("#stores tfoot td").nth(2).inner_text())
    assert "brand=kopi&store=s1&from=2026-02-23" in page.url
    page.reload()
    assert page.input_value("#f-store") == "s1"
    assert page.locator("#discount-by-day .readout").inner_text() == readout
    page.get_by_role("link", name="WEEKEND20").first.click()
    assert page.input_value("#f-store") == "s1", "a promotion's page goes on with the same selection"
    page.go_back()
    page.get_by_role("button", name="Reset").click()
    assert number(page.locator("#month .figure").inner_text()) == whole


def test_figures_of_the_page_are_those_of_the_cells(page: Page, folder: Path) -> None:
    """What the page adds up equals what the report's rows add up to."""
    page.goto((folder / "promotions" / "weekend20.html").as_uri())
    rows = [row for row in cells_report().sections[0].rows if row[0] == "p1"]
    assert number(page.locator("#uses .figure").inner_text()) == sum(row[5] for row in rows)  # type: ignore[misc]
    assert number(page.locator("#discount .figure").inner_text()) == sum(row[6] for row in rows)  # type: ignore[misc]
    kemang = page.locator("#stores tbody tr", has_text="Kemang").locator("td").first.inner_text()
    assert number(kemang) == sum(row[5] for row in rows if row[3] == "s2")  # type: ignore[misc]


def test_tables_sort_by_every_column(page: Page, folder: Path) -> None:
    """A click or Enter on a title sorts, again turns round; figures by size, and what has none stays last."""
    page.goto((folder / "index.html").as_uri())
    column = page.locator("#promotions tbody tr td:nth-child(4)")
    page.get_by_role("button", name="Uses").click()
    found = [number(text) for text in column.all_inner_texts()]
    assert found == sorted(found, reverse=True)
    page.get_by_role("button", name="Uses").press("Enter")
    found = [number(text) for text in column.all_inner_texts()]
    assert found == sorted(found)
    assert page.locator("#promotions th[aria-sort]").get_attribute("aria-sort") == "ascending"
    page.goto((folder / "cross-brand.html").as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    page.get_by_role("button", name="Penetration").click()
    rates = page.locator("section.card").first.locator("tbody tr td:last-child").all_inner_texts()
    assert rates == ["54,8%", "21,2%", "9,4%", "n/a"]


def test_promotions_are_found_by_their_names(page: Page, folder: Path) -> None:
    """Typing narrows the table, also to a name that looks like markup."""
    page.goto((folder / "index.html").as_uri())
    page.fill("#search", "buns")
    expect(page.locator("#promotions tbody tr")).to_have_count(1)
    page.fill("#search", EVIL[:12])
    expect(page.locator("#promotions tbody th")).to_have_text(EVIL)
    page.fill("#search", "nothing like it")
    expect(page.locator("#promotions")).to_have_text("Nothing in this selection.")


def test_charts_read_their_values_to_the_keyboard(page: Page, folder: Path) -> None:
    """Arrow keys walk along the days; what is read stands in a live region, and the pointer shows the same."""
    page.goto((folder / "promotions" / "weekend20.html").as_uri())
    plot, readout = page.locator("#uses-by-day .plot"), page.locator("#uses-by-day .readout")
    assert readout.get_attribute("aria-live") == "polite"
    plot.focus()
    page.keyboard.press("Home")
    expect(readout).to_have_text("Mon 5 Jan 2026: 166 uses")
    page.keyboard.press("ArrowRight")
    expect(readout).to_have_text("Tue 6 Jan 2026: 166 uses")
    page.keyboard.press("End")
    expect(readout).to_have_text("Sun 1 Mar 2026: 326 uses")
    page.keyboard.press("Escape")
    assert "uses" in readout.inner_text()
    box = plot.bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] - 14, box["y"] + 60)
    expect(readout).to_have_text("Sun 1 Mar 2026: 326 uses")


def test_calculator_computes_again(page: Page, folder: Path) -> None:
    """ROI = (m (G - G/(1+u)) - D - C) / (D + C), and the break-even uplift is d/(m - d)."""
    page.goto((folder / "roi.html").as_uri())
    page.select_option("#c-promotion", "")
    for name, value in (("gross", "120000000"), ("discount", "10000000"), ("cost", "2000000")):
        page.fill(f"#c-{name}", value)
    for name, value in (("margin", "60"), ("uplift", "50")):
        page.locator(f"#c-{name}").fill(value)
    expect(page.locator("#roi-sales")).to_have_text(f"{RP}40.000.000")
    expect(page.locator("#roi-contribution")).to_have_text(f"{RP}14.000.000")
    expect(page.locator("#roi-value")).to_have_text("100,0%")
    expect(page.locator("#roi-break-even")).to_have_text("+16,1%")
    page.locator("#c-uplift").fill("0")
    expect(page.locator("#roi-value")).to_have_text("−100,0%")
    expect(page.locator("#roi-words")).to_have_text("it costs more than it brings")
    page.locator("#c-margin").fill("8")
    expect(page.locator("#roi-break-even")).to_have_text("none: the discount eats the margin")
    page.fill("#c-discount", "0")
    page.fill("#c-cost", "0")
    expect(page.locator("#roi-value")).to_have_text("n/a")


def test_break_even_is_where_the_return_is_nothing(page: Page, folder: Path) -> None:
    """The two uplifts that the calculator names are those at which its own formula gives what it says."""
    page.goto((folder / "roi.html").as_uri())
    found = page.evaluate(
        """() => [[0.6, 5e6, 0], [0.35, 12e6, 3e6], [0.9, 1, 1e6]].map(([margin, discount, cost]) => {
            const asked = { gross: 1e8, discount, cost, margin, uplift: 0.1 };
            const { breakEven, breakEvenCost } = Promo.roiOf(asked);
            return [Promo.roiOf({ ...asked, uplift: breakEven }).contribution,
                    Promo.roiOf({ ...asked, uplift: breakEvenCost }).result];
        }).flat()"""
    )
    assert all(abs(value) < 1 for value in found)


def test_day_and_night_can_be_chosen_and_are_kept(page: Page, folder: Path) -> None:
    """The button changes the colours at once, and the next page has them too."""
    page.goto((folder / "index.html").as_uri())
    colour = "getComputedStyle(document.body).backgroundColor"
    before = page.evaluate(colour)
    page.get_by_role("button", name="Night").click()
    night = page.evaluate(colour)
    assert night != before
    page.goto((folder / "roi.html").as_uri())
    assert page.evaluate(colour) == night
    expect(page.get_by_role("button", name="Day")).to_be_visible()


def test_paper_has_the_tables_and_not_the_controls(page: Page, folder: Path) -> None:
    """Printed, a page has its figures without menu and filters, on white."""
    page.emulate_media(media="print", color_scheme="dark")
    page.goto((folder / "cross-brand.html").as_uri())
    expect(page.locator(".menu")).to_be_hidden()
    expect(page.locator("table").last).to_be_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


def test_cents_are_kept(page: Page, tmp_path: Path) -> None:
    """In dollars, tiles have cents and English separators."""
    replace_folder(tmp_path / "site", build(dollars()))
    page.goto((tmp_path / "site" / "promotions" / "weekend20.html").as_uri())
    assert re.fullmatch(r"\$[\d,]+\.\d\d", page.locator("#discount .figure").inner_text())


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
def test_a_report_is_a_page_without_barriers(browser: Browser, tmp_path: Path, width: int, scheme: str) -> None:
    """A report's single file fits a phone, has one drawing of each chart for that width, and axe finds nothing."""
    path = tmp_path / "report.html"
    path.write_text(render_html(report()), encoding="utf-8")
    context = browser.new_context(offline=True, color_scheme=scheme, viewport={"width": width, "height": 900})  # type: ignore[arg-type]
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("console", lambda message: complaints.append(message.text))
    opened.goto(path.as_uri())
    assert opened.evaluate("document.documentElement.scrollWidth") == width
    charts = opened.locator(".drawn svg")
    assert sum(charts.nth(number).is_visible() for number in range(charts.count())) == charts.count() / 2 == 6
    opened.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    context.set_offline(False)
    found = Axe().run(opened)
    context.close()
    assert complaints == []
    assert found.violations_count == 0, found.generate_report()


def test_before_the_first_sale_pages_say_so(page: Page, tmp_path: Path) -> None:
    """Without data there is nothing to filter, and nothing breaks."""
    nothing = replace(cells_report(), sections=tuple(replace(each, rows=()) for each in cells_report().sections))
    replace_folder(tmp_path / "site", build(site(cells=cells_of(nothing, 0), about={}, roi=None)))
    for name in ("index.html", "promotions/weekend20.html", "roi.html"):
        page.goto((tmp_path / "site" / name).as_uri())
        expect(page.locator("h1")).to_be_visible()
    page.goto((tmp_path / "site" / "index.html").as_uri())
    expect(page.get_by_text("There are no sales in this period yet.")).to_be_visible()


def test_a_large_chain_filters_quickly_enough_to_answer(page: Page, tmp_path: Path) -> None:
    """With as many cells as the overview ever has, a filter still changes the figures."""
    cells = site().cells
    many = [(day, place, 1, 9000, 81_000) for day in range(DAYS) for place in range(len(cells.places))]
    uses = {f"x{number}": many for number in range(MOST_CELLS // len(many))}
    offer = offers()[0]
    found = [replace(offer, promotion_id=each, code=each) for each in uses]
    replace_folder(tmp_path / "site", build(site(cells=replace(cells, uses=uses), offers=found, about={})))
    page.goto((tmp_path / "site" / "index.html").as_uri())
    expect(page.locator("#promotions tbody tr")).to_have_count(len(uses))
    page.select_option("#f-brand", "kopi")
    expect(page.locator("#promotions tbody td:nth-child(4)").first).to_have_text(str(2 * DAYS))
