from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promo_cli.workspace import load
from promo_cli.workspace.csv_reader import Table, read
from promo_cli.workspace.limits import REFERENCE

Write = Callable[[dict[str, str | bytes]], Path]

STORES = """\
id,name,brand,region,channels,tags
s1,"Kopi, Sabang",kopi,jakarta,dine_in|delivery,
012,Two,,,,

s3,Three,,bali,,"beach|big"
"""


def test_stores_and_products_may_be_csv(write: Write):
    """Rows become entries: text stays text, lists split at the bar, empty cells and rows are absent."""
    workspace = load(
        write(
            {
                "stores/all.csv": STORES,
                "stores/catalog.csv": "id;name;price;discountable\nlatte;Latte;38_000;\nbag;Bag;12.50;false\n",
                "stores/holidays.csv": "date,name\n2026-12-25,Christmas\n",
            }
        )
    )
    assert workspace.diagnostics == ()
    first, second, third = workspace.stores
    assert (first.name, first.channels, first.tags) == ("Kopi, Sabang", ["dine_in", "delivery"], [])
    assert (second.id, second.brand) == ("012", None)
    assert third.tags == ["beach", "big"]
    latte, bag = workspace.products
    assert (latte.price, latte.discountable) == (Decimal(38000), True)
    assert (bag.price, bag.discountable) == (Decimal("12.50"), False)


def test_spreadsheets_write_a_byte_order_mark(write: Write):
    """A byte-order mark before a CSV header is what spreadsheets write and no finding."""
    workspace = load(write({"stores/all.csv": b"\xef\xbb\xbfid,name\ns1,One\n"}))
    assert [store.id for store in workspace.stores] == ["s1"]
    assert workspace.diagnostics == ()


@pytest.mark.parametrize(
    ("text", "code", "place", "message"),
    [
        ("id,name,colour\ns1,One,red\ns2,Two,blue\n", "SCH003", (1, 9), "`colour` is not a column of stores"),
        ("id,nam\ns1,One\n", "SCH003", (1, 4), "`nam` is not a column of stores"),
        ("id,name,opening_hours\ns1,One,x\n", "SCH003", (1, 9), "`opening_hours` is not a column of stores"),
        ("id\ns1\n", "SCH002", (1, 1), "the column `name` is missing"),
        ("id,name,id\n", "SCH011", (1, 1), "the header names the column `id` twice"),
        ("id,name,\n", "SCH011", (1, 1), "a column of the header has no name"),
        ("id,name\ns1\n", "SCH011", (2, 1), "this row has 1 cells, the header 2 columns"),
        ('id,name\ns1,"One\ns2,Two\n', "SCH011", (2, 1), "a quote in this row or the next ones is not closed"),
        ('id,name\ns1,"One" x\n', "SCH011", (2, 1), "a quote in this row or the next ones is not closed"),
        ("id,name\ns 1,One\n", "SCH007", (2, 1), '`id`: "s 1" is not an id'),
        ('id,name,region\ns1,"O, ne",x y\n', "SCH007", (2, 12), '`region`: "x y" is not an id'),
        ("", "YML012", None, "the file is empty"),
    ],
)
def test_mistakes_in_csv_are_told_once_with_their_cell(
    write: Write, text: str, code: str, place: tuple[int, int] | None, message: str
):
    """Columns are judged once at the header, cells where they stand."""
    (found,) = load(write({"stores/all.csv": text})).diagnostics
    assert found.code == code
    assert found.message.startswith(message)
    assert found.primary is not None
    assert (found.primary.range.start if found.primary.range else None) == place


def test_csv_that_is_not_utf8_says_so(write: Write):
    """A table saved in an old encoding is one finding at the first wrong byte."""
    (found,) = load(write({"stores/all.csv": "id,name\ns1,Café\n".encode("latin-1")})).diagnostics
    assert found.code == "YML007"
    assert found.primary is not None
    assert found.primary.range is not None
    assert found.primary.range.start == (2, 7)


def test_cells_are_found_after_rows_of_several_lines():
    """A quoted cell with line breaks does not shift the places of the rows below."""
    table = Table(b'id,name\ns1,"One\nand more"\ns2,Two\n')
    assert table.locate("/1/name") == ((4, 4), (4, 7))
    assert table.locate("/1") == ((4, 1), (4, 3))
    assert table.locate("/9/name") == ((1, 4), (1, 8))


@given(st.text(max_size=120).map(str.encode) | st.binary(max_size=120))
def test_any_table_is_read_or_explained(data: bytes):
    """Whatever a CSV file holds, it is read or explained, and any cell can be looked up."""
    document = read("stores/a.csv", data, REFERENCE)
    assert document.readable or document.diagnostics
    Table(data).locate("/0/name")
