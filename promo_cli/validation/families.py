"""The rules of all families. Importing this module registers them."""

from __future__ import annotations

from promo_cli.validation import (
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

FAMILIES = (
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


def all_rules() -> list[PromotionRule | WorkspaceRule]:
    """Every rule, in the order of their codes."""
    return sorted([*PROMOTION_RULES, *WORKSPACE_RULES], key=lambda rule: rule.code.code)


def rules_for(promo_type: str) -> list[PromotionRule]:
    """The rules about promotions of one type, in the order of their codes."""
    return sorted(
        (rule for rule in PROMOTION_RULES if not rule.types or promo_type in rule.types),
        key=lambda rule: rule.code.code,
    )


def workspace_rules() -> list[WorkspaceRule]:
    """The rules about the whole, in the order of their codes."""
    return sorted(WORKSPACE_RULES, key=lambda rule: rule.code.code)
