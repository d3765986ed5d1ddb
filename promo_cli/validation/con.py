"""CON: promotions that cannot stand beside each other as they are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from promo_cli.diagnostics import Severity
from promo_cli.model.promotion import Promotion
from promo_cli.validation.conflicts.landscape import landscape
from promo_cli.validation.conflicts.telling import Shown, alone
from promo_cli.validation.conflicts.trials import lost
from promo_cli.validation.facts import Facts
from promo_cli.validation.rule import Also, Finding, rule, workspace_rule


@workspace_rule("CON001", "group-across-lanes")
def group_across_lanes(facts: Facts) -> Iterator[Finding]:
    """Members of one group stand in different lanes.

    Why: a group's rule chooses among promotions of one lane; across lanes all of them would apply.

    Bad:
        stacking: {group: breakfast, rule: first, lane: members}

    Good:
        stacking: {group: breakfast, rule: first}

    Fix: put all members of the group into one lane.
    """
    for first, other in _members(facts):
        if _lane(first) != _lane(other):
            message = (
                f"group `{other.stacking.group}` is in lane {_lane(other)} here, in {_lane(first)} in {first.code}"
            )
            place = "/stacking/lane" if other.stacking.lane else "/stacking/group"
            also = (
                Also(f"lane {_lane(first)}", "/stacking/lane" if first.stacking.lane else "/stacking/group", first),
            )
            advice = "put all members of the group into one lane"
            yield Finding(message, place, other, also=also, help=advice, **_together(facts, first, other))


@workspace_rule("CON002", "group-rules-differ")
def group_rules_differ(facts: Facts) -> Iterator[Finding]:
    """Members of one group state different rules.

    Why: the group has one rule; which of the two holds cannot be told.

    Bad:
        stacking: {group: breakfast, rule: best_customer}

    Good:
        stacking: {group: breakfast, rule: first}

    Fix: give all members the same rule.
    """
    for first, other in _members(facts):
        stated, theirs = other.stacking.rule, first.stacking.rule
        if stated is not None and theirs is not None and stated != theirs:
            also = (Also(f"{theirs} here", "/stacking/rule", first),)
            message = f"group `{other.stacking.group}` has the rule {theirs} in {first.code}"
            advice = f"write `rule: {theirs}` in all of them"
            shown = _together(facts, first, other)
            yield Finding(message, "/stacking/rule", other, also=also, help=advice, **shown)


@rule("CON003", "never-with-itself", severity=Severity.WARNING)
def never_with_itself(promotion: Promotion[Any], facts: Facts) -> Iterator[Finding]:
    """`never_with` names the promotion itself.

    Why: it says nothing; another promotion was meant.

    Bad:
        code: EXAMPLE
        stacking: {never_with: [EXAMPLE]}

    Good:
        code: EXAMPLE
        stacking: {never_with: [OTHER]}

    Fix: write the other promotion's code. How often one may apply is `rules.max_applications`.
    """
    if promotion.code in promotion.stacking.never_with:
        index = promotion.stacking.never_with.index(promotion.code)
        advice = "write the other promotion's code, or remove it"
        where = f"/stacking/never_with/{index}"
        yield Finding("this is the promotion's own code", where, help=advice, **alone(promotion, facts))


def _members(facts: Facts) -> Iterator[tuple[Promotion[Any], Promotion[Any]]]:
    """The first member of each group with every later one."""
    groups: dict[str, list[Promotion[Any]]] = defaultdict(list)
    for promotion in facts.workspace.promotions:
        if promotion.stacking.group is not None:
            groups[promotion.stacking.group].append(promotion)
    for first, *others in groups.values():
        for other in others:
            yield first, other


def _together(facts: Facts, first: Promotion[Any], other: Promotion[Any]) -> Shown:
    """A cart for the first of two promotions, priced with both; empty where they never meet."""
    land = landscape(facts)
    reaches = [land.by_code[one.code] for one in (first, other) if one.code in land.by_code]
    place = land.witnesses.place(reaches, reaches[0].takes) if len(reaches) > 1 else None
    witness = place and lost(land, reaches[0], reaches[1:], place)
    return land.witnesses.shown(witness) if witness else {}


def _lane(promotion: Promotion[Any]) -> str:
    return promotion.stacking.lane or "main"
