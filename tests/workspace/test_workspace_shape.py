"""What a marketer is told when a value does not fit: one finding for each mistake, in plain words."""

from collections.abc import Callable
from pathlib import Path

import pytest

from promo_cli.diagnostics import Diagnostic
from promo_cli.workspace import load

Write = Callable[[dict[str, str | bytes]], Path]

LINES = {
    "code": "code: WEEKEND20",
    "name": "name: Weekend Special",
    "promo_type": "promo_type: percent_discount",
    "validity": "validity: {start_date: 2026-02-01}",
    "rules": "rules: {discount_percent: 20}",
}


def promotion(*lines: str) -> str:
    """Return a promotion in which these lines stand instead of those that begin with the same key."""
    replaced = {line.partition(":")[0]: line for line in lines}
    return "\n".join((LINES | replaced).values()) + "\n"


@pytest.fixture
def found(write: Write) -> Callable[..., list[Diagnostic]]:
    """Return a function that gives the findings of one promotion."""

    def findings(*lines: str) -> list[Diagnostic]:
        return list(load(write({"promotions/a.yaml": promotion(*lines)})).diagnostics)

    return findings


CASES = [
    # what is written, what is said, what is advised, what the fix writes
    ("name:", "`name`: expected text, found nothing", "write the value after the colon", None),
    ("name: #1 deal", "`name`: expected text, found nothing", "what follows ` #` is a comment", None),
    ("name: 2026", "`name`: expected text, found 2026", 'write "2026"', '"2026"'),
    ('name: ""', "`name`: it is empty", "fill it", None),
    ("code: WEEK END%", '`code`: "WEEK END%" is not an id: ids cannot have a space', "write WEEK-END", "WEEK-END"),
    ("code: -x", '`code`: "-x" is not an id: it begins with `-`', "write x", "x"),
    (f"code: {'A' * 70}", "is not an id: it has 70 characters, ids at most 64", None, "A" * 64),
    ('is_active: "yes"', '`is_active`: expected true or false, found "yes"', "write true", "true"),
    ("is_active: 1", "`is_active`: expected true or false, found 1", None, None),
    ("execution_priority: 1.5", "`execution_priority`: expected a whole number, found 1.5", None, None),
    ("execution_priority: 5.0", "expected a whole number, found 5.0", "write 5", "5"),
    ("validity: {start_date: 2026-2-1}", "`start_date`: expected a date", "write 2026-02-01", "2026-02-01"),
    ("validity: {start_date: 28/02/2026}", "expected a date", "write 2026-02-28", "2026-02-28"),
    ("validity: {start_date: 03/04/2026}", "expected a date", None, None),
    ("validity: {start_date: 2026-02-30}", "expected a day that exists", "write 2026-02-28", "2026-02-28"),
    ("validity: {start_date: tomorrow}", 'year-month-day, such as 2026-02-28, found "tomorrow"', None, None),
    ("validity: {start_date: 2026-02-01, time_start: 9:00}", "expected a time of day", "write 09:00", "09:00"),
    ("validity: {start_date: 2026-02-01, time_start: 21.30}", "expected a time of day", "write 21:30", "21:30"),
    ("validity: {start_date: 2026-02-01, time_start: 24:00}", "expected a time of day", "write 00:00", "00:00"),
    ("validity: {start_date: 2026-02-01, time_end: 9 pm}", "expected a time of day", "write 21:00", "21:00"),
    ("validity: {start_date: 2026-02-01, days_of_week: [sunday]}", "a day of the week", "write sun", "sun"),
    ("validity: {start_date: 2026-02-01, days_of_week: [8]}", "a day of the week", None, None),
    ("validity: {start_date: 2026-02-01, days_of_week: sat}", "expected a list", "write [sat]", "[sat]"),
    ("validity: {start_date: 2026-02-01, days_of_week: {}}", "expected a list such as [one, two]", None, None),
    ("validity: {end_date: 2026-02-01}", "`start_date` is missing in `validity`", "add `start_date: 2026-02-01`", None),
    ("validity: always", '`validity`: expected a map of keys and values, found "always"', None, None),
    ("rules: {discount_percent: 20%}", "`discount_percent`: expected a number", "write 20", "20"),
    ('rules: {discount_percent: "20"}', "`discount_percent`: expected a number", "write 20", "20"),
    (
        "rules: {discount_percent: 20, max_discount_amount: Rp 50.000}",
        "`max_discount_amount`: expected a number",
        "write 50_000",
        "50_000",
    ),
    ("rules: {discount_percent: twenty}", 'expected a number such as 25000 or 12.50, without quotes', None, None),
    (
        "rules: {discount_precent: 20}",
        "`discount_precent` is not a field of `rules`",
        "did you mean `discount_percent`?",
        "discount_percent",
    ),
    (
        "rules: {discount_percent: 20, colour: red}",
        "`colour` is not a field of `rules`",
        "fields of `rules`: ",
        None,
    ),
    ("rules: {discount_percent:20}", "`discount_percent:20` is not a field", "put a space after the colon", None),
    (
        "rules: {discount_percent: 20, buy_quantity: 2}",
        "`buy_quantity` belongs to buy_x_get_y; this is a percent_discount",
        "remove it, or change promo_type to buy_x_get_y",
        None,
    ),
    (
        "rules: {discount_percent: 20, max_discount: 5}",
        "`max_discount` belongs to payment_discount; this is a percent_discount",
        "use `max_discount_amount` here",
        "max_discount_amount",
    ),
    ("end_date: 2026-02-01", "`end_date` is not a field of a promotion", "`end_date` belongs under `validity`", None),
    ("limits: {owner: me}", "`owner` is not a field of `limits`", "`owner` belongs at the top of the file", None),
    (
        "scope: {apply_to: categories}",
        '`apply_to`: expected `all`, `category` or `product`, found "categories"',
        "did you mean `category`?",
        "category",
    ),
    ("targeting: {brands: [a, 5]}", "`brands`: expected text, found 5", 'write "5"', '"5"'),
    ("targeting: {stores: 12}", "`stores`: expected all, a list of store ids, or a map", None, None),
    ("targeting: {stores: {region: [x]}}", "`region` is not a field of `stores`", "did you mean `regions`?", "regions"),
    ("promo_type: percent_discont", "is not a promotion type", "did you mean `percent_discount`?", "percent_discount"),
    ("promo_type: 5", "`promo_type` is not a word", "did you mean `percent_discount`?", "percent_discount"),
    (
        "tests: [{name: x, at: 2026-02-07, cart: {items: [{product_id: a, quantity: 1, modifiers: [5]}]}, expect: {}}]",
        "`modifiers`: expected a modifier's id, or a map, found 5",
        None,
        None,
    ),
    (
        "tests: [{name: x, at: 2026-02-07, cart: {items: [{product_id: a, quantity: 1, modifiers: [{id: x, y: 1}]}]}, "
        "expect: {}}]",
        "`y` is not a field of a modifier",
        "fields of a modifier: ",
        None,
    ),
]  # fmt: skip


@pytest.mark.parametrize(("line", "message", "advice", "fix"), CASES, ids=[case[0][:60] for case in CASES])
def test_one_mistake_is_one_finding_in_plain_words(
    found: Callable[..., list[Diagnostic]], line: str, message: str, advice: str | None, fix: str | None
):
    """Each mistake is one finding that says what was expected and found, with advice and a fix where there is one."""
    (one,) = found(line)
    assert message in one.message
    assert (one.help or "").startswith(advice or "")
    assert (one.fix.edits[0].content if one.fix else None) == fix
    assert one.primary is not None
    assert one.primary.range is not None


def test_no_words_of_the_library_reach_the_user(found: Callable[..., list[Diagnostic]]):
    """None of the messages is pydantic's own."""
    for line, *_ in CASES:
        for one in found(line):
            for foreign in ("Input should", "pydantic", "Field required", "union", "Extra inputs", "literal"):
                assert foreign not in f"{one.message} {one.help}"


def test_a_fix_settles_its_finding(found: Callable[..., list[Diagnostic]]):
    """Writing what the fix says leaves no finding, whatever kind of value it is."""
    for line, _, _, fix in CASES:
        if fix is None or "categories" in line:
            continue
        (one,) = found(line)
        assert one.fix is not None
        (edit,) = one.fix.edits
        lines = promotion(line).split("\n")
        text = lines[edit.range.start.line - 1]
        lines[edit.range.start.line - 1] = (
            text[: edit.range.start.column - 1] + edit.content + text[edit.range.end.column - 1 :]
        )
        assert found(*(entry for entry in lines if entry)) == [], line


def test_all_mistakes_are_found_at_once(found: Callable[..., list[Diagnostic]]):
    """One run tells everything that is wrong with a file."""
    wrong = found("name: 5", "validity: {start_date: x, end_date: y}", "rules: {discount_percent: z}", "colour: red")
    assert len(wrong) == 5


def test_missing_and_misspelt_is_one_mistake(found: Callable[..., list[Diagnostic]]):
    """A misspelt key is not also reported as missing."""
    assert [one.code for one in found("validity: {start_dat: 2026-02-01}")] == ["SCH003"]


def test_an_ambiguous_value_is_not_also_a_wrong_one(found: Callable[..., list[Diagnostic]]):
    """What is a finding as text is not judged as a value."""
    assert [one.code for one in found("rules: {discount_percent: 1e1}", "is_active: yes")] == ["YML004", "YML003"]


def test_without_a_type_the_rest_is_still_checked(write: Write):
    """A missing promo_type is deduced from the rules for the advice, and the other sections are checked."""
    text = "code: A\nname: A\nvalidity: {start_date: x}\nrules: {tiers: []}\n"
    found = load(write({"promotions/a.yaml": text})).diagnostics
    assert sorted(one.code for one in found) == ["SCH001", "SCH005"]
    assert any(one.help == "add `promo_type: threshold_tier`" for one in found)
