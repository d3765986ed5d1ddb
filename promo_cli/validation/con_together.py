"""CON: what promotions add up to on one product, with the cart that shows the worst of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from promo_cli.diagnostics import Severity
from promo_cli.validation.conflicts.landscape import Landscape, landscape
from promo_cli.validation.conflicts.stacks import Stack, stacks
from promo_cli.validation.facts import Facts
from promo_cli.validation.rule import Also, Finding, workspace_rule
from promo_cli.validation.words import listed, money, number, several

_HUNDREDTH = Decimal("0.01")


@workspace_rule("CON010", "stacked-past-limit")
def stacked_past_limit(facts: Facts) -> Iterator[Finding]:
    """Promotions of different stages or lanes together take more off a product than promo.yaml allows.

    Why: each is harmless alone and was approved alone; the customer who meets all of them pays next to nothing. The
    worst is looked for on each product, in the quantities at which sets are complete and minimums are reached, and
    shown with its cart.

    Bad:
        # promotions/lunch.yaml
        code: LUNCH
        scope: {apply_to: product, products: [cookies]}
        rules: {discount_percent: 40}
        stacking: {lane: members}
        # promo.yaml
        limits: {max_stacked_percent: 40}

    Good:
        # promotions/lunch.yaml
        code: LUNCH
        scope: {apply_to: product, products: [cookies]}
        rules: {discount_percent: 40}
        stacking: {lane: members}
        # promo.yaml
        limits: {max_stacked_percent: 50}

    Fix: put them into one lane, name one in the other's `never_with`, or lower one; else raise
    `limits.max_stacked_percent`.
    """
    most = facts.workspace.settings.limits.max_stacked_percent
    if most is None:
        return
    least = {product.id: product.price * (100 - most) / 100 for product in facts.products.values()}
    for stack, products in _by_promotions(landscape(facts), least):
        off = number((stack.depth * 100).quantize(_HUNDREDTH))
        message = f"{_names(stack)} together take {off}% off {stack.product.id}; the limit is {number(most)}%"
        yield _finding(landscape(facts), message, stack, products)


@workspace_rule("CON011", "stacked-below-cost", severity=Severity.WARNING)
def stacked_below_cost(facts: Facts) -> Iterator[Finding]:
    """Promotions of different stages or lanes together sell a product below its cost, which none of them does alone.

    Why: every unit sold that way loses money, and the more it is advertised the more.

    Bad:
        scope: {apply_to: product, products: [latte]}
        rules: {discount_percent: 69}

    Good:
        scope: {apply_to: product, products: [latte]}
        rules: {discount_percent: 50}

    Fix: put them into one lane, name one in the other's `never_with`, or lower one. A `min_price` in the catalogue
    holds every discount back.
    """
    cost = {product.id: product.cost for product in facts.products.values() if product.cost}
    for stack, products in _by_promotions(landscape(facts), cost):
        paid, spent = money(stack.paid, facts.currency), money(stack.least, facts.currency)
        units = f"{stack.witness.cart['items'][0]['quantity']} × {stack.product.id}"
        message = f"{_names(stack)} together sell {units} for {paid}, below the cost of {spent}"
        yield _finding(landscape(facts), message, stack, products)


@workspace_rule("CON012", "stacked-past-floor", severity=Severity.WARNING)
def stacked_past_floor(facts: Facts) -> Iterator[Finding]:
    """Promotions together would take a product below its `min_price`, so that the till gives less than they say.

    Why: the floor protects the margin, but the customer was promised more. Reported only with
    `limits: {report_floors: true}` in promo.yaml.

    Bad:
        # promotions/lunch.yaml
        code: LUNCH
        scope: {apply_to: product, products: [cookies]}
        rules: {discount_percent: 40}
        stacking: {lane: members}
        # promo.yaml
        limits: {report_floors: true}

    Good:
        # promotions/lunch.yaml
        code: LUNCH
        scope: {apply_to: product, products: [cookies]}
        rules: {discount_percent: 40}
        stacking: {lane: members}

    Fix: leave the product out of one of them, or lower its `min_price`.
    """
    if not facts.workspace.settings.limits.report_floors:
        return
    floors = {product.id: product.min_price for product in facts.products.values() if product.min_price}
    for stack, products in _by_promotions(landscape(facts), floors, floors=True):
        message = f"{_names(stack)} together reach the min_price of {stack.product.id}, which holds part of them back"
        yield _finding(landscape(facts), message, stack, products)


def _by_promotions(
    land: Landscape, least: dict[str, Decimal], *, floors: bool = False
) -> Iterator[tuple[Stack, list[str]]]:
    """The deepest stack of each set of promotions, with all products on which they are too deep."""
    found: dict[tuple[str, ...], list[Stack]] = defaultdict(list)
    for stack in stacks(land, least, floors=floors):
        found[tuple(one.code for one in stack.by)].append(stack)
    for alike in found.values():
        yield max(alike, key=lambda stack: stack.depth), [stack.product.id for stack in alike]


def _names(stack: Stack) -> str:
    return listed([one.code for one in stack.by], most=len(stack.by))


def _finding(land: Landscape, message: str, stack: Stack, products: list[str]) -> Finding:
    first, *others = stack.by
    more = f"; {several(len(products) - 1, 'more product')} likewise" if len(products) > 1 else ""
    return Finding(
        message + more,
        "/rules",
        first.promotion,
        key=True,
        also=tuple(Also("adds up with this one", "/rules", one.promotion, key=True) for one in others),
        help="put them into one lane, name one in the other's `never_with`, or lower one",
        **land.witnesses.shown(stack.witness, products),
    )
