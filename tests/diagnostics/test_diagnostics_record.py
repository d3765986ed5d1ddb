from dataclasses import replace

import pytest

from promo_cli.diagnostics import Code, Diagnostic, Location, Position, Range, Severity, Suppression, sort_key
from promo_cli.diagnostics.summary import count, sentence

CODE = Code(code="TIM001", name="end-before-start", severity=Severity.ERROR, doc="What.")


def at(path: str, line: int, pointer: str | None = None) -> Location:
    """Return a place of four characters at the start of a line."""
    return Location(path, Range(Position(line, 1), Position(line, 5)), pointer)


def test_a_finding_carries_what_its_code_declares():
    """A code gives its findings their code, name and severity."""
    found = CODE.at(at("a.yaml", 1), "ends before it starts")
    assert (found.code, found.name, found.severity) == ("TIM001", "end-before-start", Severity.ERROR)


def test_fingerprint_survives_moving_lines_and_changing_words():
    """The same mistake at the same pointer keeps its fingerprint when lines move and messages count other days."""
    before = CODE.at(at("a.yaml", 3, "/validity/end_date"), "ends 3 days before it starts")
    after = CODE.at(at("a.yaml", 9, "/validity/end_date"), "ends 4 days before it starts")
    assert before.fingerprint == after.fingerprint
    assert len(before.fingerprint) == 16


@pytest.mark.parametrize(
    "other",
    [
        CODE.at(at("b.yaml", 3, "/x"), "m"),
        CODE.at(at("a.yaml", 3, "/y"), "m"),
        replace(CODE, code="TIM002").at(at("a.yaml", 3, "/x"), "m"),
        CODE.at(at("a.yaml", 3), "m"),
    ],
)
def test_fingerprint_tells_mistakes_apart(other: Diagnostic):
    """Another file, place or code is another fingerprint."""
    assert CODE.at(at("a.yaml", 3, "/x"), "m").fingerprint != other.fingerprint


def test_findings_sort_in_reading_order():
    """Findings come by file, then line, and those without a place first."""
    found = [
        CODE.at(at("b.yaml", 1), "3"),
        CODE.at(at("a.yaml", 9), "2"),
        CODE.at(at("a.yaml", 2), "1"),
        CODE.at(None, "0"),
    ]
    assert [one.message for one in sorted(found, key=sort_key)] == ["0", "1", "2", "3"]


def test_suppressed_findings_do_not_count():
    """The summary counts live errors and warnings only."""
    error = CODE.at(None, "e")
    warning = replace(error, severity=Severity.WARNING)
    assert count([error, warning, warning, replace(error, suppression=Suppression("baseline"))]) == {
        "errors": 1,
        "warnings": 2,
    }


@pytest.mark.parametrize(
    ("errors", "warnings", "words"),
    [
        (0, 0, "No problems in 1,013 files"),
        (1, 0, "1 error in 1,013 files"),
        (2, 1, "2 errors and 1 warning in 1,013 files"),
    ],
)
def test_the_summary_is_a_sentence(errors: int, warnings: int, words: str):
    """One line says how many findings there are in how many files."""
    error = CODE.at(None, "e")
    found = [error] * errors + [replace(error, severity=Severity.WARNING)] * warnings
    assert sentence(found, 1013) == words
