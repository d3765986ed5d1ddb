"""SCH: fields that fit one by one, but not together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from promo_cli.diagnostics import Severity
from promo_cli.model.promotion import Condition, Promotion
from promo_cli.validation.facts import Facts
from promo_cli.validation.rule import Also, Change, Finding, rule
from promo_cli.validation.words import listed

_LEAF = {"min_quantity", "max_quantity", "min_purchase", "order_number", "points", "birthday_within_days"}
_JOINS = ("all", "any", "not_")


@rule("SCH101", "one-benefit", "happy_hour")
def one_benefit(promotion: Promotion[Any], facts: Facts) -> Iterator[Finding]:
    """A happy hour gives none or several of `discount_percent`, `discount_amount` and `special_price`.

    Why: exactly one of them says what an item costs in these hours.

    Bad:
        promo_type: happy_hour
        validity: {start_date: 2026-02-01, time_start: 17:00, time_end: 19:00}
        scope: {apply_to: category, categories: [hot-drinks]}
        rules: {discount_percent: 20, special_price: 15_000}

    Good:
        promo_type: happy_hour
        validity: {start_date: 2026-02-01, time_start: 17:00, time_end: 19:00}
        scope: {apply_to: category, categories: [hot-drinks]}
        rules: {discount_percent: 20}

    Fix: keep one.
    """
    fields = ("discount_percent", "discount_amount", "special_price")
    given = [name for name in fields if getattr(promotion.rules, name) is not None]
    if not given:
        yield Finding("the happy hour gives nothing", "/rules", key=True, help=f"add one of {', '.join(fields)}")
    elif len(given) > 1:
        also = (Also("and this", f"/rules/{given[0]}", key=True),)
        message = f"the happy hour gives {listed(given)}; only one can hold"
        yield Finding(message, f"/rules/{given[1]}", key=True, also=also, help="keep one of them")


@rule("SCH102", "gift-unclear", "free_item")
def gift_unclear(promotion: Promotion[Any], facts: Facts) -> Iterator[Finding]:
    """A free item promotion names no gift, or names it in both ways.

    Why: the till must know which product to add. `free_product_id` is one gift, `free_product_ids` are choices.

    Bad:
        promo_type: free_item
        rules: {min_purchase: 100_000}

    Good:
        promo_type: free_item
        rules: {min_purchase: 100_000, free_product_id: espresso}

    Fix: give one of the two.
    """
    rules = promotion.rules
    if rules.free_product_id is None and not rules.free_product_ids:
        advice = "add `free_product_id`, or `free_product_ids` with several to choose from"
        yield Finding("no gift is named", "/rules", key=True, help=advice)
    elif rules.free_product_id is not None and rules.free_product_ids:
        also = (Also("and here", "/rules/free_product_id"),)
        advice = "keep `free_product_id` for one gift, `free_product_ids` for a choice"
        yield Finding("the gift is named in two ways", "/rules/free_product_ids", key=True, also=also, help=advice)


@rule("SCH103", "gift-for-nothing", "free_item", severity=Severity.WARNING)
def gift_for_nothing(promotion: Promotion[Any], facts: Facts) -> Iterator[Finding]:
    """A free item without a minimum purchase, a trigger product or conditions.

    Why: every bill gets the gift, whatever is bought.

    Bad:
        promo_type: free_item
        rules: {free_product_id: espresso}

    Good:
        promo_type: free_item
        rules: {free_product_id: espresso, trigger_product_id: latte}

    Fix: add `min_purchase` or `trigger_product_id`, or ask for a voucher.
    """
    rules = promotion.rules
    asked = promotion.require_voucher or promotion.conditions is not None or not promotion.is_auto_apply
    if rules.min_purchase <= 0 and rules.trigger_product_id is None and not asked:
        advice = "add `min_purchase` or `trigger_product_id`"
        yield Finding("every bill gets this gift", "/rules", key=True, help=advice)


@rule("SCH104", "package-part-unclear", "package")
def package_part_unclear(promotion: Promotion[Any], facts: Facts) -> Iterator[Finding]:
    """A part of a package does not name what its `item_type` says: a product, or a category to choose from.

    Why: the till could not tell what belongs to the package.

    Bad:
        promo_type: package
        rules: {package_name: Lunch, package_price: 50_000, items: [{item_type: category, product_id: latte}]}

    Good:
        promo_type: package
        rules: {package_name: Lunch, package_price: 30_000, items: [{item_type: product, product_id: latte}]}

    Fix: give `product_id` for a product, `category_id` for a category, and only that.
    """
    for index, item in enumerate(promotion.rules.items):
        needed, other = ("product_id", "category_id") if item.item_type == "product" else ("category_id", "product_id")
        at = f"/rules/items/{index}"
        if getattr(item, needed) is None:
            given = getattr(item, other) is not None
            advice = f"write `item_type: {other[:-3]}`" if given else f"add `{needed}`"
            change = Change(f"{at}/item_type", other[:-3]) if given else None
            message = f"this part is a {item.item_type} and has no `{needed}`"
            yield Finding(message, f"{at}/item_type", help=advice, change=change)
        elif getattr(item, other) is not None:
            message = f"a {item.item_type} has no `{other}`"
            yield Finding(message, f"{at}/{other}", key=True, help=f"remove `{other}`")


@rule("SCH105", "selection-upside-down", "package")
def selection_upside_down(promotion: Promotion[Any], facts: Facts) -> Iterator[Finding]:
    """A choice asks for more than it allows.

    Why: no selection fits, so the package is never complete.

    Bad:
        promo_type: package
        rules:
          package_name: Lunch
          package_price: 30_000
          items: [{item_type: category, category_id: hot-drinks, min_selection: 3, max_selection: 1}]

    Good:
        promo_type: package
        rules:
          package_name: Lunch
          package_price: 30_000
          items: [{item_type: category, category_id: hot-drinks, min_selection: 1, max_selection: 3}]

    Fix: swap the two numbers.
    """
    for index, item in enumerate(promotion.rules.items):
        if (
            item.min_selection is not None
            and item.max_selection is not None
            and item.min_selection > item.max_selection
        ):
            also = (Also(f"at most {item.max_selection}", f"/rules/items/{index}/max_selection"),)
            message = f"at least {item.min_selection} and at most {item.max_selection} cannot both hold"
            yield Finding(message, f"/rules/items/{index}/min_selection", also=also, help="swap the two")


@rule("SCH106", "combo-too-small", "combo")
def combo_too_small(promotion: Promotion[Any], facts: Facts) -> Iterator[Finding]:
    """A combo of fewer than two products.

    Why: a combo brings different products together; one product at a special price is another type.

    Bad:
        promo_type: combo
        rules: {combo_price: 30_000, products: [{product_id: latte}]}

    Good:
        promo_type: combo
        rules: {combo_price: 50_000, products: [{product_id: latte}, {product_id: croissant}]}

    Fix: add a product, or use mix_match (several of one kind for a price) or amount_discount.
    """
    different = {part.product_id for part in promotion.rules.products}
    if len(different) < 2:
        advice = "add another product; several of one product for a price are a mix_match"
        yield Finding("a combo needs at least two products", "/rules/products", help=advice)


@rule("SCH107", "empty-condition")
def empty_condition(promotion: Promotion[Any], facts: Facts) -> Iterator[Finding]:
    """A condition that asks for nothing, or that joins parts and states a bound of its own.

    Why: nothing is always true; and a bound beside `all` or `any` would not be looked at.

    Bad:
        conditions: {scope: {apply_to: product, products: [latte]}}

    Good:
        conditions: {min_quantity: 1, scope: {apply_to: product, products: [latte]}}

    Fix: state a bound such as `min_quantity`, or put it as a part under `all`.
    """
    if promotion.conditions is not None:
        yield from _condition(promotion.conditions, "/conditions")


@rule("SCH108", "group-rule-alone", severity=Severity.WARNING)
def group_rule_alone(promotion: Promotion[Any], facts: Facts) -> Iterator[Finding]:
    """`stacking.rule` without a `group`, or a group without a rule.

    Why: the rule says how many of a group may apply; alone neither restricts anything.

    Bad:
        stacking: {rule: first}

    Good:
        stacking: {group: breakfast, rule: first}

    Fix: give both, or neither.
    """
    stacking = promotion.stacking
    if stacking.rule is not None and stacking.group is None:
        yield Finding("`rule` has no group to hold for", "/stacking/rule", help="add `group`, or remove `rule`")
    elif stacking.group is not None and stacking.rule is None:
        advice = "add `rule: first`, `best_customer` or `best_merchant`"
        yield Finding("the group restricts nothing without a `rule`", "/stacking/group", help=advice)


@rule("SCH109", "reward-incomplete")
def reward_incomplete(promotion: Promotion[Any], facts: Facts) -> Iterator[Finding]:
    """A cross-brand reward across bills without its reward, or without the span in which spend counts.

    Why: nobody could say who has earned what.

    Bad:
        cross_brand: {type: accumulate, trigger_brands: [kopi-senja], trigger_min_amount: 500_000}

    Good:
        cross_brand:
          type: accumulate
          trigger_brands: [kopi-senja]
          trigger_min_amount: 500_000
          window_days: 30
          reward: {voucher_batch: THANKS}

    Fix: add `window_days` or `period`, and `reward` with a voucher batch or a promotion.
    """
    cross = promotion.cross_brand
    if cross is None or cross.type != "accumulate":
        return
    if cross.reward is None or (cross.reward.voucher_batch is None) == (cross.reward.promotion is None):
        advice = "add `reward: {voucher_batch: …}` or `reward: {promotion: …}`"
        yield Finding("the reward is not named", "/cross_brand", key=True, help=advice)
    if (cross.window_days is None) == (cross.period is None):
        what = "no span in which spend counts" if cross.period is None else "two spans in which spend counts"
        yield Finding(what, "/cross_brand", key=True, help="give either `window_days: 30` or `period: month`")


def _condition(condition: Condition, at: str) -> Iterator[Finding]:
    joins = [name for name in _JOINS if getattr(condition, name) is not None]
    bounds = [name for name in sorted(_LEAF) if getattr(condition, name) is not None]
    if not joins and not bounds:
        yield Finding("the condition asks for nothing", at, help=f"add one of {', '.join(sorted(_LEAF))}")
    elif len(joins) + bool(bounds) > 1:
        names = [name.rstrip("_") for name in (*joins, *bounds)]
        advice = "put each as a part under `all`"
        yield Finding(f"{listed(names)} cannot stand side by side", at, help=advice)
    for name in joins:
        parts = getattr(condition, name)
        for index, part in enumerate(parts if isinstance(parts, list) else [parts]):
            inner = f"{at}/{name}/{index}" if isinstance(parts, list) else f"{at}/not"
            yield from _condition(part, inner)
