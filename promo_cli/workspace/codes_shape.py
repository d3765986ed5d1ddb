"""SCH: findings of shaping what was read."""

from __future__ import annotations

from promo_cli.diagnostics import Code, Severity

WRONG_VALUE = Code(
    code="SCH001",
    name="wrong-value",
    severity=Severity.ERROR,
    doc="""
    A value is not what its field takes.

    Why: a guess here would be a wrong price at every till.

    Bad:
        rules: {discount_percent: 20%}

    Good:
        rules: {discount_percent: 20}

    Fix: write what the message says is expected. Numbers stand without quotes, units and thousands separators
    (`50_000`), dates as 2026-02-28, times as 22:00, lists in brackets.
    """,
)

MISSING_FIELD = Code(
    code="SCH002",
    name="missing-field",
    severity=Severity.ERROR,
    doc="""
    A field that has no default is not there.

    Why: without it nobody can know what the promotion is meant to do.

    Bad:
        validity: {end_date: 2026-02-28}

    Good:
        validity: {start_date: 2026-02-01, end_date: 2026-02-28}

    Fix: add the field.
    """,
)

UNKNOWN_FIELD = Code(
    code="SCH003",
    name="unknown-field",
    severity=Severity.ERROR,
    doc="""
    A key that does not exist at this place.

    Why: ignoring it would lose what was meant: a misspelled cap is no cap.

    Bad:
        rules: {discount_percent: 20, max_discont_amount: 50_000}

    Good:
        rules: {discount_percent: 20, max_discount_amount: 50_000}

    Fix: take the suggested spelling, move the key to the section it belongs to, or remove it.
    """,
)

FOREIGN_FIELD = Code(
    code="SCH004",
    name="foreign-field",
    severity=Severity.ERROR,
    doc="""
    A key under `rules` that belongs to another promo_type.

    Why: the promotion would silently not do what the key promises.

    Bad:
        promo_type: percent_discount
        rules: {discount_percent: 20, buy_quantity: 2}

    Good:
        promo_type: percent_discount
        rules: {discount_percent: 20}

    Fix: remove the key, or change promo_type to the one the message names.
    """,
)

UNKNOWN_TYPE = Code(
    code="SCH005",
    name="unknown-promo-type",
    severity=Severity.ERROR,
    doc="""
    `promo_type` is missing, or is none of the twelve types.

    Why: the type decides what stands under `rules`, so they are checked once it is known.

    Bad:
        promo_type: percentage

    Good:
        promo_type: percent_discount

    Fix: choose one of the types that the message lists.
    """,
)

NOT_A_CHOICE = Code(
    code="SCH006",
    name="not-a-choice",
    severity=Severity.ERROR,
    doc="""
    A word that is not among those its field takes.

    Why: a guess here would be a wrong price at every till.

    Bad:
        scope: {apply_to: categories, categories: [hot-drinks]}

    Good:
        scope: {apply_to: category, categories: [hot-drinks]}

    Fix: take one of the listed words.
    """,
)

BAD_ID = Code(
    code="SCH007",
    name="bad-id",
    severity=Severity.ERROR,
    doc="""
    An id or code with characters that ids cannot have, or longer than 64.

    Why: ids become file names, addresses and columns on every till; letters, digits, dot, underscore and hyphen are
    safe everywhere.

    Bad:
        code: WEEKEND 20%

    Good:
        code: WEEKEND20

    Fix: use letters, digits, `.`, `_` and `-` only, beginning with a letter or digit.
    """,
)

NOT_A_MAP = Code(
    code="SCH008",
    name="wrong-file-shape",
    severity=Severity.ERROR,
    doc="""
    The file as a whole is not of the shape its kind has: a promotion and promo.yaml are maps of `key: value`,
    reference data are lists.

    Why: nothing in it can be found.

    Fix: compare it with the example in the guide; `promo init` writes one of each.
    """,
)

BAD_LENGTH = Code(
    code="SCH009",
    name="too-long-or-short",
    severity=Severity.ERROR,
    doc="""
    Text or a list is empty, or longer than its field takes.

    Why: empty names cannot be shown; tills and receipts have little room.

    Bad:
        name: ""

    Good:
        name: Weekend Special

    Fix: keep to the length that the message names.
    """,
)

OUT_OF_RANGE = Code(
    code="SCH010",
    name="out-of-range",
    severity=Severity.ERROR,
    doc="""
    A setting is below or above what is possible.

    Why: promo.yaml holds for every promotion, so nothing can be done with an impossible setting.

    Fix: keep to the bounds that the message names.
    """,
)

BAD_CSV = Code(
    code="SCH011",
    name="bad-csv",
    severity=Severity.ERROR,
    doc="""
    A CSV file has a quote that is not closed, a row with more or fewer cells than the header, or a column twice.

    Why: cells would end up under the wrong name.

    Fix: save it again from the spreadsheet as "CSV UTF-8"; put quotes around cells that hold the separator.
    """,
)
