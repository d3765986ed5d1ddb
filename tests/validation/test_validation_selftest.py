import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from promo_cli.diagnostics import Failure
from promo_cli.model.expectation import Expectation
from promo_cli.validation import selftest
from promo_cli.validation.expectation import differences
from promo_cli.workspace import load

from .conftest import EXAMPLE, FILES

TESTS = """\
scope: {{apply_to: category, categories: [hot-drinks]}}
tests:
  - name: two lattes
    at: {at}
    cart: {cart}
    expect: {expect}
"""


def run(
    folder: Path, *, expect: str, at: str = "2026-02-07 10:00", cart: str = "", more: str = ""
) -> list[selftest.Result]:
    """Run the example promotion's one test, two lattes on a Saturday unless told otherwise."""
    cart = cart or "{items: [{product_id: latte, quantity: 2}]}"
    (folder / EXAMPLE).write_text(FILES[EXAMPLE] + TESTS.format(at=at, cart=cart, expect=expect) + more)
    return selftest.run(load(folder))


@pytest.mark.parametrize(
    "expect",
    [
        "{}",
        "{subtotal: 76_000, total_discount: 15_200, final_amount: 60_800}",
        "{applied: [EXAMPLE]}",
        "{applied: {EXAMPLE: 15_200.00}}",
        "{lines: [{product_id: latte, quantity: 2, discount: 15_200, gift: false}]}",
    ],
)
def test_a_test_passes_where_all_it_expects_is_so(folder: Path, expect: str):
    """Any part of the receipt may be expected; what is not mentioned may be anything."""
    (result,) = run(folder, expect=expect)
    assert result.passed
    assert (result.code, result.name, result.store_id) == ("EXAMPLE", "two lattes", "jkt-sabang")
    assert result.receipt is not None
    assert result.receipt["final_amount"] == 60_800


@pytest.mark.parametrize(
    ("expect", "message", "pointer"),
    [
        ("{total_discount: 18_000}", "total_discount is 15,200, expected 18,000", "/total_discount"),
        ("{applied: []}", "applied is EXAMPLE, expected none", "/applied"),
        ("{applied: {EXAMPLE: 9}}", "the discount of EXAMPLE is 15,200, expected 9", "/applied/EXAMPLE"),
        ("{skipped: [EXAMPLE]}", "skipped is OTHER, expected EXAMPLE", "/skipped/0"),
        (
            "{lines: [{product_id: latte, net: 1}]}",
            "the line of latte is product_id latte, net 60,800, expected product_id latte, net 1",
            "/lines/0",
        ),
        ("{lines: [{product_id: espresso}]}", "the line of espresso is missing", "/lines/0"),
    ],
)
def test_a_failed_test_says_what_is_and_what_was_expected(folder: Path, expect: str, message: str, pointer: str):
    """A failing test is one finding at the expectation, with what applied."""
    (result,) = run(folder, expect=expect)
    assert not result.passed
    (found,) = result.diagnostics
    assert (found.code, found.severity) == ("TST001", "error")
    assert found.message.startswith(f'test "two lattes": {message}')
    assert found.primary is not None
    assert found.primary.pointer == f"/tests/0/expect{pointer}"
    assert found.notes == ("at jkt-sabang, 2026-02-07 10:00; applied: EXAMPLE 15,200",)
    assert selftest.diagnostics_of([result]) == [found]


def test_several_differences_are_one_finding(folder: Path):
    """All parts that differ are shown with the first."""
    (result,) = run(folder, expect="{total_discount: 1, final_amount: 2}")
    (found,) = result.diagnostics
    assert [other.message for other in found.related] == ["final_amount is 60,800, expected 2"]
    assert [difference.what for difference in result.differences] == ["total_discount", "final_amount"]


def test_why_the_promotion_did_not_apply_is_said(folder: Path):
    """Where the promotion itself was skipped, its reason stands in the finding."""
    (result,) = run(folder, at="2026-01-31 10:00", expect="{applied: [EXAMPLE]}")
    (found,) = result.diagnostics
    assert not result.passed
    assert "applied: nothing" in found.notes[0]


@pytest.mark.parametrize(
    ("options", "message", "pointer"),
    [
        ({"at": "tomorrow"}, '"tomorrow" is not a moment', "/tests/0/at"),
        (
            {"cart": "{items: [{product_id: latte, quantity: 1.5}]}"},
            "the cart cannot be priced",
            "/tests/0/cart/items/0",
        ),
        ({"cart": "{items: [], subtotal: 5}"}, "the cart cannot be priced", "/tests/0/cart"),
        ({"more": "    store: nowhere\n"}, "there is no store `nowhere`", "/tests/0/store"),
        ({"more": "targeting: {stores: {regions: [bali]}}\n"}, "the promotion runs in no store", "/tests/0/store"),
    ],
)
def test_a_test_that_cannot_run_says_why(folder: Path, options: dict[str, str], message: str, pointer: str):
    """A moment, a cart or a store that cannot be used is a finding at its place in the test."""
    (result,) = run(folder, expect="{}", **options)
    (found,) = result.diagnostics
    assert found.code == "TST002"
    assert message in found.message
    assert found.primary is not None
    assert (found.primary.pointer or "").startswith(pointer)
    assert found.help
    assert result.receipt is None


def test_the_store_is_the_first_that_runs_the_promotion(folder: Path):
    """Without `store` the first store the promotion runs in prices the cart."""
    (result,) = run(folder, expect="{}", more="targeting: {stores: [jkt-cikini]}\n", cart="{items: []}")
    assert result.store_id == "jkt-cikini"


def test_an_inactive_promotion_is_tested_as_if_active(folder: Path):
    """A promotion can be prepared and tested before it is switched on; nothing else changes."""
    (result,) = run(folder, expect="{applied: [EXAMPLE]}", more="is_active: false\n")
    assert result.passed


def test_a_moment_with_an_offset_is_the_stores_day(folder: Path):
    """20:00 UTC on the last of January is already February in Jakarta."""
    (result,) = run(folder, at="2026-01-31T20:00:00+00:00", expect="{applied: [EXAMPLE]}")
    assert result.passed


def test_bundles_are_compiled_once_for_a_day_and_prepared_once(folder: Path, monkeypatch: pytest.MonkeyPatch):
    """However many tests share a day and a store, their bundle is made once."""
    days: list[dt.date] = []
    prepared: list[bytes] = []
    compile_fleet, prepare = selftest.compile_fleet, selftest.prepare

    def count_days(*arguments: Any, **options: Any) -> Any:
        days.append(arguments[1])
        return compile_fleet(*arguments, **options)

    def count_bundles(bundle: bytes) -> Any:
        prepared.append(bundle)
        return prepare(bundle)

    monkeypatch.setattr(selftest, "compile_fleet", count_days)
    monkeypatch.setattr(selftest, "prepare", count_bundles)
    more = "".join(
        f"  - {{name: n{hour}, at: 2026-02-0{day} {hour}:00, cart: {{items: []}}, expect: {{}}}}\n"
        for day in (7, 8)
        for hour in (10, 11, 12)
    )
    assert len(run(folder, expect="{}", more=more)) == 7
    assert days == [dt.date(2026, 2, 7), dt.date(2026, 2, 8)]
    assert len(prepared) == 2


def test_paths_choose_the_tests(folder: Path):
    """Only the tests in the given files run; a path that is not there is a usage error."""
    run(folder, expect="{}")
    workspace = load(folder)
    assert len(selftest.run(workspace, [str(folder / EXAMPLE)])) == 1
    assert selftest.run(workspace, [str(folder / "promotions" / "other.yaml")]) == []
    with pytest.raises(Failure) as failure:
        selftest.run(workspace, ["nowhere.yaml"])
    assert failure.value.exit_code == 2


RECEIPT: dict[str, Any] = {
    "subtotal": 10,
    "total_discount": 3,
    "final_amount": 7,
    "applied": [{"code": "A", "amount": 3}],
    "skipped": [{"code": "B", "reason_code": "expired"}],
    "lines": [{"product_id": "x", "quantity": 1, "net": 7}, {"product_id": "x", "quantity": 2, "net": 0, "gift": True}],
    "rewards": [{"code": "C", "amount": 5, "method": "points"}],
    "hints": [],
}


@pytest.mark.parametrize(
    ("expected", "pointers"),
    [
        ({"skipped": ["B"]}, []),
        ({"skipped": {"B": "expired"}}, []),
        ({"skipped": {"B": "wrong_day"}}, ["/skipped/B"]),
        ({"lines": [{"product_id": "x", "net": 7}, {"product_id": "x", "gift": True}]}, []),
        ({"lines": [{"product_id": "x", "net": 0}]}, ["/lines/0"]),
        ({"lines": [{"product_id": "x"}, {"product_id": "x"}, {"product_id": "x"}]}, ["/lines/2"]),
        ({"rewards": [{"amount": 5}]}, []),
        ({"rewards": [{"amount": 6}, {"method": "points"}]}, ["/rewards/0"]),
        ({"hints": [{"code": "C"}]}, ["/hints/0"]),
        ({"applied": ["A"], "total_discount": 3}, []),
    ],
)
def test_expectations_compare_what_they_mention(expected: dict[str, Any], pointers: list[str]):
    """Codes and reasons of what is skipped, lines in their order, and parts of rewards and hints."""
    expectation = Expectation.model_validate(expected)
    assert [found.pointer for found in differences(expectation, RECEIPT)] == pointers
