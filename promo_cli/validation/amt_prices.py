"""AMT: amounts against the prices they meet in the catalogue."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from promo_cli.diagnostics import Scope, Severity
from promo_cli.model.promotion import Promotion
from promo_cli.model.reference import Product
from promo_cli.validation.facts import Facts
from promo_cli.validation.rule import Finding, rule
from promo_cli.validation.words import listed, money, several

MOST_PRODUCTS = 20
"""Products listed in a finding's scope."""


@rule("AMT020", "discount-above-price", "amount_discount", "happy_hour", severity=Severity.WARNING)
def discount_above_price(promotion: Promotion[Any], facts: Facts) -> Iterator[Finding]:
    """An amount off each unit that is not below the price of some products in scope.

    Why: those products are free. A new cheap product in the category is enough to make it so.

    Bad:
        promo_type: amount_discount
        scope: {apply_to: product, products: [latte]}
        rules: {discount_amount: 40_000, per: unit}

    Good:
        promo_type: amount_discount
        scope: {apply_to: product, products: [latte]}
        rules: {discount_amount: 4_000, per: unit}

    Fix: lower the amount, exclude those products, or use a percentage.
    """
    amount = promotion.rules.discount_amount
    if amount is None or amount <= 0 or (promotion.promo_type == "amount_discount" and promotion.rules.per != "unit"):
        return
    free = [product for product in facts.priced(promotion) if 0 < product.price <= amount]
    if free:
        cheapest = free[0]
        yield Finding(
            f"{money(amount, facts.currency)} off makes {several(len(free), 'product')} free: {_ids(free)}",
            "/rules/discount_amount",
            notes=(f"{cheapest.id} costs {money(cheapest.price, facts.currency)}",),
            help="lower the amount, exclude those products, or use a percentage",
            scope=_scope(free),
        )


@rule("AMT021", "price-not-lower", "happy_hour", "combo", "package", "mix_match", "upsell")
def price_not_lower(promotion: Promotion[Any], facts: Facts) -> Iterator[Finding]:
    """A special price that is not below what the products cost without it.

    Why: no price is ever raised, so the promotion is skipped, always.

    Bad:
        promo_type: combo
        rules: {combo_price: 70_000, products: [{product_id: latte}, {product_id: croissant}]}

    Good:
        promo_type: combo
        rules: {combo_price: 50_000, products: [{product_id: latte}, {product_id: croissant}]}

    Fix: lower the special price, or correct the prices in the catalogue.
    """
    if not facts.whole("products", "categories"):
        return
    name, price, dearest, what = _most(promotion, facts)
    if price is not None and dearest is not None and price >= dearest > 0:
        yield Finding(
            f"{money(price, facts.currency)} is not below {money(dearest, facts.currency)}, {what}",
            f"/rules/{name}",
            help="lower the special price, or correct the catalogue",
        )


@rule("AMT022", "whole-purchase-free", "amount_discount", severity=Severity.WARNING)
def whole_purchase_free(promotion: Promotion[Any], facts: Facts) -> Iterator[Finding]:
    """An amount off the purchase that is not below the minimum purchase.

    Why: whoever buys just enough pays nothing.

    Bad:
        promo_type: amount_discount
        rules: {discount_amount: 50_000, min_purchase: 40_000}

    Good:
        promo_type: amount_discount
        rules: {discount_amount: 50_000, min_purchase: 200_000}

    Fix: raise `min_purchase` well above the amount.
    """
    rules = promotion.rules
    if rules.per == "cart" and rules.min_purchase <= rules.discount_amount > 0:
        free = money(rules.discount_amount, facts.currency)
        has_minimum = rules.min_purchase > 0
        yield Finding(
            f"a purchase of {free} costs nothing",
            "/rules/min_purchase" if has_minimum else "/rules/discount_amount",
            help="raise `min_purchase`" if has_minimum else "add a `min_purchase` well above the amount",
        )


@rule("AMT023", "below-cost", "percent_discount", "amount_discount", "happy_hour", "combo", severity=Severity.WARNING)
def below_cost(promotion: Promotion[Any], facts: Facts) -> Iterator[Finding]:
    """After the discount some products sell below their cost.

    Why: every one sold loses money; the more the promotion works, the more it loses.

    Bad:
        scope: {apply_to: product, products: [latte]}
        rules: {discount_percent: 80}

    Good:
        scope: {apply_to: product, products: [latte]}
        rules: {discount_percent: 20}

    Fix: lower the discount, exclude those products, or give them a `min_price` in the catalogue.
    """
    if promotion.promo_type == "combo":
        yield from _combo_below_cost(promotion, facts)
        return
    if not 0 < (getattr(promotion.rules, "discount_percent", None) or 1) <= 100:
        return
    name, losing = "", list[tuple[Decimal, Decimal, Product]]()
    for product in facts.priced(promotion):
        if product.cost is None:
            continue
        name, left = _unit_price(promotion, product)
        if left <= 0 and name == "discount_amount":  # free: said by the rule on discounts above the price
            continue
        left = max(left, product.min_price or Decimal(0))
        if left < product.cost <= product.price:
            losing.append((left - product.cost, left, product))
    if losing:
        _, left, worst = min(losing, key=lambda entry: (entry[0], entry[2].id))
        assert worst.cost is not None
        costs = f"below its cost of {money(worst.cost, facts.currency)}"
        products = sorted((product for _, _, product in losing), key=lambda product: product.id)
        others = f", and {len(losing) - 1} more below theirs" if len(losing) > 1 else ""
        yield Finding(
            f"{worst.id} would sell for {money(left, facts.currency)}, {costs}{others}",
            f"/rules/{name}",
            help="lower the discount, exclude those products, or give them a `min_price`",
            scope=_scope(products),
        )


@rule("AMT024", "per-unit-on-weighed", "amount_discount", "happy_hour")
def per_unit_on_weighed(promotion: Promotion[Any], facts: Facts) -> Iterator[Finding]:
    """An amount per unit, or a special unit price, on products sold by weight.

    Why: 300 g of cookies are one line and no unit; an amount "per unit" has no meaning there.

    Bad:
        promo_type: amount_discount
        scope: {apply_to: product, products: [cookies]}
        rules: {discount_amount: 1_000, per: unit}

    Good:
        promo_type: percent_discount
        scope: {apply_to: product, products: [cookies]}
        rules: {discount_percent: 5}

    Fix: exclude the products sold by weight, or use a percentage.
    """
    rules = promotion.rules
    if promotion.promo_type == "amount_discount":
        name = "per" if rules.per == "unit" else None
    else:
        name = next((name for name in ("discount_amount", "special_price") if getattr(rules, name) is not None), None)
    weighed = [product for product in facts.priced(promotion) if product.unit == "kg"] if name else []
    if name and weighed:
        message = f"an amount per unit cannot apply to what is sold by weight: {_ids(weighed)}"
        advice = f"add `exclude_products: [{', '.join(product.id for product in weighed[:3])}]`, or use a percentage"
        yield Finding(message, f"/rules/{name}", help=advice, scope=_scope(weighed))


def _most(promotion: Promotion[Any], facts: Facts) -> tuple[str, Decimal | None, Decimal | None, str]:
    """The field with the special price, the price, and the most that what it stands for can cost (None: unknown)."""
    rules, products = promotion.rules, facts.products
    match promotion.promo_type:
        case "happy_hour":
            priced = facts.priced(promotion)
            dearest = priced[-1].price if priced else None
            return "special_price", rules.special_price, dearest, f"the price of {priced[-1].id}" if priced else ""
        case "combo":
            parts = [
                products[part.product_id].price * part.quantity
                for part in rules.products
                if part.product_id in products
            ]
            total = sum(parts, Decimal(0)) if len(parts) == len(rules.products) else None
            return "combo_price", rules.combo_price, total, "the price of its products one by one"
        case "upsell":
            product = products.get(rules.upsell_product_id)
            price = product.price if product else None
            return "special_price", rules.special_price, price, f"the price of {rules.upsell_product_id}"
        case "mix_match":
            return "special_price", rules.special_price, _dearest_mix(promotion, facts), "the dearest mix there is"
        case _:
            return (
                "package_price",
                rules.package_price,
                _dearest_package(promotion, facts),
                "the dearest choice of its parts",
            )


def _dearest_mix(promotion: Promotion[Any], facts: Facts) -> Decimal | None:
    rules, priced = promotion.rules, list(facts.priced(promotion))
    if rules.category_id is not None:
        inside = facts.products_of.get(rules.category_id, frozenset())
        priced = (
            [product for product in priced if product.id in inside]
            if promotion.scope.categories
            else sorted((facts.products[product] for product in inside), key=lambda product: product.price)
        )
    if not priced or rules.required_quantity < 1:
        return None
    quantity: int = rules.required_quantity
    if rules.allow_same_product:
        return priced[-1].price * quantity
    return sum((product.price for product in priced[-quantity:]), Decimal(0))


def _dearest_package(promotion: Promotion[Any], facts: Facts) -> Decimal | None:
    total = Decimal(0)
    for item in promotion.rules.items:
        if item.item_type == "product":
            product = facts.products.get(item.product_id or "")
            if product is None:
                return None
            total += product.price * item.quantity
        else:
            inside = facts.products_of.get(item.category_id or "", frozenset())
            if not inside:
                return None
            most = max(item.quantity, Decimal(item.max_selection or 0))
            total += max(facts.products[product].price for product in inside) * most
    return total


def _unit_price(promotion: Promotion[Any], product: Product) -> tuple[str, Decimal]:
    """The deciding field, and what one unit costs after the discount where it alone is bought."""
    rules, price = promotion.rules, product.price
    percent = getattr(rules, "discount_percent", None)
    if percent is not None:
        off = price * percent / 100
        cap = getattr(rules, "max_discount_amount", None)
        return "discount_percent", price - (off if cap is None else min(off, cap))
    if getattr(rules, "special_price", None) is not None:
        return "special_price", min(price, rules.special_price)
    if rules.discount_amount is not None and getattr(rules, "per", "unit") == "unit":
        return "discount_amount", max(price - rules.discount_amount, Decimal(0))
    return "discount_amount", price


def _combo_below_cost(promotion: Promotion[Any], facts: Facts) -> Iterator[Finding]:
    rules = promotion.rules
    parts = [(facts.products.get(part.product_id), part.quantity) for part in rules.products]
    costs = [product.cost * quantity for product, quantity in parts if product and product.cost is not None]
    if costs and len(costs) == len(parts) and rules.combo_price < sum(costs):
        total = money(sum(costs, Decimal(0)), facts.currency)
        message = f"the combo sells for {money(rules.combo_price, facts.currency)}, below its cost of {total}"
        yield Finding(message, "/rules/combo_price", help="raise the price")


def _ids(products: Sequence[Product]) -> str:
    return listed([product.id for product in products])


def _scope(products: Sequence[Product]) -> Scope:
    return Scope(products=tuple(product.id for product in products[:MOST_PRODUCTS]))
