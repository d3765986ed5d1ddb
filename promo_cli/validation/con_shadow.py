"""CON: promotions that others keep from applying, with the cart in which they should and do not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from promo_cli.diagnostics import Severity
from promo_cli.validation.conflicts.kept_out import kept_out
from promo_cli.validation.conflicts.landscape import Landscape, landscape
from promo_cli.validation.conflicts.reach import Reach
from promo_cli.validation.conflicts.shadows import shadowed
from promo_cli.validation.conflicts.ties import ties
from promo_cli.validation.conflicts.trials import always_beaten, lost
from promo_cli.validation.conflicts.witness import Witness
from promo_cli.validation.facts import Facts
from promo_cli.validation.rule import Also, Finding, workspace_rule
from promo_cli.validation.words import listed, several


@workspace_rule("CON020", "shadowed", severity=Severity.WARNING)
def never_chosen(facts: Facts) -> Iterator[Finding]:
    """A promotion never applies, because others in its lane are always there and always the better deal.

    Why: it is advertised, and nobody ever gets it. This is proven, at list prices: the others reach the same
    customers, stores and moments, and are worth more on every unit (with `strategy: priority`: come first).

    Bad:
        # promotions/lunch.yaml
        code: LUNCH
        scope: {apply_to: product, products: [cookies]}
        rules: {discount_percent: 40}
        stacking: {lane: members}
        # promotions/example.yaml
        scope: {apply_to: product, products: [cookies]}
        rules: {discount_percent: 30}
        stacking: {lane: members}

    Good:
        # promotions/lunch.yaml
        code: LUNCH
        scope: {apply_to: product, products: [cookies]}
        rules: {discount_percent: 40}
        stacking: {lane: members}
        # promotions/example.yaml
        scope: {apply_to: product, products: [cookies]}
        rules: {discount_percent: 30}

    Fix: make it better, give it other products, hours or customers, put it into another lane so that it adds up, or
    delete it.
    """
    land = landscape(facts)
    for found in shadowed(land).values():
        if witness := _witness(land, found.of, found.by):
            message = f"{found.of.code} never applies: {_names(found.by)} {_always(found.by)}"
            yield _finding(land, message, found.of, found.by, witness)


@workspace_rule("CON021", "always-beaten", severity=Severity.WARNING)
def always_loses(facts: Facts) -> Iterator[Finding]:
    """A promotion loses to others of its lane in every cart that was tried.

    Why: most likely nobody ever gets it. This is not proven: carts of its cheapest, dearest and middle products were
    tried, in the quantities its rules ask for, up to ten times as many. At most 100 promotions are tried that way.

    Bad:
        # promotions/lunch.yaml
        code: LUNCH
        scope: {apply_to: product, products: [cookies]}
        rules: {discount_percent: 40}
        stacking: {lane: members}
        # promotions/example.yaml
        promo_type: amount_discount
        scope: {apply_to: product, products: [cookies]}
        rules: {discount_amount: 10_000, min_purchase: 200_000}
        stacking: {lane: members}

    Good:
        # promotions/lunch.yaml
        code: LUNCH
        scope: {apply_to: product, products: [cookies]}
        rules: {discount_percent: 40}
        stacking: {lane: members}
        # promotions/example.yaml
        promo_type: amount_discount
        scope: {apply_to: product, products: [cookies]}
        rules: {discount_amount: 150_000, min_purchase: 200_000}
        stacking: {lane: members}

    Fix: make it better, give it other products, hours or customers, put it into another lane, or delete it; a test
    in its file that shows it applied tells when it is meant so.
    """
    land = landscape(facts)
    told = shadowed(land).keys() | {one.code for found in ties(land, shadowed(land).keys()) for one in found.yielding}
    for tried in always_beaten(land, told):
        carts = f"all {tried.carts} carts" if tried.carts > 1 else "the one cart"
        message = f"{tried.of.code} loses to {_names(tried.by)} in {carts} tried"
        yield _finding(land, message, tried.of, tried.by, tried.witness)


@workspace_rule("CON022", "kept-out", severity=Severity.WARNING)
def always_kept_out(facts: Facts) -> Iterator[Finding]:
    """A promotion never applies, because an earlier one that does not combine with it always comes first.

    Why: between stages and lanes the earlier wins, however little it gives.

    Bad:
        # promotions/lunch.yaml
        code: LUNCH
        scope: {apply_to: product, products: [cookies]}
        rules: {discount_percent: 40}
        stacking: {lane: members}
        # promotions/example.yaml
        scope: {apply_to: product, products: [cookies]}
        stacking: {never_with: [LUNCH]}

    Good:
        # promotions/lunch.yaml
        code: LUNCH
        scope: {apply_to: product, products: [cookies]}
        rules: {discount_percent: 40}
        stacking: {lane: members}
        # promotions/example.yaml
        scope: {apply_to: product, products: [cookies]}

    Fix: put both into one lane, where the better deal wins, or let them combine.
    """
    land = landscape(facts)
    for later, earlier, reason in kept_out(land):
        if witness := _witness(land, later, [earlier]):
            how = "is never given with it" if reason == "never_with" else "keeps its units to itself"
            message = f"{later.code} never applies: {earlier.code} comes before and {how}"
            yield _finding(land, message, later, [earlier], witness, f"/stacking/{reason}")


@workspace_rule("CON023", "tie", severity=Severity.WARNING)
def tie(facts: Facts) -> Iterator[Finding]:
    """Two promotions of one lane and one priority are worth the same on the same units: only the id decides.

    Why: which of them the receipt names, whose budget pays and whose report counts it is left to chance.

    Bad:
        # promotions/lunch.yaml
        code: LUNCH
        scope: {apply_to: product, products: [cookies]}
        rules: {discount_percent: 40}
        stacking: {lane: members}
        # promotions/example.yaml
        scope: {apply_to: product, products: [cookies]}
        rules: {discount_percent: 40}
        stacking: {lane: members}

    Good:
        # promotions/lunch.yaml
        code: LUNCH
        scope: {apply_to: product, products: [cookies]}
        rules: {discount_percent: 40}
        stacking: {lane: members}
        # promotions/example.yaml
        scope: {apply_to: product, products: [cookies]}
        rules: {discount_percent: 40}
        stacking: {lane: members}
        execution_priority: 1

    Fix: give the one that should count a higher `execution_priority`.
    """
    land = landscape(facts)
    for found in ties(land, shadowed(land).keys()):
        first = found.yielding[0]
        place = land.witnesses.place([first, found.chosen], land.encoder.mask([found.product.id]))
        witness = place and land.witnesses.priced(place, [first, found.chosen], {found.product.id: 1})
        if not witness or [one["code"] for one in witness.receipt["applied"]] != [found.chosen.code]:
            continue
        more = len(found.yielding) - 1
        others = f", as {several(more, 'more promotion')} do" if more else ""
        message = f"ties with {found.chosen.code} on {found.product.id}{others}: only the id decides between them"
        advice = "give the one that should count a higher `execution_priority`"
        yield _finding(land, message, first, [found.chosen, *found.yielding[1:4]], witness, advice=advice)


def _witness(land: Landscape, reach: Reach, by: Sequence[Reach]) -> Witness | None:
    """A cart to which the promotion applies alone, priced with those that win, or as many as meet at one moment.

    None where no store ever sells what it asks for, which is another rule's.
    """
    for others in (list(by), *([one] for one in by)):
        place = land.witnesses.place([reach, *others], reach.takes)
        if place is not None:
            return lost(land, reach, others, place)
    return None


def _names(by: Sequence[Reach]) -> str:
    return listed(sorted(one.code for one in by))


def _always(by: Sequence[Reach]) -> str:
    return "always wins" if len(by) == 1 else "between them always win"


def _finding(
    land: Landscape,
    message: str,
    reach: Reach,
    by: Sequence[Reach],
    witness: Witness,
    where: str = "/rules",
    *,
    advice: str = "make it better, give it other products, hours or customers, or another lane, or delete it",
) -> Finding:
    return Finding(
        message,
        "/code",
        reach.promotion,
        also=tuple(
            Also("this one applies", where if _has(one, where) else "/rules", one.promotion, key=True) for one in by
        ),
        help=advice,
        **land.witnesses.shown(witness),
    )


def _has(reach: Reach, pointer: str) -> bool:
    return (
        not pointer.startswith("/stacking/") or pointer.rpartition("/")[2] in reach.promotion.stacking.model_fields_set
    )
