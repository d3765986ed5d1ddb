import json

from hypothesis import given
from hypothesis import strategies as st

from promo_cli.diagnostics import Diagnostic, Location, Severity
from promo_cli.diagnostics.keeping import from_plain, to_plain


@given(st.builds(Diagnostic))
def test_a_finding_survives_being_kept(found: Diagnostic) -> None:
    """Whatever a finding holds comes back from JSON as it was, every field of the record included."""
    assert from_plain(json.loads(json.dumps(to_plain(found)))) == found


def test_names_that_are_not_text_survive() -> None:
    """A file whose name is not UTF-8 is known by half characters, which JSON holds as escapes."""
    found = Diagnostic(code="YML001", name="x", severity=Severity.ERROR, message="m", primary=Location("\udc80.yaml"))
    assert from_plain(json.loads(json.dumps(to_plain(found)))) == found
