import re
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from promo_cli.diagnostics import Code, Diagnostic, Edit, Fix, Position, Range, Severity, Suppression
from promo_cli.diagnostics.fixing import fix, fixable

CODE = Code(code="TIM001", name="end-before-start", severity=Severity.ERROR, doc="What.")


def edit(line: int, start: int, end: int, content: str, path: str = "a.yaml", last: int | None = None) -> Edit:
    """Return an edit, on one line unless `last` names another one."""
    return Edit(path, Range(Position(line, start), Position(last or line, end)), content)


def found(*edits: Edit, safe: bool = True) -> Diagnostic:
    """Return a finding with a fix."""
    return CODE.at(None, "m", fix=Fix("safe" if safe else "unsafe", edits))


def test_edits_keep_everything_around_them():
    """Comments, spacing, a byte-order mark, line ends and the missing last newline stay as they are."""
    text = "\ufeffcode: X   # why\r\nrules: {percnt: 20,  cap:  5}   # and why".encode()
    done = fix([found(edit(1, 7, 8, "WEEKEND")), found(edit(2, 9, 15, "percent"))], {"a.yaml": text}, unsafe=False)
    assert done.texts == {
        "a.yaml": "\ufeffcode: WEEKEND   # why\r\nrules: {percent: 20,  cap:  5}   # and why".encode()
    }


def test_columns_count_characters():
    """A mark after letters beyond ASCII is where the reader of the file says it is."""
    text = "name: Kopi 拿铁 🎉 x\n".encode()
    done = fix([found(edit(1, 17, 18, "y"))], {"a.yaml": text}, unsafe=False)
    assert done.texts["a.yaml"].decode() == "name: Kopi 拿铁 🎉 y\n"


def test_of_overlapping_fixes_the_first_is_applied_whole():
    """A fix that overlaps an earlier one in any of its edits waits, with all its edits."""
    first = found(edit(1, 1, 4, "A"))
    second = found(edit(1, 3, 6, "B"), edit(2, 1, 2, "C"))
    done = fix([first, second], {"a.yaml": b"abcdef\nxyz\n"}, unsafe=False)
    assert done.texts == {"a.yaml": b"Adef\nxyz\n"}
    assert (done.settled, done.waiting) == ([first], 1)


def test_fixes_that_touch_do_not_overlap():
    """One edit may begin where another ends, in the same file or at the same place of another one."""
    fixes = [found(edit(1, 1, 3, "A")), found(edit(1, 3, 5, "B")), found(edit(1, 1, 3, "C", path="b.yaml"))]
    done = fix(fixes, {"a.yaml": b"abcdef", "b.yaml": b"abcdef"}, unsafe=False)
    assert done.texts == {"a.yaml": b"ABef", "b.yaml": b"Ccdef"}


def test_guesses_are_taken_only_when_asked_for_and_suppressed_findings_never():
    """Without `unsafe` only safe fixes count; what is suppressed is left as it was accepted."""
    guess = found(edit(1, 1, 2, "A"), safe=False)
    assert not fixable(guess, unsafe=False)
    assert fixable(guess, unsafe=True)
    assert not fixable(replace(guess, suppression=Suppression("baseline")), unsafe=True)
    assert fix([guess], {"a.yaml": b"abc"}, unsafe=False).texts == {}


def test_a_whole_line_can_be_removed():
    """An edit up to the start of the next line takes the line with its end, also the last one."""
    done = fix([found(edit(2, 1, 1, "", last=3))], {"a.yaml": b"one\ntwo\n"}, unsafe=False)
    assert done.texts == {"a.yaml": b"one\n"}


spans = st.tuples(st.integers(1, 4), st.integers(1, 8), st.integers(0, 4), st.text("XYZ", max_size=3))


@given(st.lists(spans, max_size=8))
def test_what_is_applied_and_what_waits_is_everything(edits: list[tuple[int, int, int, str]]):
    """Each fix is settled or waits, and characters outside every edit survive in their order."""
    text = "abcdefg\nhijklmn\nopqrstu\n"
    fixes = [found(edit(line, start, min(start + length, 8), content)) for line, start, length, content in edits]
    done = fix(fixes, {"a.yaml": text.encode()}, unsafe=False)
    assert len(done.settled) + done.waiting == len(fixes)
    kept = set(text)
    for one in done.settled:
        ((start, end),) = [part.range for part in one.fix.edits]  # type: ignore[union-attr]
        line = text.split("\n")[start.line - 1]
        kept -= set(line[start.column - 1 : end.column - 1])
    after = done.texts.get("a.yaml", text.encode()).decode()
    assert re.sub("[XYZ]", "", after) == "".join(char for char in text if char in kept)
