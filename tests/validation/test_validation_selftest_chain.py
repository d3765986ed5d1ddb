from pathlib import Path

import pytest

from promo_cli.diagnostics import Failure
from promo_cli.validation import check, selftest
from promo_cli.validation.chain import MOST_COMBINATIONS
from promo_cli.workspace import load

from .conftest import TODAY

FILE = "promotions/evening.test.yaml"
COMBINED = """\
store: jkt-sabang
at: 2026-02-07 10:00
tests:
  - name: lattes
    cart: {channel: dine_in, items: [{product_id: latte, quantity: 1}]}
    variables:
      who:
        a guest: {}
        a member: {customer: {member_id: M-1, is_member: true}}
      extra:
        nothing: {}
        a voucher and an espresso: {items: [{product_id: espresso, quantity: 1}], vouchers: [SHARED]}
      at: [2026-02-07 10:00, 2026-01-31 10:00]
"""


def run(folder: Path, text: str, *, matching: str = "") -> list[selftest.Result]:
    """Run one file of tests over the two promotions of the folder."""
    (folder / FILE).write_text(text)
    return selftest.run(load(folder), matching=matching)


def wrong(folder: Path, text: str) -> list[tuple[str, str, str | None]]:
    """Return code, message and pointer of everything `promo validate` finds in a file of tests."""
    (folder / FILE).write_text(text)
    found = check(load(folder), [str(folder / FILE)], today=TODAY)
    assert all(one.primary is not None and (one.primary.range is not None or not text) for one in found)
    return [(one.code, one.message, one.primary.pointer) for one in found if one.primary]


def test_a_shared_expectation_holds_for_every_combination(folder: Path) -> None:
    """Without rows each combination is priced once and named by its values."""
    results = run(folder, COMBINED + "    expect: {lines: [{product_id: latte, quantity: 1}]}\n")
    assert len(results) == 8
    assert all(result.passed for result in results)
    assert results[0].name == "lattes: a guest, nothing, 2026-02-07 10:00"
    assert len({result.name for result in results}) == 8
    assert {result.code for result in results} == {None}


def test_the_parts_of_a_combination_make_one_cart(folder: Path) -> None:
    """Items and vouchers add up over the parts; everything else is as the last part says."""
    name = "lattes: a member, a voucher and an espresso, 2026-01-31 10:00"
    (result,) = run(folder, COMBINED + "    expect: {}\n", matching=name)
    assert result.trial.cart == {
        "store_id": "jkt-sabang",
        "at": "2026-01-31 10:00",
        "channel": "dine_in",
        "customer": {"member_id": "M-1", "is_member": True},
        "items": [{"product_id": "latte", "quantity": 1}, {"product_id": "espresso", "quantity": 1}],
        "vouchers": ["SHARED"],
    }


def test_a_row_speaks_for_the_combinations_it_names(folder: Path) -> None:
    """A variable that a row leaves out may have any value; combinations of no row are not tested."""
    rows = """\
    rows:
      - {who: a guest, extra: nothing, at: 2026-02-07 10:00, expect: {applied: {EXAMPLE: 7_600}}}
      - {at: 2026-01-31 10:00, expect: {applied: [], total_discount: 0}}
"""
    results = run(folder, COMBINED + rows)
    assert len(results) == 1 + 4
    assert [result.passed for result in results] == [True] * 5
    assert results[0].trial.pointer == "/tests/0/rows/0"


def test_rows_stand_on_top_of_the_shared_expectation(folder: Path) -> None:
    """What a row does not say is as the test says; the other combinations have the shared expectation alone."""
    rows = """\
    expect: {total_discount: 0, lines: [{product_id: latte}]}
    rows:
      - {who: a guest, extra: nothing, at: 2026-02-07 10:00, expect: {total_discount: 7_600, final_amount: 1}}
"""
    first, *others = run(folder, COMBINED + rows)
    assert [one.pointer for one in first.differences] == ["/final_amount"]
    assert len(others) == 7
    assert {other.passed for other in others} == {True, False}
    (found,) = first.diagnostics
    assert found.primary is not None
    assert found.primary.pointer == "/tests/0/rows/0/expect/final_amount"
    failed = next(other for other in others if not other.passed)
    assert failed.diagnostics[0].primary is not None
    assert failed.diagnostics[0].primary.pointer == "/tests/0/expect/total_discount"


def test_what_cannot_be_priced_is_found_where_it_is_written(folder: Path) -> None:
    """A wrong value of a variable is a finding at the variable, not at the test."""
    text = COMBINED.replace("{product_id: espresso, quantity: 1}", "{product_id: espreso, quantity: 1}")
    results = run(folder, text.replace("2026-01-31 10:00", "tomorrow") + "    expect: {}\n")
    pointers = {result.diagnostics[0].primary.pointer for result in results if result.diagnostics[0:1]}  # type: ignore[union-attr]
    assert pointers == {
        "/tests/0/variables/at/1",
        "/tests/0/variables/extra/a voucher and an espresso/items/0/product_id",
    }
    assert sum(result.passed for result in results) == 2


@pytest.mark.parametrize(
    ("head", "pointer", "message"),
    [
        ("at: 2026-02-07 10:00", "/tests/0/store", "it names no store"),
        ("store: jkt-sabang", "/tests/0/at", "it names no moment"),
        ("store: jkt-saban\nat: 2026-02-07 10:00", "/store", "there is no store `jkt-saban`"),
    ],
)
def test_a_test_needs_a_store_and_a_moment(folder: Path, head: str, pointer: str, message: str) -> None:
    """The file, the test or the cart names both."""
    (result,) = run(folder, f"{head}\ntests:\n  - {{name: none, expect: {{}}}}\n")
    (found,) = result.diagnostics
    assert found.primary is not None
    assert (found.code, found.primary.pointer) == ("TST002", pointer)
    assert message in found.message
    assert found.help


@pytest.mark.parametrize(
    ("test", "code", "message", "pointer"),
    [
        ("{name: x}", "TST002", "expects nothing", ""),
        ("{name: x, expect: {aplied: []}}", "SCH003", "`aplied` is not a field of `expect`", "/expect/aplied"),
        ("{name: x, variables: {size: {}}, expect: {}}", "TST002", "has no values", "/variables/size"),
        ("{name: x, variables: {size: [a]}, expect: {}}", "TST002", "plain list", "/variables/size"),
        ("{name: x, variables: {at: 5}, expect: {}}", "SCH001", "expected a list, or a map", "/variables/at"),
        (
            "{name: x, variables: {who: {guest: {chanel: x}}}, expect: {}}",
            "SCH003",
            "`chanel` is not a field of `guest`",
            "/variables/who/guest/chanel",
        ),
        ("{name: x, rows: [{who: guest, expect: {}}]}", "TST002", "`who` is not a variable", "/rows/0/who"),
        (
            "{name: x, variables: {who: {guest: {}}}, rows: [{who: gest, expect: {}}]}",
            "TST002",
            '`who` has no value "gest"',
            "/rows/0/who",
        ),
        ("{name: x, variables: {who: {guest: {}}}, rows: [{who: guest}]}", "SCH002", "`expect` is missing", "/rows/0"),
    ],
)
def test_mistakes_in_a_file_of_tests_have_places(
    folder: Path, test: str, code: str, message: str, pointer: str
) -> None:
    """`promo validate` finds what is wrong with a file of tests, and `promo test` does not run it."""
    ((found, text, at),) = wrong(folder, f"store: jkt-sabang\nat: 2026-02-07 10:00\ntests:\n  - {test}\n")
    assert (found, at) == (code, f"/tests/0{pointer}")
    assert message in text
    with pytest.raises(Failure) as failure:
        selftest.run(load(folder))
    assert failure.value.exit_code == 1


def test_too_many_combinations_are_refused(folder: Path) -> None:
    """A product of variables that would run for minutes is a finding at its variables."""
    names = ", ".join(f"v{number}: {{}}" for number in range(40))
    variables = f"{{a: {{{names}}}, b: {{{names}}}}}"
    assert MOST_COMBINATIONS < 40 * 40
    ((code, message, _),) = wrong(folder, f"tests:\n  - {{name: x, variables: {variables}, expect: {{}}}}\n")
    assert code == "TST002"
    assert "combinations" in message


@pytest.mark.parametrize(("text", "family"), [("- name: x\n", "SCH"), ("tests: [\n", "YML"), ("", "YML")])
def test_a_file_that_holds_no_tests_is_a_finding(folder: Path, text: str, family: str) -> None:
    """A list at the top, broken YAML and an empty file do not pass for a file without tests."""
    ((code, _, _),) = wrong(folder, text)
    assert code.startswith(family)


def test_tests_are_chosen_by_name_and_by_code(folder: Path) -> None:
    """`matching` looks at names and promotions' codes, whatever the case; what matches nothing is a usage error."""
    example = folder / "promotions/example.yaml"
    test = "{name: two, at: 2026-02-07 10:00, cart: {items: []}, expect: {}}"
    example.write_text(example.read_text() + f"tests: [{test}]\n")
    text = COMBINED + "    expect: {}\n"
    assert [result.name for result in run(folder, text, matching="exAMple")] == ["two"]
    assert len(run(folder, text, matching="A MEMBER, nothing")) == 2
    assert len(run(folder, text)) == 9
    with pytest.raises(Failure) as failure:
        run(folder, text, matching="nobody")
    assert failure.value.exit_code == 2
