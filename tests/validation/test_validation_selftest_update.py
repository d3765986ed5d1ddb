from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promo_cli.validation import selftest
from promo_cli.validation.rewrite import rewritten
from promo_cli.validation.update import update, write
from promo_cli.workspace import load, reader
from promo_cli.workspace.limits import PROMOTION

from .conftest import EXAMPLE, FILES

CHAIN = "promotions/evening.test.yaml"
SCOPE = "scope: {apply_to: category, categories: [hot-drinks]}\n"


def updated(folder: Path, path: str, text: str) -> tuple[str, tuple[str, ...], list[bool]]:
    """Update one file; return its new text, what is left to a person, and which tests pass afterwards."""
    (folder / path).write_bytes(text.encode())
    workspace = load(folder)
    change = update(workspace, selftest.run(workspace))
    write(workspace, change)
    assert set(change.after) <= {path}
    return (folder / path).read_bytes().decode(), change.left, [r.passed for r in selftest.run(load(folder))]


@pytest.mark.parametrize(
    ("expect", "fitting"),
    [
        ("{total_discount: 18_000}  # why", "{total_discount: 15_200}  # why"),
        ("{total_discount: 18000, final_amount: 5}", "{total_discount: 15200, final_amount: 60_800}"),
        ("{applied: [A, EXAMPLE,  B]}", "{applied: [EXAMPLE]}"),
        ("{applied: []}", "{applied: [EXAMPLE]}"),
        ("{applied: { OLD: 5, EXAMPLE: 5 }}", "{applied: { EXAMPLE: 15_200 }}"),
        ("{applied: {OLD: 5}}", "{applied: {EXAMPLE: 15_200}}"),
        ("{skipped: {EXAMPLE: expired, OTHER: expired}}", "{skipped: {OTHER: voucher_missing}}"),
        ("{skipped: [EXAMPLE]}", "{skipped: []}"),
        (
            "{lines: [{product_id: latte, discount: 1, gift: true}]}",
            "{lines: [{product_id: latte, discount: 15_200, gift: false}]}",
        ),
        (
            "\n      applied:  # all of them\n        OLD: 1_000\n        EXAMPLE: 1  # most\n      final_amount: 1\n",
            "\n      applied:  # all of them\n        EXAMPLE: 15_200  # most\n      final_amount: 60_800\n",
        ),
        (
            "\n      applied:  # all\n        - OLD\n        # the last\n        - OLDER\n      subtotal: 76_000\n",
            "\n      applied:  # all\n        - EXAMPLE\n      subtotal: 76_000\n",
        ),
        (
            "\r\n      applied:\r\n        - EXAMPLE\r\n        - OLD\r\n      subtotal: 1\r\n",
            "\r\n      applied:\r\n        - EXAMPLE\r\n      subtotal: 76_000\r\n",
        ),
    ],
)
def test_an_expectation_is_brought_up_to_date_in_place(folder: Path, expect: str, fitting: str) -> None:
    """Only what differs changes: comments, order, spacing and the way numbers are written stay."""
    head = FILES[EXAMPLE] + SCOPE + "# Kafé ☕ 🥐\ntests:\n  - name: two lattes 🥐\n    at: 2026-02-07 10:00\n"
    text = head + "    cart: {items: [{product_id: latte, quantity: 2}]}\n    expect: "
    after, left, passed = updated(folder, EXAMPLE, text + expect)
    assert after == text + fitting
    assert left == ()
    assert passed == [True]


def test_what_is_gone_is_left_to_a_person(folder: Path) -> None:
    """A line or a reward that the receipt no longer has cannot be corrected by rule; the rest is."""
    expect = "{final_amount: 1, lines: [{product_id: espresso, net: 1}], rewards: [{code: POINTS, amount: 5}]}"
    text = FILES[EXAMPLE] + SCOPE + "tests:\n  - name: two lattes\n    at: 2026-02-07 10:00\n"
    text += f"    cart: {{items: [{{product_id: latte, quantity: 2}}]}}\n    expect: {expect}\n"
    after, left, passed = updated(folder, EXAMPLE, text)
    assert after == text.replace("final_amount: 1", "final_amount: 60_800")
    assert [f"`{what}`" in one for what, one in zip(("lines/0", "rewards/0"), left, strict=True)] == [True, True]
    assert passed == [False]


MATRIX = """\
store: jkt-sabang
at: 2026-02-07 10:00
tests:
  - name: lattes
    cart: {items: [{product_id: latte, quantity: 1}]}
    variables:
      more:
        none: {}
        one: {items: [{product_id: latte, quantity: 1}]}
        two: {items: [{product_id: latte, quantity: 2}]}
"""


def test_a_shared_expectation_changes_only_if_all_agree(folder: Path) -> None:
    """What all combinations have in common is corrected; where they differ, someone must write rows."""
    expect = "    expect: {applied: [OLD], total_discount: 7_600}\n"
    after, left, _ = updated(folder, CHAIN, MATRIX + expect)
    assert after == MATRIX + "    expect: {applied: [EXAMPLE], total_discount: 7_600}\n"
    assert len(left) == 1
    assert left[0].startswith(f"{CHAIN}:11: ")
    assert "`total_discount`" in left[0]


def test_each_row_is_corrected_for_itself(folder: Path) -> None:
    """Rows of one combination take its figures; a row of several only what they have in common."""
    rows = """\
    rows:
      - {more: none, expect: {total_discount: 1}}
      - {more: two, expect: {total_discount: 22_800}}
      - {expect: {total_discount: 1, applied: []}}
"""
    after, left, passed = updated(folder, CHAIN, MATRIX + rows)
    assert "{more: none, expect: {total_discount: 7_600}}" in after
    assert "{more: two, expect: {total_discount: 22_800}}" in after
    assert "{expect: {total_discount: 1, applied: [EXAMPLE]}}" in after
    assert len(left) == 1
    assert passed == [True, True, False, False, False]


def test_a_byte_order_mark_and_what_passes_stay(folder: Path) -> None:
    """A file in which nothing differs is not touched, and an invisible mark does not shift an edit."""
    text = "\ufeff" + MATRIX + "    rows: [{more: none, expect: {total_discount: 1}}]\n"
    assert updated(folder, CHAIN, text)[0] == text.replace("total_discount: 1}", "total_discount: 7_600}")
    workspace = load(folder)
    assert update(workspace, selftest.run(workspace)).after == {}


names = st.text("ABC-1", min_size=1, max_size=4).map(lambda text: f"X{text}")
amounts = st.integers(0, 10**9) | st.decimals(0, 10**6, places=2, allow_nan=False).map(lambda d: Decimal(f"{d:f}"))
maps = st.dictionaries(names, amounts, max_size=5)
LAYOUTS = ("flow", "flow over lines", "block")


def written(entries: dict[str, Any], layout: str) -> str:
    """Write a map in one of the ways people do."""
    pairs = [f"{key}: {value}" for key, value in entries.items()]
    if layout == "block" and pairs:
        return "".join(f"\n    {pair}  # {number}" for number, pair in enumerate(pairs))
    return " {" + (",\n      " if layout == "flow over lines" else ", ").join(pairs) + "}"


@given(before=maps, after=maps, layout=st.sampled_from(LAYOUTS))
def test_a_rewritten_map_reads_as_it_should(before: dict[str, Any], after: dict[str, Any], layout: str) -> None:
    """Whatever a map held and however it was written, it holds the new entries afterwards, and nothing else changes."""
    text = f"first: 1\nouter:\n  map:{written(before, layout)}\n  next: [a, b]  # end\n"
    changed = rewritten(text, {"/outer/map": after, "/first": 2})
    value = reader.read("x.yaml", changed.encode(), PROMOTION).value
    assert value == {"first": 2, "outer": {"map": after, "next": ["a", "b"]}}
    assert changed.endswith("\n  next: [a, b]  # end\n")


@given(before=st.lists(names, unique=True, max_size=5), after=st.lists(names, unique=True, max_size=5))
def test_a_rewritten_list_reads_as_it_should(before: list[str], after: list[str]) -> None:
    """What stays keeps its order, what is new comes after it."""
    text = f"list: [{', '.join(before)}]\n"
    value = reader.read("x.yaml", rewritten(text, {"/list": after}).encode(), PROMOTION).value
    kept = [one for one in before if one in after]
    assert value == {"list": kept + [one for one in after if one not in before]}
