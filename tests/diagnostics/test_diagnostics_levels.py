from dataclasses import replace

import pytest

from promo_cli.diagnostics import Code, Diagnostic, Failure, Location, Severity, Suppression
from promo_cli.diagnostics.baseline import entries_of, read, shrunk, suppress, write
from promo_cli.diagnostics.levels import Levels, levelled

BELOW_COST = Code(code="AMT023", name="below-cost", severity=Severity.WARNING, doc="What.")
NAME = Code(code="POL001", name="name-too-wide", severity=Severity.WARNING, doc="What.")
UNKNOWN = Code(code="REF001", name="unknown-product", severity=Severity.ERROR, doc="What.")


def at(code: Code, path: str = "promotions/a.yaml", pointer: str = "/rules") -> Diagnostic:
    """Return a finding in a file."""
    return code.at(Location(path, None, pointer), "m")


def severities(levels: Levels, *found: Diagnostic) -> list[str]:
    """Return what each finding counts as; those that are off are missing."""
    return [f"{one.code} {one.severity}" for one in levelled(found, levels)]


def test_a_code_counts_more_than_its_family():
    """The family's word holds for every code that is not named itself."""
    levels = Levels({"AMT": "off", "AMT023": "error", "POL": "info"})
    assert severities(levels, at(BELOW_COST), at(NAME)) == ["AMT023 error", "POL001 info"]


def test_a_path_counts_more_than_everywhere_and_a_later_path_more_than_an_earlier():
    """Of the paths that fit, the last that has a word decides; `*` crosses folders."""
    levels = Levels(
        {"POL001": "error"},
        {"promotions/*": {"POL": "info"}, "promotions/old/*": {"POL": "off"}, "stores/*": {"POL": "off"}},
    )
    assert severities(levels, at(NAME)) == ["POL001 info"]
    assert severities(levels, at(NAME, "promotions/old/2024/b.yaml")) == []
    assert severities(levels, at(NAME, "promo.yaml"), NAME.at(None, "m")) == ["POL001 error"] * 2


def test_errors_that_stop_compilation_stay_errors():
    """Neither off nor a lower severity touches an unknown reference."""
    assert severities(Levels({"REF": "off", "REF001": "info"}), at(UNKNOWN)) == ["REF001 error"]


def test_a_baseline_survives_being_written_and_read():
    """What is written is read again, one finding per line in the order of files."""
    entries = entries_of([at(NAME, "b.yaml"), at(BELOW_COST, "a.yaml")])
    text = write(entries)
    assert read("baseline.json", text) == sorted(entries)
    assert [line.count("fingerprint") for line in text.splitlines()] == [0, 0, 0, 1, 1, 0, 0]
    assert read("baseline.json", write([])) == []


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"schema": "other/1"}', '{"schema": "promo.baseline/1", "findings": [1]}']
)
def test_a_file_that_is_no_baseline_is_refused(text: str):
    """A broken baseline ends the command instead of letting everything through."""
    with pytest.raises(Failure) as failed:
        read("baseline.json", text)
    assert failed.value.exit_code == 2
    assert failed.value.diagnostics[0].code == "SUP007"


def test_known_findings_are_suppressed_one_for_one():
    """Two findings of one place need two entries, so that a second mistake of the kind is seen."""
    known = entries_of([at(NAME)])
    weighed, settled = suppress([at(NAME), at(NAME), at(BELOW_COST)], known)
    assert [one.suppressed for one in weighed] == [True, False, False]
    assert weighed[0].suppression == Suppression("baseline")
    assert settled == []


def test_entries_without_their_finding_are_settled():
    """What is no longer found is told, so that it can be taken out."""
    known = entries_of([at(NAME), at(BELOW_COST)])
    weighed, settled = suppress([at(NAME)], known)
    assert [one.suppressed for one in weighed] == [True]
    assert [entry.code for entry in settled] == ["AMT023"]


def test_a_baseline_only_shrinks():
    """Writing it anew drops what is settled and takes nothing new in."""
    before = entries_of([at(NAME), at(BELOW_COST)])
    now = entries_of([at(NAME), at(NAME), at(NAME, "promotions/new.yaml")])
    assert shrunk(before, now) == entries_of([at(NAME)])


def test_some_findings_never_enter_a_baseline():
    """Errors that stop compilation, suppressed findings, and those about suppressions stay out."""
    about_comments = replace(at(NAME), code="SUP003")
    hidden = replace(at(NAME), suppression=Suppression("comment", "r"))
    assert entries_of([at(UNKNOWN), hidden, about_comments]) == []
    assert not suppress([at(UNKNOWN)], entries_of([at(NAME)]))[0][0].suppressed
