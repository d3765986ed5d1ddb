import pytest
from hypothesis import given
from hypothesis import strategies as st

from promo_cli.diagnostics.suggest import nearest

FIELDS = ["start_date", "end_date", "time_start", "time_end", "days_of_week", "discount_percent", "max_discount_amount"]


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("discount_precent", "discount_percent"),
        ("discountPercent", "discount_percent"),
        ("Discount-Percent", "discount_percent"),
        ("date_start", "start_date"),
        ("max_discount", "max_discount_amount"),
        ("end_dat", "end_date"),
        ("colour", None),
        ("x", None),
        ("", None),
        ("--", None),
    ],
)
def test_nearest_finds_slips_and_nothing_far_fetched(word: str, meant: str | None):
    """Swapped letters, other case, reordered parts and cut-off words are recognised; other words are not."""
    assert nearest(word, FIELDS) == meant


def test_nothing_is_suggested_where_many_are_equally_near():
    """Of numbered ids all are one digit away: naming one would be a guess."""
    assert nearest("ST-099", [f"ST-0{n:02}" for n in range(50)]) is None


def test_an_equal_word_but_for_case_wins():
    """The same word in another case is nearer than any other."""
    assert nearest("latte", ["late", "Latte", "lattes"]) == "Latte"


@given(st.text(max_size=12), st.lists(st.text(max_size=12), max_size=20))
def test_nearest_answers_with_a_known_word_or_none(word: str, known: list[str]):
    """Whatever is typed, the answer is one of the known words or none."""
    assert nearest(word, known) in [*known, None]


@given(st.text("abcdefgh", min_size=6, max_size=12), st.integers(0, 11))
def test_one_wrong_letter_is_always_recognised(word: str, at: int):
    """One substituted letter in a word of six or more finds the word."""
    at %= len(word)
    assert nearest(f"{word[:at]}z{word[at + 1 :]}", [word, "something-else"]) == word
