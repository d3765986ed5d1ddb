"""CON: promotions that never apply for what they themselves ask for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from promo_cli.diagnostics import Severity
from promo_cli.model import rules as model
from promo_cli.model.promotion import Condition, Promotion, Scope
from promo_cli.validation.conflicts.landscape import landscape
from promo_cli.validation.conflicts.never import never_applies
from promo_cli.validation.conflicts.telling import alone
from promo_cli.validation.facts import Facts
from promo_cli.validation.rule import Also, Finding, rule, workspace_rule

Leaf = tuple[str, Condition]
"""A condition without parts, and its pointer."""


@rule("CON030", "conditions-exclude-each-other")
def conditions_exclude_each_other(promotion: Promotion[Any], facts: Facts) -> Iterator[Finding]:
    """Two conditions that must both hold never do: at most so many units of something, and at least more of it.

    Why: the promotion never applies.

    Bad:
        conditions: {all: [{min_quantity: 3}, {max_quantity: 2}]}

    Good:
        conditions: {all: [{min_quantity: 2}, {max_quantity: 3}]}

    Fix: swap the numbers; for "one or the other" write `any` instead of `all`.
    """
    leaves = list(_must_hold(promotion.conditions, "/conditions"))
    for at, most in leaves:
        for other, least in leaves:
            if (
                most.max_quantity is not None
                and least.min_quantity is not None
                and most.max_quantity < least.min_quantity
                and _inside(facts, promotion, least.scope, most.scope)
            ):
                yield Finding(
                    f"at most {most.max_quantity} units here, at least {least.min_quantity} there: both never hold",
                    f"{at}/max_quantity",
                    also=(Also("at least so many", f"{other}/min_quantity"),),
                    help="swap the numbers, or write `any` instead of `all`",
                    **alone(promotion, facts),
                )


@rule("CON031", "too-few-units-allowed", "buy_x_get_y", "mix_match", "combo", "upsell")
def too_few_units_allowed(promotion: Promotion[Any], facts: Facts) -> Iterator[Finding]:
    """A condition allows fewer units than one set of the promotion needs.

    Why: the promotion never applies: units at full price and units at a discount both count.

    Bad:
        promo_type: buy_x_get_y
        rules: {buy_quantity: 2, get_quantity: 1}
        conditions: {max_quantity: 2}

    Good:
        promo_type: buy_x_get_y
        rules: {buy_quantity: 2, get_quantity: 1}
        conditions: {max_quantity: 3}

    Fix: raise `max_quantity`; how often the promotion applies is `rules.max_applications`.
    """
    needed, pointer = _set_of(promotion.rules)
    for at, leaf in _must_hold(promotion.conditions, "/conditions"):
        counted = leaf.scope is None or _inside(facts, promotion, promotion.scope, leaf.scope)
        if leaf.max_quantity is not None and leaf.max_quantity < needed and counted:
            yield Finding(
                f"at most {leaf.max_quantity} units are allowed, and a set has {needed}",
                f"{at}/max_quantity",
                also=(Also("the set", pointer),),
                help=f"write {needed} or more; how often it applies is `rules.max_applications`",
                **alone(promotion, facts),
            )


@workspace_rule("CON032", "never-applies", severity=Severity.WARNING)
def applies_to_no_cart(facts: Facts) -> Iterator[Finding]:
    """A promotion applied to none of the carts that were made for it, though it was alone in them.

    Why: its conditions, options and rules are each sound, but together most likely never hold. This is not proven:
    carts with what it asks for were tried, in growing numbers.

    Bad:
        rules: {discount_percent: 20, every_quantity: 3, max_units: 2}

    Good:
        rules: {discount_percent: 20, every_quantity: 3, max_units: 3}

    Fix: read what the receipt says of it, and add a test to its file with a cart that should get it.
    """
    land = landscape(facts)
    for reach, witness in never_applies(land):
        yield Finding(
            "applies to none of the carts made for it",
            "/code",
            reach.promotion,
            help="read what the receipt says of it, and add a test with a cart that should get it",
            **land.witnesses.shown(witness),
        )


def _must_hold(condition: Condition | None, at: str) -> Iterator[Leaf]:
    if condition is None:
        return
    yield at, condition
    for index, part in enumerate(condition.all or ()):
        yield from _must_hold(part, f"{at}/all/{index}")


def _inside(facts: Facts, promotion: Promotion[Any], inner: Scope | None, outer: Scope | None) -> bool:
    """Whether every unit that the inner scope counts is counted by the outer as well; None counts everything."""
    if outer is None or inner == outer:
        return True
    if inner is None:
        return False
    every = promotion.targeting.model_copy(update={"brands": "all", "exclude_brands": []})
    return facts.in_scope(inner, every) <= facts.in_scope(outer, every)


def _set_of(rules: Any) -> tuple[int, str]:
    match rules:
        case model.BuyXGetY():
            return rules.buy_quantity + rules.get_quantity, "/rules/buy_quantity"
        case model.MixMatch():
            return rules.required_quantity, "/rules/required_quantity"
        case model.Combo(all_required=True):
            return sum(part.quantity for part in rules.products), "/rules/products"
        case model.Upsell():
            return rules.required_min_qty + 1, "/rules/required_product_id"
        case _:
            return 0, "/rules"
