import re
from collections import Counter
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from promo_cli.workspace.formatting import formatted
from promo_cli.workspace.limits import REFERENCE
from promo_cli.workspace.reader import read

ROOT = Path(__file__).resolve().parents[2]
STARTER = ROOT / "promo_cli" / "workspace" / "starter"
FILES = sorted([*ROOT.glob("promotions/**/*.yaml"), *ROOT.glob("stores/*.yaml"), *STARTER.rglob("*.yaml")])


def look(before: str) -> str:
    """Return the text as it is formatted, which formatting again leaves alone."""
    made = formatted(dedent(before).lstrip("\n"))
    assert made is not None
    assert formatted(made) == made
    return made


def expected(text: str) -> str:
    """Return a text without the indentation of the test."""
    return dedent(text).lstrip("\n")


def value(text: str) -> object:
    """Return what a text is read as."""
    return read("a.yaml", text.encode("utf-8", "replace"), REFERENCE).value


def test_fields_stand_in_the_order_of_the_format() -> None:
    """Sections and the fields of each are sorted, a type's own fields before those that types share."""
    assert look(
        """
        rules: {max_applications: 2, get_quantity: 1, buy_quantity: 2}
        validity: {end_date: 2026-02-28, start_date: 2026-02-01}
        promo_type: buy_x_get_y
        name: Kopsus
        code: KOPSUS
        """
    ) == expected(
        """
        code: KOPSUS
        name: Kopsus
        promo_type: buy_x_get_y
        validity: {start_date: 2026-02-01, end_date: 2026-02-28}
        rules: {buy_quantity: 2, get_quantity: 1, max_applications: 2}
        """
    )


def test_a_test_tells_its_story_in_its_own_order() -> None:
    """The keys of a test are sorted, those inside its cart and expectation are not."""
    text = """
        code: A
        promo_type: percent_discount
        tests:
          - expect: {total_discount: 1, applied: [A]}
            cart: {channel: delivery, items: [{quantity: 1, product_id: latte}]}
            name: one latte
        """
    assert look(text).splitlines()[2:] == [
        "tests:",
        "  - name: one latte",
        "    cart: {channel: delivery, items: [{quantity: 1, product_id: latte}]}",
        "    expect: {total_discount: 1, applied: [A]}",
    ]


def test_comments_go_with_what_they_are_about() -> None:
    """A comment above a field, behind it, at the end of a section and at the head of the file each keep their place."""
    assert look(
        """
        # yaml-language-server: $schema=x
        # The weekend.

        # what the till prints
        name: Weekend     # short
        code: WEEKEND
        promo_type: percent_discount
        rules:            # what it does
            # percent
            discount_percent: 20
            # at the end of the rules
        # at the end of the file
        """
    ) == expected(
        """
        # yaml-language-server: $schema=x
        # The weekend.

        code: WEEKEND
        # what the till prints
        name: Weekend     # short
        promo_type: percent_discount
        rules:            # what it does
          # percent
          discount_percent: 20
          # at the end of the rules
        # at the end of the file
        """
    )


def test_one_line_stays_one_line_until_it_is_too_long_or_has_comments() -> None:
    """A flow map is kept, spread over lines beyond 120 characters, and spread where comments stand in it."""
    long = ", ".join(f"product-{number:03}" for number in range(12))
    assert look(f"a: {{ b : [1,2] ,c: {{}} }}\nd: [{long}]\ne: [x, # first\n  y]\n") == (
        "a: {b: [1, 2], c: {}}\nd:\n"
        + "".join(f"  - product-{number:03}\n" for number in range(12))
        + "e:\n  - x  # first\n  - y\n"
    )


def test_a_block_stays_a_block_and_is_indented_by_two() -> None:
    """Lists stand below their key, one level in, whatever the indentation was."""
    assert look("a:\n- b:   1\n  c:\n      d: 2\n-  - x\n   - {y: 1}\n") == (
        "a:\n  - b: 1\n    c:\n      d: 2\n  - - x\n    - {y: 1}\n"
    )


@pytest.mark.parametrize(
    ("written", "becomes"),
    [
        ('"Weekend Special"', "Weekend Special"),
        ("'Rp 5,000 off'", '"Rp 5,000 off"'),
        ("'20'", '"20"'),
        ('"no"', '"no"'),
        ('"null"', '"null"'),
        ('"1e3"', '"1e3"'),
        ('"2026-02-07 10:00"', "2026-02-07 10:00"),
        ("'50% off: now'", '"50% off: now"'),
        ("'#1'", '"#1"'),
        ('"a #1"', '"a #1"'),
        ('"it\'s"', "it's"),
        ("'say \"hi\"'", 'say "hi"'),
        ("'\"hi\"'", "'\"hi\"'"),
        ('"tab\\t"', '"tab\\t"'),
        ("50_000", "50_000"),
        ("''", '""'),
        ('"- x"', '"- x"'),
        ('"x:"', '"x:"'),
    ],
)
def test_quotes_only_where_they_are_needed(written: str, becomes: str) -> None:
    """Quotes go where the value is the same text without them, and are double where they stay."""
    assert look(f"name: {written}\n") == f"name: {becomes}\n"


def test_text_over_several_lines_keeps_its_lines() -> None:
    """Folded text and blocks are indented below their key and mean the same."""
    before = "a: one\n     two\nb: |  # as it is\n     x\n       y\n\nc: 1\n"
    assert look(before) == "a: one\n  two\nb: |  # as it is\n  x\n    y\n\nc: 1\n"


def test_blank_lines_are_kept_one_at_a_time() -> None:
    """Several become one; none stands at the head of a section or at the end of the file."""
    assert look("a: 1\n\n\n\nb:\n\n  c: 2\n\n  d: 3\n\n\n") == "a: 1\n\nb:\n  c: 2\n\n  d: 3\n"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a: [1\n",
        "a: &x 1\n",
        "a: yes\nb: no\n",
        "%YAML 1.2\n---\na: 1\n",
        "a: |2\n    x\n",
        "a: 1\na: 2\n",
        "only\n",
    ],
)
def test_what_cannot_be_read_or_is_rare_is_left(text: str) -> None:
    """A file with mistakes, directives or unusual blocks is not touched."""
    assert formatted(text) is None


def test_windows_line_ends_and_a_mark_at_the_start_go() -> None:
    """The result is UTF-8 without a byte-order mark, with plain line ends."""
    assert formatted("a: 1  # c\r\nb: 2\r\n") == "a: 1  # c\nb: 2\n"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_file_of_ours_means_the_same_afterwards(path: Path) -> None:
    """Value and comments stay, and formatting again changes nothing."""
    before = path.read_text()
    made = look(before)
    assert value(made) == value(before)
    assert Counter(re.findall(r"#.*", made)) == Counter(re.findall(r"#.*", before))


TEXTS = {path: path.read_text() for path in FILES if path.parent.name != "stores"}
FOREIGN = st.sampled_from(
    [
        "  # aside",
        "",
        "",
        "# alone",
        "    # deep",
        "'x'",
        '"a: b"',
        " ",
        "- x",
        "{}",
        "|",
        "k: [1, # c\n 2]",
        "k:\n   - v\n",
    ]
)


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """Draw one of our promotions with some lines changed, moved, repeated or made foreign."""
    lines = TEXTS[draw(st.sampled_from(sorted(TEXTS)))].splitlines()
    for _ in range(draw(st.integers(1, 5))):
        at = draw(st.integers(0, len(lines) - 1))
        match draw(st.integers(0, 4)):
            case 0:
                lines.insert(at, draw(FOREIGN))
            case 1:
                lines[at] += draw(FOREIGN)
            case 2:
                lines[at] = re.sub(r"(: )([^{\[#]+?)($|,|\}|  #)", r"\1'\2'\3", lines[at], count=1)
            case 3:
                lines[at] = lines[at].replace(", ", " ,\n   ", draw(st.integers(0, 2)))
            case _:
                lines.insert(at, "    # " + draw(st.sampled_from("ab")))
        lines = "\n".join(lines).split("\n")
    return "\n".join(lines)


@settings(deadline=None)
@given(mutated())
def test_mutated_files_mean_the_same_afterwards(text: str) -> None:
    """Whatever is done to a file, as long as it can be read it keeps its value, and formatting ends after one pass."""
    made = formatted(text)
    assume(made is not None)
    assert value(made) == value(text)
    assert formatted(made) == made


@settings(deadline=None)
@given(
    st.sampled_from(sorted(TEXTS)), st.integers(0, 200), st.sampled_from(["  # aside", "\n\n# above", "\n      # deep"])
)
def test_a_comment_anywhere_never_keeps_a_file_from_being_formatted(path: Path, line: int, comment: str) -> None:
    """A comment behind or below any line of our promotions survives."""
    lines = TEXTS[path].splitlines()
    lines[line % len(lines)] += comment
    made = formatted("\n".join(lines))
    assert made is not None
    assert made.count(comment.strip()) == 1 + TEXTS[path].count(comment.strip())


@settings(deadline=None)
@given(st.text(max_size=40))
def test_any_text_is_quoted_only_if_it_must_be(text: str) -> None:
    """A quoted text means the same afterwards, in a block and in a flow map."""
    quoted = "'" + text.replace("'", "''") + "'"
    for before in (f"a: {quoted}\n", f"a: {{b: {quoted}}}\n"):
        made = formatted(before)
        if made is not None:
            assert value(made) == value(before)
            assert formatted(made) == made
