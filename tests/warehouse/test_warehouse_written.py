import json
from collections.abc import Iterator
from typing import Any

import duckdb
import pytest

from promo_cli.model.events import EVENTS
from promo_cli.warehouse import personal, written
from promo_cli.warehouse.shapes import shape_of
from tests.warehouse.conftest import KEY

SHAPE = shape_of(EVENTS["usage"])


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection with the macros."""
    with duckdb.connect() as con:
        personal.install(con, KEY)
        yield con


def compact(line: dict[str, Any]) -> str:
    """Write a line without blanks."""
    return json.dumps(line, default=float, separators=(",", ":"))


def unlike(con: duckdb.DuckDBPyConnection, usual: list[str], *texts: str) -> list[str]:
    """Those of the texts that are left to the longer ways, when a style was learned from the usual lines."""
    style = written.style_of(usual, SHAPE)
    assert style
    con.execute("CREATE OR REPLACE TEMP TABLE told AS SELECT 1 AS line, unnest($t) AS text", {"t": list(texts)})
    select = written.select(SHAPE, style, ("line",), "told", hashed=True)
    return [text for (text,) in con.execute(f"SELECT unlike FROM ({select}) WHERE NOT clean").fetchall()]


def test_a_style_is_the_order_of_most_lines_their_nulls_and_the_digits_of_their_amounts() -> None:
    """Keys that are left out here and there do not matter; lines that are damaged or unknown teach nothing."""
    lines = [
        '{"v":1,"bill_id":"b","member_id":null,"discount_amount":12.50}',
        '{"v":1,"bill_id":"b","discount_amount":12.25}',
        '{"bill_id":"b","v":1,"discount_amount":12.25}',
        '{"v":1,"new":2}',
        '{"v":1,',
    ]
    style = written.style_of(lines, SHAPE)
    assert style == written.Style(("v", "bill_id", "member_id", "discount_amount"), frozenset({"member_id"}), 2)
    assert written.style_of(lines[3:], SHAPE) is None


@pytest.mark.parametrize("amount", ["25000", "12.5", "0.07", "25000.0"])
def test_a_line_that_reads_back_as_it_was_written_is_taken(con: Any, event: Any, amount: str) -> None:
    """Whole amounts and fractions with the digits that they need, with and without what may be left out."""
    line = event("usage", 1, member_id="m-1")
    texts = [compact(line).replace(compact(line["discount_amount"]), amount) for _ in range(2)]
    texts.append(compact({name: value for name, value in line.items() if name != "member_id"}))
    assert unlike(con, texts, *texts) == []


def test_amounts_of_a_fixed_number_of_digits_are_taken(con: Any, event: Any) -> None:
    """A system that writes 12.50 is learned from; a third digit is not rounded away."""
    line = compact(event("usage", 1, discount_amount=7))
    usual = [
        line.replace('"discount_amount":7', f'"discount_amount":{amount}') for amount in ("12.50", "12.25", "7.00")
    ]
    odd = line.replace('"discount_amount":7', '"discount_amount":12.501')
    assert unlike(con, usual, *usual, odd) == [odd]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"bill_id":"b-1"', '"bill_id":1'),
        ('"bill_id":"b-1"', '"bill_id":true'),
        ('"bill_id":"b-1"', '"bill_id":{"a":1}'),
        ('"bill_id":"b-1"', '"bill_id":null'),
        ('"bill_id":"b-1"', '"bill_id":""'),
        ('"bill_id":"b-1"', r'"bill_id":"b\u002d1"'),
        ('"bill_id":"b-1"', '"bill_id":"b-1","bill_id":"b-1"'),
        ('"bill_id":"b-1"', r'"bill_id":"b-1\",\"bill_id\":\"b-1"'),
        ('"bill_id":"b-1"', '"bill_id":"b-1","new":1'),
        ('"bill_id":"b-1"', '"bill_id": "b-1"'),
        ('"bill_id":"b-1"', '"bill_id":"b\x7f1"'),
        ('"bill_id":"b-1"', f'"bill_id":"{"b" * 129}"'),
        ('"discount_amount":7', '"discount_amount":"7"'),
        ('"discount_amount":7', '"discount_amount":7e0'),
        ('"discount_amount":7', '"discount_amount":1e5,"x":1'),
        ('"discount_amount":7', '"discount_amount":7.0001'),
        ('"discount_amount":7', '"discount_amount":-7'),
        ('"discount_amount":7', '"discount_amount":NaN'),
        ('"discount_amount":7', '"discount_amount":1000000000000'),
        ('"seq":1', '"seq":1.7'),
        ('"seq":1', '"seq":"1"'),
        ('"seq":1', '"seq":9007199254740993'),
        ('"v":1', '"v":true'),
        ('"v":1', '"v":2'),
        ('"business_date":"2026-02-07"', '"business_date":"infinity"'),
        ('"business_date":"2026-02-07"', '"business_date":"2026-02-30"'),
        ('"business_date":"2026-02-07"', '"business_date":"2126-02-07"'),
        ("}", ",}"),
        ("}", "}\r"),
    ],
)
def test_a_line_that_does_not_is_left_to_the_longer_ways(con: Any, event: Any, old: str, new: str) -> None:
    """Another type, another key, a key twice, an escape, a rounded number, a day that there is not, a blank."""
    line = {**event("usage", 1, discount_amount=7), "bill_id": "b-1", "business_date": "2026-02-07", "seq": 1}
    usual = compact(line)
    assert old in usual
    odd = usual.replace(old, new)
    assert unlike(con, [usual], usual, odd) == [odd]
