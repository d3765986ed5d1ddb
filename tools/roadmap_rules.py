"""docs/reference/rules.md: which rule answers to each of the roadmap's, and all rules by family.

A test holds the table to the rules that exist.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

from promo_cli.diagnostics.explain import explain
from promo_cli.diagnostics.record import Code

_OPENING = """\
# Rules

Generated from the code by `make docs`. What a rule is for, with examples: [diagnostics.md](diagnostics.md), or
`promo explain CODE`.

## The roadmap's rules

| roadmap | rule | codes |
|---|---|---|"""


class Asked(NamedTuple):
    """A rule as the roadmap states it, under the method that checks it there, and the codes of ours."""

    method: str
    text: str
    codes: tuple[str, ...]


ASKED = (
    Asked("validate_dates", "start_date <= end_date", ("TIM001",)),
    Asked("validate_dates", "Check date range validity", ("TIM003", "TIM004", "TIM005", "TIM007", "TIM009", "TIM010")),
    Asked("validate_discount_values", "0 <= discount_percent <= 100", ("AMT001", "AMT002", "AMT005", "AMT006")),
    Asked(
        "validate_discount_values",
        "Check discount values are within bounds",
        ("AMT003", "AMT007", "AMT008", "AMT009", "AMT020", "AMT021", "AMT022", "AMT023", "AMT024"),
    ),
    Asked(
        "validate_scope",
        "At least one target (category/product/all)",
        ("TGT001", "TGT002", "TGT003", "REF001", "REF002"),
    ),
    Asked(
        "validate_scope",
        "Check scope configuration is complete",
        ("TGT004", "TGT005", "TGT008", "TGT011", "TGT012", "REF003", "REF004", "REF007", "REF010", "REF011"),
    ),
    Asked("validate_rules", "BOGO: buy_quantity > 0, get_quantity > 0", ("AMT005", "AMT006")),
    Asked("validate_rules", "Combo: At least 2 products", ("SCH106",)),
    Asked("validate_rules", "Happy Hour: valid time range", ("TIM002", "TIM006", "TIM008", "TIM011", "TIM013")),
    Asked("validate_rules", "Cross-brand: trigger_brands != benefit_brands", ("TGT006", "TGT007", "SCH109")),
    Asked(
        "validate_rules",
        "Check type-specific rules are valid",
        (
            *("SCH101", "SCH102", "SCH103", "SCH104", "SCH105", "SCH107", "TGT013"),
            *("AMT030", "AMT031", "AMT032", "AMT033", "AMT034", "AMT035", "AMT036"),
        ),
    ),
    Asked(
        "validate_conflicts",
        "Check for conflicts with other promotions",
        (
            *("CON001", "CON002", "CON003", "CON010", "CON011", "CON012", "CON020", "CON021", "CON022", "CON023"),
            *("REF013", "REF016"),
        ),
    ),
)


def rules_page(codes: Sequence[Code], families: Mapping[str, str]) -> str:
    """Return the page."""
    lines = [_OPENING]
    for asked in ASKED:
        linked = ", ".join(f"`{code}`" for code in asked.codes)
        lines.append(f"| `{asked.method}` | {asked.text} | {linked} |")
    groups = {family: list(group) for family, group in groupby(codes, key=lambda code: code.code[:3])}
    lines += ["", "## By family", "", "| family | | errors | warnings | in all |", "|---|---|---|---|---|"]
    for family, group in groups.items():
        errors = sum(code.severity == "error" for code in group)
        lines.append(f"| {family} | {families[family]} | {errors} | {len(group) - errors} | {len(group)} |")
    errors = sum(code.severity == "error" for code in codes)
    lines += [f"| | | {errors} | {len(codes) - errors} | {len(codes)} |", ""]
    for family, group in groups.items():
        lines += [f"### {family}: {families[family]}", "", "| code | name | severity | |", "|---|---|---|---|"]
        lines += [f"| {code.code} | {code.name} | {code.severity} | {_first(code)} |" for code in group]
        lines.append("")
    return "\n".join(lines)


def _first(code: Code) -> str:
    """The text's first sentence, on one line."""
    words = " ".join(explain(code).what.split()).replace("|", "\\|")
    head, found, _ = words.partition(". ")
    return head + "." if found else words
