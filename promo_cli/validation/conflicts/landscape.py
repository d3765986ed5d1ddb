"""All promotions that still run, indexed by what they take, so that only those that share units are compared."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cached_property
from heapq import nsmallest
from typing import Any
from weakref import WeakKeyDictionary

from promo_cli.diagnostics import Severity
from promo_cli.model.promotion import Promotion
from promo_cli.model.reference import Product
from promo_cli.validation.conflicts.estimate import Estimate, estimate
from promo_cli.validation.conflicts.reach import Encoder, Reach, Slot, bits
from promo_cli.validation.conflicts.witness import Witnesses
from promo_cli.validation.facts import Facts
from promo_cli.validation.rule import PROMOTION_RULES, WORKSPACE_RULES, rules_for

_known: WeakKeyDictionary[Facts, Landscape] = WeakKeyDictionary()


def landscape(facts: Facts) -> Landscape:
    """Return the landscape of a workspace, worked out once."""
    if facts not in _known:
        _known[facts] = Landscape(facts)
    return _known[facts]


def by_terms(reaches: Iterable[Reach], most: int) -> list[list[Reach]]:
    """Return promotions in groups that are worth the same, the first of each by rank, and no more than so many."""
    groups: dict[int, list[Reach]] = defaultdict(list)
    for one in reaches:
        groups[one.terms].append(one)
    return [nsmallest(most, group, key=lambda one: one.rank) for group in groups.values()]


class Landscape:
    """What the promotions that still run reach. Empty where not all is well with stores and products."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.encoder = Encoder(facts)
        self.origin = facts.today - dt.timedelta(days=1)
        self.witnesses = Witnesses(facts, self.encoder, self.origin)
        self._estimates: dict[int, Estimate] = {}
        self._touching: dict[tuple[Slot, int], list[Reach]] = {}
        self._covering: dict[tuple[Slot, int], list[Reach]] = {}
        self._products: dict[int, list[Product]] = {}
        self._dearest: dict[int, Product] = {}

    @cached_property
    def reaches(self) -> list[Reach]:
        """Every promotion that still runs somewhere, in the order of the workspace."""
        facts = self.facts
        if not facts.whole("stores", "products", "categories") or self._doubtful_data():
            return []
        live = (one for one in facts.workspace.promotions if self._live(one))
        found = (self.encoder.reach(one, self.origin) for one in live)
        return [one for one in found if one.stores and one.runs.days]

    @cached_property
    def by_code(self) -> dict[str, Reach]:
        """The same by code."""
        return {one.code: one for one in self.reaches}

    @cached_property
    def refusing(self) -> dict[str, list[str]]:
        """The codes of those that are never given together with a promotion, by its code."""
        found: dict[str, list[str]] = defaultdict(list)
        for one in self.reaches:
            for code in one.promotion.stacking.never_with:
                found[code].append(one.code)
        return found

    @cached_property
    def slots(self) -> dict[Slot, dict[int, list[Reach]]]:
        """By slot, and by the very set of products taken."""
        found: dict[Slot, dict[int, list[Reach]]] = defaultdict(lambda: defaultdict(list))
        for one in self.reaches:
            if one.takes:
                found[one.slot][one.takes].append(one)
        return found

    @cached_property
    def _sets_with(self) -> dict[tuple[Slot, int], list[int]]:
        """The sets of products of a slot that hold a product, by its number."""
        found: dict[tuple[Slot, int], list[int]] = defaultdict(list)
        for slot, sets in self.slots.items():
            for taken in sets:
                for number in bits(taken):
                    found[slot, number].append(taken)
        return found

    def touching(self, slot: Slot, takes: int) -> list[Reach]:
        """Return the promotions of a slot that take a unit of one of these products."""
        if (slot, takes) not in self._touching:
            in_slot = self.slots.get(slot, {})
            listed = [self._sets_with.get((slot, number), ()) for number in bits(takes)]
            if sum(map(len, listed)) < len(in_slot):
                sets = {taken for some in listed for taken in some}
            else:
                sets = {taken for taken in in_slot if taken & takes}
            self._touching[slot, takes] = [one for taken in sorted(sets) for one in in_slot[taken]]
        return self._touching[slot, takes]

    def covering(self, slot: Slot, takes: int) -> list[Reach]:
        """Return the promotions of a slot that take a unit of each of these products."""
        if (slot, takes) not in self._covering:
            self._covering[slot, takes] = [one for one in self.touching(slot, takes) if not takes & ~one.takes]
        return self._covering[slot, takes]

    def estimate(self, reach: Reach) -> Estimate:
        """Return about what a promotion takes off."""
        if reach.terms not in self._estimates:
            self._estimates[reach.terms] = estimate(reach.promotion)
        return self._estimates[reach.terms]

    def products(self, mask: int) -> Sequence[Product]:
        """Return the products of a set, in the order of the catalogue."""
        if mask not in self._products:
            self._products[mask] = [self.encoder.products[number] for number in bits(mask)]
        return self._products[mask]

    def dearest(self, mask: int) -> Product:
        """Return the product of a set with the highest price."""
        if mask not in self._dearest:
            self._dearest[mask] = max(self.products(mask), key=lambda product: (product.price, product.id))
        return self._dearest[mask]

    def sound(self, *reaches: Reach) -> bool:
        """Tell whether nothing else is wrong with these: what follows from another mistake is not reported."""
        return not any(self._errors & self._found(one) for one in reaches)

    def blameless(self, reach: Reach) -> bool:
        """Tell whether nothing at all is said of it yet, warnings included, that could be why it does not apply."""
        return all(code.startswith("POL") for code in self._found(reach))

    @cached_property
    def _errors(self) -> frozenset[str]:
        return frozenset(one.code.code for one in PROMOTION_RULES if one.code.severity is Severity.ERROR)

    def _found(self, reach: Reach) -> frozenset[str]:
        """Return the codes of all rules about promotions that find something in it."""
        known = self.facts.found.get(id(reach.promotion))
        if known is None:
            rules = rules_for(reach.promotion.promo_type)
            known = frozenset(
                one.code.code for one in rules if any(True for _ in one.check(reach.promotion, self.facts))
            )
            self.facts.found[id(reach.promotion)] = known
        return known

    def _doubtful_data(self) -> bool:
        """Whether something is wrong with stores or products, on which everything here rests."""
        rules = (one for one in WORKSPACE_RULES if one.code.severity is Severity.ERROR and one.code.code[:3] != "CON")
        return any(not isinstance(found.of, Promotion) for rule in rules for found in rule.check(self.facts))

    def _live(self, promotion: Promotion[Any]) -> bool:
        facts = self.facts
        return (
            promotion.is_active
            and id(promotion) not in facts.naming_unknown
            and promotion.code.casefold() not in facts.codes_taken_twice
        )
