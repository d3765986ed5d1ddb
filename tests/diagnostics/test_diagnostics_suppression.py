import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promo_cli.diagnostics import Code, Diagnostic, Location, Position, Range, Severity, Suppression
from promo_cli.diagnostics.fixing import fix
from promo_cli.diagnostics.suppression import suppress

TODAY = dt.date(2026, 2, 7)
BELOW_COST = Code(code="AMT023", name="below-cost", severity=Severity.WARNING, doc="What.")
UNKNOWN = Code(code="REF001", name="unknown-product", severity=Severity.ERROR, doc="What.")


def at(line: int, code: Code = BELOW_COST, path: str = "a.yaml") -> Diagnostic:
    """Return a finding on a line."""
    return code.at(Location(path, Range(Position(line, 3), Position(line, 5))), "m")


def weighed(text: str, *found: Diagnostic, whole: bool = True) -> tuple[list[Suppression | None], list[str]]:
    """Return why each finding is suppressed, and the codes of what is said about the comments."""
    every = suppress(found, {"a.yaml": text.encode()}, TODAY, whole=whole)
    return [one.suppression for one in every[: len(found)]], [one.code for one in every[len(found) :]]


REASON = Suppression("comment", "agreed with finance")
COMMENT = '# promo: ignore[AMT023] reason="agreed with finance"'


@pytest.mark.parametrize(
    "text",
    [
        f"rules: 1  {COMMENT}\n",
        f"rules: 1  {COMMENT} until=2026-02-07\n",
        "rules: 1  # promo: ignore[AMT022, AMT023] until=2027-01-01 reason='agreed with finance'\n",
        'rules: 1\t#promo:ignore[amt023] reason="agreed with finance"\r\n',
    ],
)
def test_a_comment_on_the_line_suppresses_with_its_reason(text: str):
    """Any order of options, either quotes and any case are read; the last day still counts."""
    suppressed, _ = weighed(text, at(1))
    assert suppressed == [REASON]


@pytest.mark.parametrize("between", ["", "# an ordinary comment\n", f"{COMMENT}\n"])
def test_a_comment_of_its_own_line_is_about_the_next(between: str):
    """Other comments may stand between it and what it is about."""
    line = 2 + between.count("\n")
    suppressed, _ = weighed(f"{COMMENT}\n{between}rules: 1\nother: 2\n", at(line), at(line + 1))
    assert suppressed == [REASON, None]


def test_a_comment_is_about_its_own_line_code_and_file_only():
    """A finding on another line, of another code or in another file still counts."""
    suppressed, _ = weighed(
        f"rules: 1  {COMMENT}\nx: 1\n", at(1), at(2), at(1, UNKNOWN), at(1, path="b.yaml"), BELOW_COST.at(None, "m")
    )
    assert suppressed == [REASON, None, None, None, None]


def test_one_comment_suppresses_every_finding_of_its_line():
    """Two findings of one code on the line are both suppressed."""
    assert weighed(f"rules: 1  {COMMENT}", at(1), at(1)) == ([REASON, REASON], [])


def test_without_a_reason_the_finding_counts_and_the_comment_is_reported():
    """A reason of spaces is none."""
    assert weighed("a: 1  # promo: ignore[AMT023]", at(1)) == ([None], ["SUP002"])
    assert weighed('a: 1  # promo: ignore[AMT023] reason=" "', at(1)) == ([None], ["SUP002"])


def test_after_its_last_day_the_finding_counts_and_the_comment_is_reported():
    """The day after `until` the suppression has expired."""
    assert weighed(f"a: 1  {COMMENT} until=2026-02-06", at(1)) == ([None], ["SUP004"])


def test_a_comment_that_does_nothing_is_reported_and_its_fix_removes_it():
    """The fix takes a comment's own line, or the comment with the spaces before it."""
    text = f"{COMMENT}\nname: Café  {COMMENT}\nlast: 1\n"
    unused = suppress([], {"a.yaml": text.encode()}, TODAY)
    assert [one.code for one in unused] == ["SUP003", "SUP003"]
    done = fix(unused, {"a.yaml": text.encode()}, unsafe=False)
    assert done.texts["a.yaml"].decode() == "name: Café\nlast: 1\n"


def test_of_several_codes_the_idle_ones_are_named():
    """A comment that still suppresses something is not removed, but says which code is no longer needed."""
    every = suppress([at(1)], {"a.yaml": b'a: 1  # promo: ignore[AMT023, TIM003] reason="r"'}, TODAY)
    assert every[0].suppressed
    assert (every[1].code, every[1].fix) == ("SUP003", None)
    assert "TIM003" in every[1].message


def test_nothing_is_called_unused_while_rules_are_silent():
    """Where a broken file keeps rules from looking, a comment without its finding is left alone."""
    assert weighed(f"a: 1  {COMMENT}", whole=False) == ([], [])


def test_an_error_that_stops_compilation_cannot_be_ignored():
    """An unknown reference counts whatever the comment says, and the comment is reported once."""
    text = 'a: 1  # promo: ignore[REF001] reason="later"'
    assert weighed(text, at(1, UNKNOWN), at(1, UNKNOWN)) == ([None, None], ["SUP005"])


@pytest.mark.parametrize(
    ("comment", "words"),
    [
        ("# promo: ignore AMT023", "says what to ignore"),
        ("# promo: ignored[AMT023]", "says what to ignore"),
        ("# promo: ignore[]", "no code"),
        ('# promo: ignore[AMT023] reason="r" until=soon', "`until=soon` is not a day"),
        ("# promo: ignore[AMT023] because I say so", "`because I say so` is not part"),
        ('# promo: ignore[AMT23] reason="r"', "no finding has the code AMT23"),
    ],
)
def test_a_comment_that_cannot_be_read_is_reported(comment: str, words: str):
    """Whoever writes `promo:` into a comment means a suppression, so a slip is said and not passed over."""
    (found,) = suppress([], {"a.yaml": f"a: 1  {comment}".encode()}, TODAY)
    assert found.code == "SUP001"
    assert words in found.message
    assert found.primary.range == Range(Position(1, 7), Position(1, 7 + len(comment)))  # type: ignore[union-attr]


def test_other_words_are_not_comments_of_ours():
    """Text with a hash inside a word, and comments about other things, are left alone."""
    assert weighed("a: x#promo: ignore[AMT023]\n# promotions: all\nb: promo:\n", at(1)) == ([None], [])


@given(st.text(max_size=80))
def test_any_text_is_looked_through(text: str):
    """Whatever a file holds, looking for comments ends and reports places in the text."""
    for found in suppress([], {"a.yaml": f"x  # promo:{text}".encode("utf-8", "replace")}, TODAY):
        assert found.code.startswith("SUP")
