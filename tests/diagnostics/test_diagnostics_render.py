import json
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promo_cli.diagnostics import (
    Code,
    Diagnostic,
    Edit,
    Fix,
    Location,
    Position,
    Range,
    Related,
    Scope,
    Severity,
    render_concise,
    render_full,
    render_json,
)
from promo_cli.diagnostics.visible import cells

CODE = Code(code="TIM001", name="end-before-start", severity=Severity.ERROR, doc="What.")
FILES = {
    "promotions/a.yaml": dedent(
        """\
        code: WEEKEND20
        validity: {start_date: 2026-02-28, end_date: 2026-02-01}
        name: 拿铁 latte
        \tindented: by tab
        """
    ),
    "stores/catalog.yaml": "- id: latte\n",
}


def at(path: str, line: int, start: int, end: int) -> Location:
    """Return a place on one line."""
    return Location(path, Range(Position(line, start), Position(line, end)))


def full(*found: Diagnostic, **options: object) -> str:
    """Render with the excerpts of FILES."""
    return render_full.render(found, FILES.get, **options)  # type: ignore[arg-type]


def expected(text: str) -> str:
    """Return a snapshot without its indentation."""
    return dedent(text).lstrip("\n")


def test_full_shows_both_places_notes_help_and_the_change():
    """Two places on one line are underlined with their labels; notes, help and the fix follow."""
    end = at("promotions/a.yaml", 2, 46, 56)
    found = CODE.at(
        end,
        "the promotion ends 27 days before it starts",
        label="ends here",
        related=[Related(at("promotions/a.yaml", 2, 24, 34), "starts here")],
        notes=["both days count"],
        help="correct the month",
        fix=Fix("unsafe", (Edit("promotions/a.yaml", end.range, "2026-03-01"),)),  # type: ignore[arg-type]
    )
    assert full(found) == expected(
        """
        error[TIM001]: the promotion ends 27 days before it starts
         --> promotions/a.yaml:2:46
          |
        2 | validity: {start_date: 2026-02-28, end_date: 2026-02-01}
          |                        ----------            ^^^^^^^^^^ ends here
          |                        |
          |                        starts here
          |
          = note: both days count
          = help: correct the month
          |
        2 - validity: {start_date: 2026-02-28, end_date: 2026-02-01}
        2 + validity: {start_date: 2026-02-28, end_date: 2026-03-01}

        """
    )


def test_full_shows_places_in_other_files_below():
    """A related place in another file gets its own excerpt under its own address."""
    related = [Related(at("stores/catalog.yaml", 1, 7, 12), "the nearest one")]
    assert full(CODE.at(at("promotions/a.yaml", 1, 7, 16), "no such product", related=related)) == expected(
        """
        error[TIM001]: no such product
         --> promotions/a.yaml:1:7
          |
        1 | code: WEEKEND20
          |       ^^^^^^^^^
         ::: stores/catalog.yaml:1:7
          |
        1 | - id: latte
          |       ----- the nearest one

        """
    )


def test_full_marks_what_wide_characters_and_tabs_shift():
    """Carets stand under what is meant after characters two cells wide, and under a tab's whole width."""
    text = full(CODE.at(at("promotions/a.yaml", 3, 10, 15), "wide"), CODE.at(at("promotions/a.yaml", 4, 1, 2), "tab"))
    assert "3 | name: 拿铁 latte\n  |            ^^^^^\n" in text
    assert "4 |     indented: by tab\n  | ^^^^\n" in text


def test_full_cuts_long_lines_around_the_mark():
    """A line longer than the width is cut at both ends, and the mark still stands under its text."""
    files = {"long.yaml": "x" * 300 + "HERE" + "y" * 300}
    text = render_full.render([CODE.at(at("long.yaml", 1, 301, 305), "m")], files.get, width=60)
    source, marks = text.split("\n")[3:5]
    assert len(source) <= 60 + len("1 | ")
    assert source[marks.index("^") :].startswith("HERE")
    assert source.startswith("1 | …")
    assert source.endswith("…")


def test_full_leaves_nothing_that_could_steer_a_terminal():
    """Control and direction characters from a file are shown by a stand-in, in excerpts and messages."""
    files = {"a.yaml": "name: \x1b[31mred\u202e\n"}
    text = render_full.render([CODE.at(at("a.yaml", 1, 7, 10), "bad \x1b[2J name")], files.get)
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_full_without_a_place_is_the_message_and_the_help():
    """A finding about no file has no excerpt."""
    assert full(CODE.at(None, "no workspace", help="make one")) == expected(
        """
        error[TIM001]: no workspace
          = help: make one

        """
    )


def test_full_of_a_file_that_cannot_be_read_shows_its_address():
    """Without the text of the file the address stands alone."""
    assert "--> gone.yaml:3:1\n" in full(CODE.at(at("gone.yaml", 3, 1, 2), "m"))


def test_full_shows_the_line_between_two_marked_lines():
    """A gap of one line is shown, a longer one is dotted."""
    files = {"a.yaml": "".join(f"line{n}\n" for n in range(1, 10))}
    place, near, far = at("a.yaml", 1, 1, 5), at("a.yaml", 3, 1, 5), at("a.yaml", 8, 1, 5)
    text = render_full.render([CODE.at(place, "m", related=[Related(near, "n"), Related(far, "f")])], files.get)
    assert "2 | line2\n" in text
    assert "...\n8 | line8\n" in text


def test_colour_only_when_asked_and_never_alone():
    """Plain text has no escapes; coloured text is the same text with escapes around it."""
    import re

    found = CODE.at(at("promotions/a.yaml", 1, 7, 16), "m", label="l", help="h")
    plain, coloured = full(found), full(found, colour=True)
    assert "\x1b" not in plain
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain


def test_concise_is_one_line_each():
    """One line holds the address, the severity, the code, the message and the help."""
    text = render_concise.render(
        [CODE.at(at("a.yaml", 2, 46, 56), "too early", help="later"), CODE.at(None, "nowhere")]
    )
    assert text == "a.yaml:2:46: error[TIM001] too early (help: later)\nerror[TIM001] nowhere\n"


def test_json_is_one_document_with_every_field():
    """The document names its schema, counts, and gives each finding with its ranges and fix."""
    place = at("a.yaml", 2, 46, 56)
    found = CODE.at(
        Location("a.yaml", place.range, "/validity/end_date"),
        "m",
        label="l",
        related=[Related(place, "r")],
        fix=Fix("safe", (Edit("a.yaml", place.range, "x"),)),  # type: ignore[arg-type]
        scope=Scope(products=("latte",)),
    )
    document = json.loads(render_json.render([found], files=3))
    assert document["schema"] == "promo.diagnostics/1"
    assert document["summary"] == {"errors": 1, "warnings": 0, "files": 3}
    (one,) = document["diagnostics"]
    assert one["primary"] == {
        "path": "a.yaml",
        "range": {"start": {"line": 2, "column": 46}, "end": {"line": 2, "column": 56}},
        "pointer": "/validity/end_date",
        "label": "l",
    }
    assert one["fix"]["edits"][0]["content"] == "x"
    assert one["scope"]["products"] == ["latte"]
    assert set(one) == {
        "code", "name", "severity", "message", "primary", "related", "notes", "help", "fix", "url", "fingerprint",
        "scope", "suppressed", "suppression",
    }  # fmt: skip


lines = st.text(st.characters(exclude_characters="\n\r"), max_size=200)


@given(lines, st.integers(1, 220), st.integers(0, 220), st.integers(20, 120))
def test_rendering_never_fails_and_stays_in_width(line: str, start: int, length: int, width: int):
    """Whatever stands on a line, and wherever a mark points, it renders, and the excerpt fits the width."""
    found = CODE.at(at("a.yaml", 1, start, start + length), "m", label="l")
    text = render_full.render([found], {"a.yaml": line}.get, width=width)
    assert text.count("\n") == 6
    assert "^" in text
    assert sum(cell for _, cell in cells(text.split("\n")[3])) <= width + 4
    json.loads(render_json.render([found], files=1))


@pytest.mark.parametrize("severity", list(Severity))
def test_every_severity_has_a_style(severity: Severity):
    """Colour is defined for each severity."""
    code = Code(code="ABC001", name="x", severity=severity, doc="What.")
    assert f"{severity}[ABC001]" in full(code.at(None, "m"), colour=True)
