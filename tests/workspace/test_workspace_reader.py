from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from promo_cli.diagnostics import Diagnostic, render_full
from promo_cli.workspace.limits import PROMOTION, Limits
from promo_cli.workspace.reader import Document, read


def problems(data: bytes, limits: Limits = PROMOTION) -> list[Diagnostic]:
    """Return what is found in a text."""
    return read("a.yaml", data, limits).diagnostics


def test_values_are_what_is_written():
    """Maps, lists and scalars come back as plain values, quoted scalars and keys as text."""
    text = b'a: [1, "1", 12.50, true, null, 22:00]\n012: {no: yes please}\nempty:\n'
    document = read("a.yaml", text, PROMOTION)
    assert document.value == {
        "a": [1, "1", Decimal("12.50"), True, None, "22:00"],
        "012": {"no": "yes please"},
        "empty": None,
    }
    assert document.readable
    assert not document.diagnostics


def test_json_is_read_as_well():
    """A JSON document is YAML."""
    assert read("a.json", b'{"a": [1, 2.5, "x\\/y", null, true]}', PROMOTION).value == {
        "a": [1, Decimal("2.5"), "x/y", None, True]
    }


SYNTAX = [
    (b"name: Buy 2: get 1\n", (1, 12), "a second `: ` on one line: text that holds a colon needs quotes"),
    (b"name: %20 off\n", (1, 7), "text cannot begin with `%` without quotes"),
    (b"name: @home\n", (1, 7), "text cannot begin with `@` without quotes"),
    (b'name: "abc\ncode: X\n', (1, 7), "this quote is never closed"),
    (b"name: 'it's'\ncode: X\n", (1, 11), "text goes on after the closing quote"),
    (b"a: [Promo] x\n", (1, 12), "text goes on after the closing bracket"),
    (b"a: [1, 2]]\n", (1, 10), "this `]` closes nothing"),
    (b"a: [1, 2\nb: 3\n", (2, 2), "expected `,` or `]`, found `:`"),
    (b"a: [1, 2}\n", (1, 9), "expected `,` or `]`, found `}`"),
    (b"a: [\n", (1, 4), "the file ends before everything is closed"),
    (b"a: ,b\n", (1, 4), "a value is missing before `,`"),
    (b"a: 1\n  b: 2\n", (2, 3), "this line is indented further than the one above, which already has a value"),
    (b"a:\n    b: 1\n  c: 2\n", (3, 3), "this line does not line up with those it belongs to"),
    (b"  a: 1\nb: 2\n", (2, 1), "this line does not line up with those it belongs to"),
    (b"a: 1\n- b\n", (2, 1), "a list item stands where a `key:` is expected"),
    (b"- a\nb: 1\n", (2, 1), "a key stands where the list above goes on"),
    (b"a: - b\n", (1, 4), "a list item cannot begin on the line of its key"),
    (b"code X\nname: y\n", (1, 1), "this line has no `:` after its key"),
    (b"name: y\ncode X\n", (2, 1), "this line has no `:` after its key"),
    (b"name:y\ncode: x\n", (1, 1), "a space is missing after the colon"),
    (b'name: "a\\qb"\n', (1, 9), "a backslash in double quotes begins an escape, and this is none"),
    (b"name: | x\n", (1, 9), "text cannot follow `|` or `>` on its line"),
    (b"%FOO\na: 1\n", (1, 1), "a line that begins with `%` is a directive, and none is needed"),
]


@pytest.mark.parametrize(("text", "place", "message"), SYNTAX, ids=[message for _, _, message in SYNTAX])
def test_syntax_errors_say_what_is_wrong_and_where(text: bytes, place: tuple[int, int], message: str):
    """Each way to break the syntax is one finding in plain words, at the cause."""
    (found,) = problems(text)
    assert (found.code, found.message) == ("YML001", message)
    assert found.primary is not None
    assert found.primary.range is not None
    assert found.primary.range.start == place
    assert found.help


TRAPS = [
    (b"a: 1\nb: {c: 1, c: 2}\n", "YML002", (2, 11), "/b/c"),
    (b"a: [no]\n", "YML003", (1, 5), "/a/0"),
    (b"a: 012\n", "YML004", (1, 4), "/a"),
    (b"a: 1e3\n", "YML004", (1, 4), "/a"),
    (b"rules:\n\tb: 1\n", "YML005", (2, 1), None),
    (b"a: 1\n  \tb: 2\n", "YML005", (2, 3), None),
    (b"\xef\xbb\xbfa: 1\n", "YML006", (1, 1), ""),
    (b"a: 1\nname: caf\xe9\n", "YML007", (2, 10), None),
    ("a: 1".encode("utf-16"), "YML007", None, None),
    (b"a: b\nc: \x07\n", "YML007", (2, 4), None),
    (b"a: \x00\n", "YML007", (1, 4), None),
    (b"a: &x 1\nb: *x\n", "YML008", (1, 4), None),
    (b"a: *x\n", "YML008", (1, 4), None),
    (b"name: **bold**\n", "YML008", (1, 7), None),
    (b"a: {<<: {b: 1}}\n", "YML008", (1, 5), "/a/<<"),
    (b"[" * 40 + b"]" * 40, "YML009", (1, 32), None),
    (b"a: 1\n---\nb: 2\n", "YML011", (2, 1), None),
    (b"", "YML012", None, None),
    (b"# nothing\n", "YML012", None, None),
    (b"a: !!python/object:os.system x\n", "YML015", (1, 4), "/a"),
    (b"a: !important\n", "YML015", (1, 4), "/a"),
    (b"? [a]\n: 1\n", "YML016", (1, 3), None),
    (b"name: {{ title }}\n", "YML016", (1, 8), None),
]


@pytest.mark.parametrize(("text", "code", "place", "pointer"), TRAPS)
def test_traps_are_one_finding_with_their_place(
    text: bytes, code: str, place: tuple[int, int] | None, pointer: str | None
):
    """Each trap of YAML is one finding with its code, its place and what to do."""
    (found,) = problems(text)
    assert found.code == code
    assert found.help
    assert found.primary is not None
    assert (found.primary.range.start if found.primary.range else None) == place
    if pointer is not None:
        assert found.primary.pointer == pointer


def test_a_quote_is_offered_where_text_needs_it():
    """The fix puts quotes around all the text after the key."""
    (found,) = problems(b"name: Buy 2: get \\1 # now\n")
    assert found.fix is not None
    (edit,) = found.fix.edits
    assert edit.content == '"Buy 2: get \\\\1 # now"'


def test_duplicate_keys_show_the_first():
    """A key that stands twice points at both places."""
    (found,) = problems(b"a: 1\nb: 2\na: 3\n")
    (first,) = found.related
    assert first.location.range is not None
    assert first.location.range.start == (1, 1)


def test_doubtful_values_are_named():
    """The pointers of values that are findings already are known, so that nothing else is said there."""
    document = read("a.yaml", b"a: [1, no]\nb: {c: 1, c: 2}\n", PROMOTION)
    assert document.doubtful == {"/a/1", "/b/c"}
    assert document.readable


@pytest.mark.parametrize(
    "text",
    [
        b"name: R&D, Mix & Match *special*\n",
        b"a: [x, 'y & z', 5*3]\n",
        b"a: b\tc\n",
        b"a: {\n\tb: 1}\n",
        "a: \u00e9\u4e2d\U0001f600\n".encode(),
        b"a: 1\r\nb: 2\r\n",
    ],
)
def test_innocent_text_passes(text: bytes):
    """Ampersands, stars, tabs within text, other scripts and Windows line ends are no traps."""
    assert problems(text) == []


BOMBS: list[tuple[str, Callable[[], bytes]]] = [
    ("open brackets", lambda: b"[" * 200_000),
    ("open maps", lambda: b"{a: " * 200_000),
    ("nested lists", lambda: b"- " * 200_000),
    ("nested keys", lambda: b"? " * 200_000),
    ("staircase", lambda: b"".join(b" " * n + b"a:\n" for n in range(1200))),
    ("alias bomb", lambda: b"a0: &a0 [x,x,x,x,x,x,x,x,x]\n" + b"".join(
        b"a%d: &a%d [%s]\n" % (n, n, b",".join([b"*a%d" % (n - 1)] * 9)) for n in range(1, 30)
    )),
    ("many values", lambda: b"[" + b"a," * 400_000 + b"]"),
    ("many traps", lambda: b"[" + b"no," * 200_000 + b"]"),
    ("long scalar", lambda: b"a: " + b"9" * 1_000_000),
    ("long line", lambda: b"a: " + b"x " * 500_000 + b": b"),
    ("many documents", lambda: b"--- a\n" * 100_000),
    ("zeros", lambda: b"\x00" * 1_000_000),
]  # fmt: skip


@pytest.mark.parametrize("bomb", [make for _, make in BOMBS], ids=[name for name, _ in BOMBS])
def test_bombs_end_with_few_findings(bomb: Callable[[], bytes]):
    """Text made to exhaust the reader is answered, with few findings."""
    found = problems(bomb())
    assert len(found) <= 200
    assert sum(map(len, render_full.render(found, {}.get))) < 200_000


def test_too_many_values_are_refused():
    """A file with more values than its limit is one finding."""
    (found,) = problems(b"[" + b"a," * 200 + b"]", Limits(bytes=1000, nodes=100))
    assert found.code == "YML010"
    assert "more than 100 keys and values" in found.message


def test_too_many_bytes_are_refused_unread():
    """A file above the size limit is one finding that says both sizes."""
    (found,) = problems(b"x" * 2000, Limits(bytes=1000))
    assert found.code == "YML010"
    assert found.message == "the file has 2,000 bytes; at most 1,000 are read"


def test_findings_of_one_file_are_capped_and_counted():
    """Beyond two hundred findings the last one says how many are left out."""
    found = problems(b"[" + b"no," * 1000 + b"]")
    assert len(found) == 200
    assert found[-1].notes == ("800 more problems of this file are not shown",)


fragments = st.sampled_from(
    [*"[]{},:'\"\n\t#|>%@?!&*-~=\\\r\x00\ufeff\x85é😀", "a: ", "b:\n", "  ", "- ", "&x ", "*x", "!t ", "---\n", "...\n",
     "? ", "<<: ", "no", "012", "1e3", "text"]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(fragments, max_size=30).map("".join) | st.text(max_size=60), st.booleans())
def test_any_text_is_read_or_explained(text: str, surrogates: bool):
    """Whatever stands in a file, reading it ends with a value or findings that render, never with an error."""
    data = text.encode("utf-16" if surrogates else "utf-8", "surrogatepass")
    document = read("a.yaml", data, PROMOTION)
    assert isinstance(document, Document)
    assert document.readable or document.diagnostics
    assert render_full.render(document.diagnostics, {"a.yaml": text}.get) or not document.diagnostics


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=80))
def test_any_bytes_are_read_or_explained(data: bytes):
    """The same for bytes that are no text."""
    document = read("a.yaml", data, PROMOTION)
    assert document.readable or document.diagnostics
