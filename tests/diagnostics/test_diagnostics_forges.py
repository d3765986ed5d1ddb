import json
import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import jsonschema
import pytest
from hypothesis import given, settings
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
    Severity,
    Suppression,
    render_github,
    render_gitlab,
    render_junit,
    render_markdown,
    render_sarif,
)
from promo_cli.diagnostics.moving import below

ERROR = Code(code="TIM001", name="end-before-start", severity=Severity.ERROR, doc="It ends before it starts.\nWhy: w.")
WARNING = Code(code="AMT022", name="whole-purchase-free", severity=Severity.WARNING, doc="All of it is free.")
CODES = {code.code: code for code in (ERROR, WARNING)}
SARIF = jsonschema.Draft7Validator(json.loads(Path(__file__).with_name("sarif-schema-2.1.0.json").read_text()))


def at(path: str, line: int, start: int, end: int) -> Location:
    """Return a place on one line."""
    return Location(path, Range(Position(line, start), Position(line, end)), f"/{line}")


PLACE = at("promotions/a.yaml", 2, 46, 56)
FULL = ERROR.at(
    PLACE,
    "ends 27 days before it starts: 100%, really",
    related=[Related(at("promotions/b.yaml", 1, 1, 5), "starts here")],
    notes=["both days count"],
    help="correct the month",
    fix=Fix("safe", (Edit("promotions/a.yaml", PLACE.range, "2026-03-01"),)),  # type: ignore[arg-type]
)
NOWHERE = WARNING.at(None, "about no file")


def hidden(found: Diagnostic, why: Suppression) -> Diagnostic:
    """Return the finding, suppressed."""
    return replace(found, suppression=why)


def sarif(*found: Diagnostic) -> dict[str, object]:
    """Return the SARIF document of findings, which its own schema accepts."""
    document = json.loads(render_sarif.render(found, CODES, version="1.2.3", root_file="promo.yaml"))
    SARIF.validate(document)
    return document  # type: ignore[no-any-return]


def test_github_annotates_the_line_and_escapes_what_would_end_the_command():
    """A command carries file, lines, inclusive columns, title and message, with percent, comma and colon escaped."""
    command = render_github.commands([FULL])
    assert command == (
        "::error file=promotions/a.yaml,line=2,endLine=2,col=46,endColumn=55,title=TIM001 end-before-start::"
        "ends 27 days before it starts: 100%25, really%0Aboth days count%0Ahelp: correct the month\n"
    )
    odd = render_github.commands([ERROR.at(Location("a,b:c.yaml"), "m")])
    assert odd.startswith("::error file=a%2Cb%3Ac.yaml,title=")


def test_github_says_how_many_findings_it_will_not_show():
    """Of each level the first ten become annotations, errors first; the rest is counted in a line."""
    many = [ERROR.at(at("a.yaml", line, 1, 2), "m") for line in range(1, 14)]
    out = render_github.render([NOWHERE, *many], "the text\n")
    shown = re.findall(r"^::(error|warning) ", out, re.MULTILINE)
    assert shown == ["error"] * 10 + ["warning"]
    assert out.endswith("3 more findings are in the text above.\n")


def test_github_obeys_nothing_that_stands_in_the_text():
    """The text is between a stop and a token that no file can know, so a promotion cannot give the runner commands."""
    first, command, last, *_ = render_github.render([FULL], "::add-mask::x").splitlines()
    stopped = re.fullmatch(r"::stop-commands::([0-9a-f]{64})", first)
    assert stopped is not None
    assert (command, last) == ("::add-mask::x", f"::{stopped[1]}::")


def test_suppressed_findings_are_not_annotated():
    """What is suppressed is in no annotation, no Code Quality report, and no table."""
    found = [hidden(FULL, Suppression("baseline"))]
    assert "::error" not in render_github.render(found, "")
    assert json.loads(render_gitlab.render(found, root_file="promo.yaml")) == []
    assert "TIM001" not in render_markdown.render(found, files=1)


def test_gitlab_gives_every_finding_a_place_and_its_own_fingerprint():
    """Findings about no file stand at promo.yaml, and two findings of one fingerprint stay two."""
    first, second, third = json.loads(render_gitlab.render([FULL, FULL, NOWHERE], root_file="shop/promo.yaml"))
    assert first["location"] == {"path": "promotions/a.yaml", "lines": {"begin": 2}}
    assert first["severity"] == "major"
    assert first["check_name"] == "TIM001 end-before-start"
    assert first["fingerprint"] == FULL.fingerprint != second["fingerprint"]
    assert third["location"] == {"path": "shop/promo.yaml", "lines": {"begin": 1}}


def test_sarif_carries_rules_places_fixes_and_reasons():
    """One run names the rules used, and a result has its region, related places, fix and suppression."""
    why = Suppression("comment", "agreed with finance")
    document = sarif(FULL, hidden(NOWHERE, why))
    (run,) = document["runs"]  # type: ignore[misc]
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["AMT022", "TIM001"]
    full, suppressed = run["results"]
    assert run["tool"]["driver"]["rules"][full["ruleIndex"]]["id"] == full["ruleId"]
    place = full["locations"][0]["physicalLocation"]
    assert place["region"] == {"startLine": 2, "startColumn": 46, "endLine": 2, "endColumn": 56}
    assert full["relatedLocations"][0]["message"]["text"] == "starts here"
    assert full["fixes"][0]["artifactChanges"][0]["replacements"][0]["insertedContent"]["text"] == "2026-03-01"
    assert suppressed["suppressions"] == [{"kind": "inSource", "justification": "agreed with finance"}]


def test_junit_fails_errors_only():
    """An error is a failure, a warning passes with its text, a suppressed finding is skipped with its reason."""
    why = Suppression("comment", "agreed")
    root = ElementTree.fromstring(render_junit.render([FULL, NOWHERE, hidden(FULL, why)], root_file="promo.yaml"))
    assert root.attrib == {"name": "promo validate", "tests": "3", "failures": "1"}
    cases = {case.get("classname"): list(case) for case in root.iter("testcase") if next(iter(case)).tag != "skipped"}
    assert [child.tag for child in cases["promotions/a.yaml"]] == ["failure"]
    assert [child.tag for child in cases["promo.yaml"]] == ["system-out"]
    assert root.find(".//skipped").get("message") == "agreed"  # type: ignore[union-attr]


def test_junit_without_findings_is_one_passing_case():
    """Servers take an empty report for a broken one, so a clean workspace reports one case."""
    root = ElementTree.fromstring(render_junit.render([], root_file="promo.yaml"))
    assert (root.get("tests"), root.get("failures"), len(list(root.iter("testcase")))) == ("1", "0", 1)


def test_markdown_shows_errors_first_and_neutralises_what_files_hold():
    """The table begins with the errors; markup from a message is shown, not obeyed."""
    bad = ERROR.at(PLACE, "expected `a|b`, found <img src=x> | [x](y)", help="write *it*")
    text = render_markdown.render([NOWHERE, bad], files=2)
    assert text.startswith("### promo validate\n\n1 error and 1 warning in 2 files.\n")
    first, second = [line for line in text.splitlines() if re.search(r"TIM\d|AMT\d", line)]
    assert "TIM001" in first
    assert "`promotions/a.yaml:2`" in first
    assert r"`a\|b`, found \<img src=x\> \| \[x\]\(y\)" in first
    assert "AMT022" in second


def test_markdown_stays_small():
    """Beyond 200 rows the rest is counted."""
    text = render_markdown.render([ERROR.at(PLACE, "m")] * 250, files=1)
    assert text.count("TIM001") == 200
    assert "50 more findings are in the log." in text


def test_paths_can_count_from_the_repository():
    """Every path of a finding moves below the workspace's folder in the repository."""
    (moved,) = below("shop", [FULL])
    assert moved.primary.path == "shop/promotions/a.yaml"  # type: ignore[union-attr]
    assert moved.related[0].location.path == "shop/promotions/b.yaml"
    assert moved.fix.edits[0].path == "shop/promotions/a.yaml"  # type: ignore[union-attr]
    assert below("", [FULL]) == [FULL]


texts = st.text(max_size=60)


@settings(max_examples=40, deadline=None)
@given(texts, texts.filter(bool), st.none() | texts)
@pytest.mark.parametrize("suppression", [None, Suppression("comment", "r")])
def test_every_format_holds_any_text(suppression: Suppression | None, message: str, path: str, advice: str | None):
    """Whatever a file or its name holds, each report can be read by a parser of its format."""
    place = Location(path, PLACE.range)
    found = ERROR.at(place, message, notes=[message], help=advice, related=[Related(place, message)])
    found = hidden(found, suppression) if suppression else found
    sarif(found)
    json.loads(render_gitlab.render([found], root_file="promo.yaml"))
    ElementTree.fromstring(render_junit.render([found], root_file="promo.yaml"))
    rows = [line for line in render_markdown.render([found], files=1).splitlines() if line.startswith("| ")]
    assert len(rows) == (0 if suppression else 2)
    assert render_github.commands([found]).count("\n") == 1
