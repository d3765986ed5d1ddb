"""YML: findings of reading a file's text."""

from __future__ import annotations

from promo_cli.diagnostics import Code, Severity

SYNTAX = Code(
    code="YML001",
    name="syntax",
    severity=Severity.ERROR,
    doc="""
    The file is not YAML: a quote or bracket is not closed, a line is not indented like its neighbours, or text
    that needs quotes has none.

    Why: nothing in the file can be read until this is settled, so its other problems stay unseen.

    Bad:
        name: Buy 2: get 1

    Good:
        name: "Buy 2: get 1"

    Fix: put quotes around text that holds `: ` or ` #`, or begins with one of `%@&*!|>'"[]{}` or a backtick;
    close what was opened; align what belongs together.
    """,
)

DUPLICATE_KEY = Code(
    code="YML002",
    name="duplicate-key",
    severity=Severity.ERROR,
    doc="""
    A key stands twice in one map.

    Why: most readers silently keep the last one, so the first value looks as if it counted and does not.

    Bad:
        rules:
          discount_percent: 20
          discount_percent: 25

    Good:
        rules:
          discount_percent: 25

    Fix: keep the one that is meant.
    """,
)

AMBIGUOUS_WORD = Code(
    code="YML003",
    name="ambiguous-word",
    severity=Severity.ERROR,
    doc="""
    `yes`, `no`, `on`, `off`, `~`, or another spelling of `true`, `false` and `null`, without quotes.

    Why: one YAML reader takes `no` for false, another for the text "no" (a Norwegian store becomes a switch).

    Bad:
        is_active: yes

    Good:
        is_active: true

    Fix: write `true`, `false` or `null`; put quotes around it where a word is meant.
    """,
)

AMBIGUOUS_NUMBER = Code(
    code="YML004",
    name="ambiguous-number",
    severity=Severity.ERROR,
    doc="""
    A number in a notation that readers disagree on: leading zeros, hexadecimal, an exponent, a bare point.

    Why: `012` is ten to one reader and twelve to another; `1e3` is a number here and a product code there.

    Bad:
        rules: {discount_percent: 20, max_discount_amount: 5e4}

    Good:
        rules: {discount_percent: 20, max_discount_amount: 50_000}

    Fix: write plain digits (`50_000`, `0.5`), or put quotes around a code such as "012".
    """,
)

TAB = Code(
    code="YML005",
    name="tab",
    severity=Severity.ERROR,
    doc="""
    A tab where YAML wants spaces.

    Why: how wide a tab is depends on the editor, so YAML does not accept it as indentation.

    Bad:
        rules:
        \tdiscount_percent: 20

    Good:
        rules:
          discount_percent: 20

    Fix: replace the tab by spaces; most editors can do this for the whole file.
    """,
)

BYTE_ORDER_MARK = Code(
    code="YML006",
    name="byte-order-mark",
    severity=Severity.WARNING,
    doc="""
    The file begins with an invisible byte-order mark, as some Windows editors write.

    Why: it is read here, but other tools show or refuse it, and every comparison of the first line shows a change.

    Fix: save the file as UTF-8 without BOM.
    """,
)

NOT_UTF8 = Code(
    code="YML007",
    name="not-utf8",
    severity=Severity.ERROR,
    doc="""
    The file is not UTF-8 text, or holds control characters.

    Why: letters outside English would come out wrong on the receipt.

    Fix: save the file as UTF-8 (in a spreadsheet: "CSV UTF-8").
    """,
)

ALIAS = Code(
    code="YML008",
    name="alias",
    severity=Severity.ERROR,
    doc="""
    An anchor (`&name`), an alias (`*name`) or a merge key (`<<`).

    Why: whoever reviews a promotion must see its values where they are used; and nested aliases can blow a small
    file up to gigabytes.

    Bad:
        scope: &drinks {apply_to: category, categories: [hot-drinks]}

    Good:
        scope: {apply_to: category, categories: [hot-drinks]}

    Fix: write the value out. Text that begins with `&` or `*` needs quotes.
    """,
)

TOO_DEEP = Code(
    code="YML009",
    name="too-deep",
    severity=Severity.ERROR,
    doc="""
    Maps and lists are nested deeper than any file of a workspace needs.

    Why: very deep nesting is a mistake of a generator, or meant to exhaust the reader.

    Fix: flatten the value.
    """,
)

TOO_LARGE = Code(
    code="YML010",
    name="too-large",
    severity=Severity.ERROR,
    doc="""
    The file is larger than a file of its kind may be.

    Why: reading stays quick and within memory on every machine that validates.

    Fix: split a large list over several files, or keep stores and the catalogue as CSV.
    """,
)

SEVERAL_DOCUMENTS = Code(
    code="YML011",
    name="several-documents",
    severity=Severity.ERROR,
    doc="""
    A `---` line begins a second document in the file.

    Why: one file is one promotion; the second document would be ignored.

    Bad:
        name: First
        ---
        name: Second

    Good:
        name: First

    Fix: move the second document to its own file.
    """,
)

EMPTY = Code(
    code="YML012",
    name="empty-file",
    severity=Severity.ERROR,
    doc="""
    The file holds nothing, or comments only.

    Why: it looks like a promotion in the listing and is none.

    Fix: fill it, or delete it.
    """,
)

UNREADABLE = Code(
    code="YML013",
    name="unreadable",
    severity=Severity.ERROR,
    doc="""
    The file cannot be read: no permission, not a regular file, or a name that is not text.

    Why: what cannot be read here cannot be read in CI either, and would be missing from the tills.

    Fix: give read permission, or replace it by an ordinary file.
    """,
)

LINK = Code(
    code="YML014",
    name="link-outside",
    severity=Severity.ERROR,
    doc="""
    A symbolic link leads out of the workspace, to a folder, or nowhere.

    Why: a release must follow from what is in the repository; what lies outside differs on every machine.

    Fix: put the file itself into the workspace.
    """,
)

TAG = Code(
    code="YML015",
    name="tag",
    severity=Severity.ERROR,
    doc="""
    A YAML tag such as `!!str`, `!!python/object` or `!Ref`.

    Why: tags tell a reader to build something; values here are text, numbers, true, false, null, lists and maps.

    Bad:
        name: !!str 2026

    Good:
        name: "2026"

    Fix: remove the tag; put quotes around a number that is meant as text, or around text that begins with `!`.
    """,
)

KEY = Code(
    code="YML016",
    name="key-not-text",
    severity=Severity.ERROR,
    doc="""
    A key is a list, a map, or marked with `?`. Often a `{{ placeholder }}` without quotes.

    Why: keys are names; nothing here has a list or a map for a name.

    Bad:
        name: {{ title }}

    Good:
        name: "{{ title }}"

    Fix: put quotes around the text, or write a plain key.
    """,
)
