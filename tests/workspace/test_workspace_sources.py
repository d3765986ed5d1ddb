import pytest
from hypothesis import given
from hypothesis import strategies as st

from promo_cli.diagnostics import Position, Range
from promo_cli.workspace import tree
from promo_cli.workspace.sources import Sources

TEXT = """\
code: A1   # ours
"name": 'Two  words'
rules: {discount_percent: 20}
validity:
  start_date: 2026-02-01
note: |
  Two
  lines
tests:
- at: 2026-02-07
code: again
last: end
"""
POINTERS = ("/code", "/name", "/rules", "/validity", "/note", "/tests", "/last", "/gone", "/a~1b", "")
MUTATIONS = ("", "&a ", "*a ", "{", "}", "- ", "? ", '"', ": ", "\n", "\ufeff", "--- x\n", "\t", "# ")


@pytest.mark.parametrize(
    ("pointer", "key", "place"),
    [
        ("/code", False, ((1, 7), (1, 9))),
        ("/code", True, ((1, 1), (1, 5))),
        ("/name", False, ((2, 9), (2, 21))),
        ("/rules", True, ((3, 1), (3, 6))),
        ("/last", False, ((12, 7), (12, 10))),
    ],
)
def test_a_value_at_the_top_is_found(pointer: str, key: bool, place: tuple[tuple[int, int], tuple[int, int]]) -> None:
    """The place of a scalar, or of its key, at the top of a file is told from the text above it."""
    start, end = place
    assert tree.scalar_at_top(TEXT.encode(), pointer[1:], key=key) == Range(Position(*start), Position(*end))


@pytest.mark.parametrize("name", ["validity", "tests", "start_date", "gone"])
def test_what_is_no_scalar_at_the_top_is_left_to_the_tree(name: str) -> None:
    """Maps, lists, what is deeper and what is not there have no such place."""
    assert tree.scalar_at_top(TEXT.encode(), name) is None


@given(
    at=st.integers(0, len(TEXT)), by=st.sampled_from(MUTATIONS), pointer=st.sampled_from(POINTERS), key=st.booleans()
)
def test_short_and_whole_readings_agree(at: int, by: str, pointer: str, key: bool) -> None:
    """Wherever the whole text can be read, the place found early is that of the tree."""
    data = f"{TEXT[:at]}{by}{TEXT[at:]}".encode()
    early = Sources({"x.yaml": data}).locate("x.yaml", pointer, key=key)
    whole = Sources({"x.yaml": data})
    whole.span("x.yaml", "/")  # composes the tree
    found = whole.locate("x.yaml", pointer, key=key)
    assert found.range in (None, early.range)
