"""The rules of all families. Importing this module registers them."""

from __future__ import annotations

from promo_cli.validation import (  # noqa: F401  each registers its rules
    amt,
    amt_prices,
    amt_reach,
    amt_tiers,
    con,
    con_never,
    con_shadow,
    con_together,
    pol,
    ref,
    sch,
    tgt,
    tim,
    tim_clock,
)
from promo_cli.validation.rule import PROMOTION_RULES, WORKSPACE_RULES, PromotionRule, WorkspaceRule


def all_rules() -> list[PromotionRule | WorkspaceRule]:
    """Every rule, in the order of their codes."""
    return sorted([*PROMOTION_RULES, *WORKSPACE_RULES], key=lambda rule: rule.code.code)


def workspace_rules() -> list[WorkspaceRule]:
    """The rules about the whole, in the order of their codes."""
    return sorted(WORKSPACE_RULES, key=lambda rule: rule.code.code)
