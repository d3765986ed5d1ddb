"""CON: what promotions add up to on one product, with the cart that shows the worst of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from weakref import WeakKeyDictionary

from promo_cli.diagnostics import Severity
from promo_cli.validation.conflicts.landscape import Landscape, landscape
from promo_cli.validation.conflicts.stacks import Stack, stacks
from promo_cli.validation.facts import Facts
from promo_cli.validation.rule import Also, Finding, workspace_rule
from promo_cli.validation.words import listed, money, number, several

_HUNDREDTH = Decimal("0.01")

Deep = list[tuple[Stack, list[str]]]
"""The deepest stack of each set of promotions, with all products on which they are too deep."""

_past: WeakKeyDictionary[Facts, Deep] = WeakKeyDictionary()
_below: WeakKeyDictionary[Facts, Deep] = WeakKeyDictionary()


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
    below_cost = {_codes(stack): stack for stack, _ in _below_cost(facts)}
    for stack, products in _past_limit(facts):
        most = facts.workspace.settings.limits.max_stacked_percent or Decimal(0)
        off = number((stack.depth * 100).quantize(_HUNDREDTH))
        message = f"{_names(stack)} together take {off}% off {stack.product.id}; the limit is {number(most)}%"
        sold = below_cost.get(_codes(stack))
        notes = (f"they also {_sell(sold, facts)}",) if sold else ()
        yield _finding(landscape(facts), message, stack, products, notes)


@workspace_rule("CON011", "stacked-below-cost", severity=Severity.WARNING)
def stacked_below_cost(facts: Facts) -> Iterator[Finding]:
    """Promotions of different stages or lanes together sell a product below its cost, which none of them does alone.

    Why: every unit sold that way loses money, and the more it is advertised the more. Promotions that CON010 names
    are not named again; it says as well that they sell below cost.

    Bad:
        scope: {apply_to: product, products: [latte]}
        rules: {discount_percent: 69}

    Good:
        scope: {apply_to: product, products: [latte]}
        rules: {discount_percent: 50}

    Fix: put them into one lane, name one in the other's `never_with`, or lower one. A `min_price` in the catalogue
    holds every discount back.
    """
    told = {_codes(stack) for stack, _ in _past_limit(facts)}
    for stack, products in _below_cost(facts):
        if _codes(stack) not in told:
            yield _finding(landscape(facts), f"{_names(stack)} together {_sell(stack, facts)}", stack, products)


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


def _past_limit(facts: Facts) -> Deep:
    """What together is deeper than the limit of promo.yaml, if there is one; worked out once."""
    if facts not in _past:
        most = facts.workspace.settings.limits.max_stacked_percent
        least = {one.id: one.price * (100 - most) / 100 for one in facts.products.values()} if most is not None else {}
        _past[facts] = list(_by_promotions(landscape(facts), least))
    return _past[facts]


def _below_cost(facts: Facts) -> Deep:
    """What together is sold below cost; worked out once."""
    if facts not in _below:
        cost = {product.id: product.cost for product in facts.products.values() if product.cost}
        _below[facts] = list(_by_promotions(landscape(facts), cost))
    return _below[facts]


def _by_promotions(
    land: Landscape, least: dict[str, Decimal], *, floors: bool = False
) -> Iterator[tuple[Stack, list[str]]]:
    """The deepest stack of each set of promotions, with all products on which they are too deep."""
    found: dict[tuple[str, ...], list[Stack]] = defaultdict(list)
    for stack in stacks(land, least, floors=floors):
        found[_codes(stack)].append(stack)
    for alike in found.values():
        yield max(alike, key=lambda stack: stack.depth), [stack.product.id for stack in alike]


def _names(stack: Stack) -> str:
    return listed([one.code for one in stack.by], most=len(stack.by))


def _codes(stack: Stack) -> tuple[str, ...]:
    return tuple(one.code for one in stack.by)


def _sell(stack: Stack, facts: Facts) -> str:
    paid, spent = money(stack.paid, facts.currency), money(stack.least, facts.currency)
    return (
        f"sell {stack.witness.cart['items'][0]['quantity']} × {stack.product.id} for {paid}, below the cost of {spent}"
    )


def _finding(land: Landscape, message: str, stack: Stack, products: list[str], notes: Sequence[str] = ()) -> Finding:
    first, *others = stack.by
    shown = land.witnesses.shown(stack.witness, products)
    more = f"; {several(len(products) - 1, 'more product')} likewise" if len(products) > 1 else ""
    return Finding(
        message + more,
        "/rules",
        first.promotion,
        key=True,
        also=tuple(Also("adds up with this one", "/rules", one.promotion, key=True) for one in others),
        help="put them into one lane, name one in the other's `never_with`, or lower one",
        notes=(*shown["notes"], *notes),
        scope=shown["scope"],
    )
