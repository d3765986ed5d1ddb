from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promo_cli.workspace.scalars import Ambiguous, plain


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True),
        ("false", False),
        ("null", None),
        ("", None),
        ("0", 0),
        ("-5", -5),
        ("+5", 5),
        ("50_000", 50000),
        ("12.50", Decimal("12.50")),
        ("-0.5", Decimal("-0.5")),
        ("1_000.25", Decimal("1000.25")),
    ],
)
def test_constants_and_numbers(text: str, value: object):
    """Exactly true, false, null, whole numbers and decimals are values; decimals keep every digit."""
    found = plain(text)
    assert found == value
    assert type(found) is type(value)
    assert str(found) == str(value)


TEXTS = "22:00|1:30:00|2026-02-01|2026-02-07 10:00|latte|y|N|1__000|_1|1_|50,000|20%|e3|-|.|1.2.3|nullable|norway|0x|1e"


@pytest.mark.parametrize("text", TEXTS.split("|"))
def test_everything_else_is_text(text: str):
    """Times, dates and what only looks like a number stay text: nothing is sexagesimal, nothing a date."""
    assert plain(text) == text


@pytest.mark.parametrize(
    ("text", "kind", "spelled"),
    [
        ("yes", "word", "true"),
        ("No", "word", "false"),
        ("ON", "word", "true"),
        ("off", "word", "false"),
        ("True", "word", "true"),
        ("FALSE", "word", "false"),
        ("Null", "word", "null"),
        ("~", "word", "null"),
        ("012", "zeros", "12"),
        ("-012", "zeros", "-12"),
        ("00", "zeros", "0"),
        ("007.5", "zeros", "7.5"),
        ("00.5", "zeros", "0.5"),
        ("0x1F", "radix", None),
        ("0o17", "radix", None),
        ("0b11", "radix", None),
        ("1e3", "exponent", "1000"),
        ("1.5E3", "exponent", "1500"),
        ("5e-1", "exponent", "0.5"),
        ("1e999999999", "exponent", None),
        (".5", "point", "0.5"),
        ("-.5", "point", "-0.5"),
        ("5.", "point", "5"),
        (".inf", "special", None),
        (".NaN", "special", None),
        ("1234567890123456789", "digits", None),
    ],
)
def test_what_readers_disagree_on_is_ambiguous(text: str, kind: str, spelled: str | None):
    """Old spellings of constants and numbers come back as such, with a plain spelling where there is one."""
    assert plain(text) == Ambiguous(text, kind, spelled)  # type: ignore[arg-type]


@given(st.text(max_size=80))
def test_any_text_has_a_meaning(text: str):
    """Whatever is written, reading it does not fail, and text stays the text it is."""
    found = plain(text)
    if isinstance(found, str):
        assert found == text


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=4))
def test_decimals_are_exact(number: Decimal):
    """A decimal as Python writes it is read back digit by digit."""
    assert str(plain(f"{number:f}")) == f"{number:f}"
