import datetime as dt
import json
import re
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path

import pytest

from promo_cli.dashboard.cells import cells_of
from promo_cli.dashboard.folder import replace_folder
from promo_cli.dashboard.site import MARKER, build
from promo_cli.diagnostics import Failure
from tests.conftest import Promo
from tests.dashboard.samples import EVIL, PROMOTIONS, STORES, cells_report, dollars, offers, provisional, site


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    """Every file of the made-up site."""
    return {name: data.decode() for name, data in build(site()).items()}


def shared(made: dict[str, str]) -> dict[str, object]:
    """The figures that all pages share."""
    text = made["assets/data.js"]
    found: dict[str, object] = json.loads(text[text.index("{") : text.rindex("}") + 1])
    return found


def test_the_same_input_gives_the_same_bytes() -> None:
    """The site can be compared with a diff, and nothing in it says when it was made."""
    assert build(site()) == build(site())


def test_every_link_leads_to_a_file_of_the_site(pages: dict[str, str]) -> None:
    """Nothing is fetched from anywhere, and no page is missing."""
    for name, text in pages.items():
        if not name.endswith(".html"):
            continue
        for link in re.findall(r'(?:href|src)="([^"]+)"', text):
            if link.startswith(("#", "data:,")):
                continue
            assert "://" not in link
            folder = name.rpartition("/")[0]
            parts = [part for part in f"{folder}/{link}".split("/") if part]
            while ".." in parts:
                at = parts.index("..")
                del parts[at - 1 : at + 1]
            assert "/".join(parts) in pages, f"{name}: {link}"
    assert "://" not in "".join(pages[f"assets/{name}"] for name in ("page.js", "roi.js", "promo.css"))


def test_a_promotion_has_a_page_if_it_runs_or_was_used(pages: dict[str, str]) -> None:
    """What ended before the period and was not used is in the table only."""
    found = sorted(name for name in pages if name.startswith("promotions/"))
    assert len(found) == len(PROMOTIONS)
    assert "promotions/weekend20.html" in found
    listed = json.loads(re.search(r'id="data">(.*?)</script>', pages["index.html"])[1])["promotions"]  # type: ignore[index]
    assert [each["href"] for each in listed][3] is None
    assert [each["code"] for each in listed] == [offer.code for offer in offers()]


def test_names_are_never_markup(pages: dict[str, str]) -> None:
    """A code, a name, a description, a store, a brand and a report's texts stay text, in pages and in scripts."""

    class Elements(HTMLParser):
        """Collects what a browser would make of a page."""

        def __init__(self) -> None:
            super().__init__()
            self.found: list[str] = []
            self.handlers: list[str] = []

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            """Note the element and its handlers."""
            self.found.append(tag)
            self.handlers += [name for name, _ in attrs if name.startswith("on")]

    for name, text in pages.items():
        if name.endswith(".html"):
            elements = Elements()
            elements.feed(text)
            assert not {"img", "b", "i"} & set(elements.found), name
            assert not elements.handlers, name
        if name != "assets/promo.css":
            assert EVIL not in text, name
    assert "<" not in pages["assets/data.js"]


def test_cells_add_up_to_the_report() -> None:
    """Whatever is filtered, uses and amounts come from the same sums; amounts are smallest units."""
    result = cells_report()
    rows = result.sections[0].rows
    for exponent, factor in ((0, 1), (2, 100)):
        cells = cells_of(result, exponent)
        assert sum(row[2] for row in cells.uses["p1"]) == sum(row[5] for row in rows if row[0] == "p1")  # type: ignore[misc]
        assert sum(row[3] for row in cells.uses["p1"]) == factor * sum(row[6] for row in rows if row[0] == "p1")  # type: ignore[misc, operator]
        assert cells.places == sorted(STORES)
        assert not cells.by_brand


def test_many_cells_are_summed_by_brand() -> None:
    """A chain of many stores still has an overview that opens at once; no figure is lost."""
    fine, coarse = cells_of(cells_report(), 0), cells_of(cells_report(), 0, most=100)
    assert coarse.by_brand
    assert coarse.places == [("kopi", "kopi"), ("roti", "roti")]
    for promotion, rows in fine.uses.items():
        for column in (2, 3, 4):
            assert sum(row[column] for row in rows) == sum(row[column] for row in coarse.uses[promotion])
    text = build(site(cells=coarse))["index.html"].decode()
    assert 'name="store"' not in text
    assert ">Brands</h2>" in text


def test_days_without_sales_are_days() -> None:
    """A gap in the data is seen as a gap, and not as two days that touch."""
    result = cells_report()
    sales = tuple(row for row in result.sections[1].rows if row[0] != dt.date(2026, 1, 9))
    from dataclasses import replace

    shorter = replace(result, sections=(result.sections[0], replace(result.sections[1], rows=sales)))
    assert dt.date(2026, 1, 9) in cells_of(shorter, 0).days


def test_amounts_are_written_as_the_currency_is() -> None:
    """The pages know separators, symbol and decimals; the calculator begins with amounts in major units."""
    made = {name: data.decode() for name, data in build(dollars()).items()}
    assert shared(made)["numbers"] == {"symbol": "$", "thousands": ",", "point": ".", "places": 2}
    data = json.loads(re.search(r'id="data">(.*?)</script>', made["roi.html"])[1], parse_float=Decimal)  # type: ignore[index]
    first = data["promotions"][0]
    assert first["code"] == "WEEKEND20"
    assert first["gross"] == first["discount"] * 10
    assert first["cost"] == 1_000_000


def test_provisional_is_said_on_the_page() -> None:
    """While figures are incomplete, the overview says so before any of them."""
    text = build(provisional())["index.html"].decode()
    assert text.index("Provisional: 50%") < text.index("Discount today")


def test_every_page_has_landmarks_and_titled_tables(pages: dict[str, str]) -> None:
    """A screen reader finds the menu, the figures and what each table is about."""
    for name, text in pages.items():
        if name.endswith(".html"):
            assert (
                text.count("<main ") == text.count("<h1>") == text.count('<nav class="menu" aria-label="Pages">') == 1
            )
            assert text.count("<table") == text.count("<caption")
            assert text.count('aria-current="page"') == (0 if name.startswith("promotions/") else 1)


def test_the_folder_is_replaced_as_a_whole(tmp_path: Path) -> None:
    """Old pages go, the same site again changes nothing, and no half of one is left behind."""
    folder = tmp_path / "site"
    assert replace_folder(folder, {"index.html": b"1", "a/old.html": b"2", MARKER: b"{}"})
    assert replace_folder(folder, {"index.html": b"3", MARKER: b"{}"})
    assert not replace_folder(folder, {"index.html": b"3", MARKER: b"{}"})
    assert sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()) == [
        f"site/{MARKER}",
        "site/index.html",
    ]


def test_a_folder_with_other_files_is_left_alone(tmp_path: Path) -> None:
    """The dashboard never deletes what it has not made."""
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(Failure) as failed:
        replace_folder(tmp_path, {"index.html": b"1", MARKER: b"{}"})
    assert failed.value.diagnostics[0].code == "CFG604"
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_failed_write_leaves_the_old_site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the disk is full half way, the site of yesterday stands."""
    folder = tmp_path / "site"
    replace_folder(folder, {"index.html": b"old", MARKER: b"{}"})
    written: list[Path] = []

    def full(self: Path, data: bytes) -> int:
        if written:
            raise OSError(28, "No space left on device")
        written.append(self)
        return len(data)

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space"):
        replace_folder(folder, {"index.html": b"new", "b.html": b"new", MARKER: b"{}"})
    assert (folder / "index.html").read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_dashboard_without_data_says_what_to_do(promo: Promo, starter: Path) -> None:
    """Before anything was ingested there is nothing to show, and nothing is written."""
    outcome = promo("dashboard", cwd=starter)
    assert outcome.code == 2
    assert "ING103" in outcome.err
    assert not (starter / "out" / "dashboard").exists()
