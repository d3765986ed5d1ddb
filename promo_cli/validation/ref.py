"""REF: names that name nothing, and things that share a name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from promo_cli.diagnostics import Severity
from promo_cli.diagnostics.suggest import nearest
from promo_cli.validation.facts import Facts
from promo_cli.validation.rule import Also, Change, Finding, workspace_rule


@workspace_rule("REF001", "unknown-product")
def unknown_product(facts: Facts) -> Iterator[Finding]:
    """A product id that is not in the catalogue.

    Why: tills find no product of that name, so the promotion skips it, or never applies at all.

    Bad:
        scope: {apply_to: product, products: [late]}

    Good:
        scope: {apply_to: product, products: [latte]}

    Fix: take the suggested id, or add the product to stores/catalog.yaml.
    """
    return _unknown(facts, "products", "product", "stores/catalog.yaml")


@workspace_rule("REF002", "unknown-category")
def unknown_category(facts: Facts) -> Iterator[Finding]:
    """A category id that the catalogue does not have.

    Why: no product is in it, so the promotion reaches nothing through it.

    Bad:
        scope: {apply_to: category, categories: [hot-drink]}

    Good:
        scope: {apply_to: category, categories: [hot-drinks]}

    Fix: take the suggested id, or add the category to the catalogue.
    """
    return _unknown(facts, "categories", "category", "stores/catalog.yaml")


@workspace_rule("REF003", "unknown-brand")
def unknown_brand(facts: Facts) -> Iterator[Finding]:
    """A brand id that stores/brands.yaml does not have.

    Why: no store sells it, so the promotion runs nowhere, or not where it should.

    Bad:
        targeting: {brands: [kopy-senja]}

    Good:
        targeting: {brands: [kopi-senja]}

    Fix: take the suggested id, or add the brand.
    """
    return _unknown(facts, "brands", "brand", "stores/brands.yaml")


@workspace_rule("REF004", "unknown-store")
def unknown_store(facts: Facts) -> Iterator[Finding]:
    """A store id that no file under stores/ has.

    Why: the promotion is published to one store fewer than was meant.

    Bad:
        targeting: {stores: [jkt-saban]}

    Good:
        targeting: {stores: [jkt-sabang]}

    Fix: take the suggested id, or add the store.
    """
    return _unknown(facts, "stores", "store", "stores/")


@workspace_rule("REF005", "unknown-tier")
def unknown_tier(facts: Facts) -> Iterator[Finding]:
    """A member tier that stores/tiers.yaml does not have.

    Why: no member can be in it, so nobody gets the promotion.

    Bad:
        targeting: {member_tiers: [golden]}

    Good:
        targeting: {member_tiers: [gold]}

    Fix: take the suggested id, or add the tier.
    """
    return _unknown(facts, "tiers", "member tier", "stores/tiers.yaml")


@workspace_rule("REF006", "unknown-payment-method")
def unknown_payment_method(facts: Facts) -> Iterator[Finding]:
    """A payment method that stores/payments.yaml does not have.

    Why: tills report payments by these ids, so no payment will ever match.

    Bad:
        promo_type: payment_discount
        rules: {payment_methods: [qriss], discount_type: percent, discount_value: 10}

    Good:
        promo_type: payment_discount
        rules: {payment_methods: [qris], discount_type: percent, discount_value: 10}

    Fix: take the suggested id, or add the method.
    """
    return _unknown(facts, "payments", "payment method", "stores/payments.yaml")


@workspace_rule("REF007", "unknown-channel")
def unknown_channel(facts: Facts) -> Iterator[Finding]:
    """A sales channel that no store lists under `channels`.

    Why: no bill comes through it, so the promotion never applies, or excludes nothing.

    Bad:
        targeting: {sales_channels: [dinein]}

    Good:
        targeting: {sales_channels: [dine_in]}

    Fix: take the suggested channel, or add it to the stores that have it.
    """
    if facts.known["channels"]:
        yield from _unknown(facts, "channels", "sales channel", "`channels` of a store")


@workspace_rule("REF008", "unknown-lane")
def unknown_lane(facts: Facts) -> Iterator[Finding]:
    """A lane that promo.yaml does not list under `stacking.lanes`.

    Why: lanes apply in the order listed there, so one that is not listed has no place.

    Bad:
        stacking: {lane: member}

    Good:
        stacking: {lane: main}

    Fix: take one of the listed lanes, or add the lane to promo.yaml.
    """
    return _unknown(facts, "lanes", "lane", "`stacking.lanes` in promo.yaml")


@workspace_rule("REF009", "unknown-promotion")
def unknown_promotion(facts: Facts) -> Iterator[Finding]:
    """A promotion code that no file under promotions/ has.

    Why: `never_with` would protect against nothing, and both discounts would be given.

    Bad:
        stacking: {never_with: [OTHERS]}

    Good:
        stacking: {never_with: [OTHER]}

    Fix: take the suggested code, or remove it if the promotion is gone.
    """
    return _unknown(facts, "promotions", "promotion", "promotions/")


@workspace_rule("REF010", "unknown-region")
def unknown_region(facts: Facts) -> Iterator[Finding]:
    """A region, or a store tag, that no store has.

    Why: stores are selected by it, and none is.

    Bad:
        targeting: {stores: {regions: [jakart]}}

    Good:
        targeting: {stores: {regions: [jakarta]}}

    Fix: take the suggested word, or give it to the stores that are meant.
    """
    yield from _unknown(facts, "regions", "region", "`region` of a store")
    yield from _unknown(facts, "store tags", "store tag", "`tags` of a store")


@workspace_rule("REF011", "unknown-product-tag")
def unknown_product_tag(facts: Facts) -> Iterator[Finding]:
    """A tag in `scope` that no product has.

    Why: products are selected by it, and none is.

    Bad:
        scope: {tags: [season]}

    Good:
        scope: {tags: [seasonal]}

    Fix: take the suggested tag, or give it to the products that are meant.
    """
    return _unknown(facts, "product tags", "product tag", "`tags` of a product")


_NOUNS = {"brands": "brand", "stores": "store", "categories": "category", "products": "product", "tiers": "tier"}


@workspace_rule("REF012", "duplicate-id")
def duplicate_id(facts: Facts) -> Iterator[Finding]:
    """Two entries of the reference data have the same id, or ids that differ only in case.

    Why: tills, files and databases would take one for the other.

    Bad:
        # stores/tiers.yaml
        - {id: gold, name: Gold}
        - {id: Gold, name: Gold again}

    Good:
        # stores/tiers.yaml
        - {id: gold, name: Gold}
        - {id: platinum, name: Platinum}

    Fix: give one of them another id, or remove it.
    """
    for kind in (*_NOUNS, "payments"):
        entries = getattr(facts.workspace, kind)
        noun = _NOUNS.get(kind, "payment method")
        for first, second in _same(entries, lambda entry: str(entry.id)):
            message = f"the {noun} id `{second.id}` is taken"
            yield _twice(message, "/id", first, second, "give one of them another id, or remove it")


@workspace_rule("REF013", "duplicate-code")
def duplicate_code(facts: Facts) -> Iterator[Finding]:
    """Two promotions have the same code, or codes that differ only in case.

    Why: receipts, reports and `never_with` name promotions by their code.

    Bad:
        code: other

    Good:
        code: ANOTHER

    Fix: give one of them another code.
    """
    for first, second in _same(facts.workspace.promotions, lambda promotion: str(promotion.code)):
        message = f"the code `{second.code}` is taken"
        yield _twice(message, "/code", first, second, "give one of the promotions another code")


@workspace_rule("REF014", "duplicate-promotion-id")
def duplicate_promotion_id(facts: Facts) -> Iterator[Finding]:
    """Two promotions pin the same `id`.

    Why: usage, limits and reports are counted by id, so the two would be one.

    Bad:
        id: pinned-other

    Good:
        id: pinned

    Fix: remove `id` from the newer promotion; it is only pinned when a code is renamed.
    """
    pinned = [promotion for promotion in facts.workspace.promotions if promotion.id is not None]
    for first, second in _same(pinned, lambda promotion: str(promotion.id)):
        message = f"the promotion id `{second.id}` is taken by {first.code}"
        yield _twice(message, "/id", first, second, "remove `id` from the newer of the two")


@workspace_rule("REF015", "category-loop")
def category_loop(facts: Facts) -> Iterator[Finding]:
    """A category is its own ancestor.

    Why: the category tree has no top there, and no till can read it.

    Bad:
        # stores/catalog.yaml
        categories: [{id: a, name: A, parent: b}, {id: b, name: B, parent: a}]

    Good:
        # stores/catalog.yaml
        categories: [{id: a, name: A}, {id: b, name: B, parent: a}]

    Fix: remove `parent` from the category that stands at the top.
    """
    parents = {category.id: category.parent for category in facts.workspace.categories}
    told: set[str] = set()
    for category in facts.workspace.categories:
        chain, at = [category.id], category.parent
        while at is not None and at not in chain:
            chain.append(at)
            at = parents.get(at)
        if at == category.id and category.id not in told:
            told.update(chain)
            message = f"`{category.id}` is its own ancestor: {' → '.join([*chain, category.id])}"
            yield Finding(message, "/parent", category, help="remove `parent` from the category at the top")


@workspace_rule("REF016", "voucher-code-taken", severity=Severity.ERROR)
def voucher_code_taken(facts: Facts) -> Iterator[Finding]:
    """Two promotions ask for the same voucher code.

    Why: a cashier types one code; which promotion it stands for must be certain.

    Bad:
        require_voucher: true
        voucher_codes: [SHARED]

    Good:
        require_voucher: true
        voucher_codes: [MINE]

    Fix: give each promotion its own code.
    """
    owners: dict[str, tuple[Any, int]] = {}
    for promotion in facts.workspace.promotions:
        for index, code in enumerate(promotion.voucher_codes):
            first, at = owners.setdefault(code.casefold(), (promotion, index))
            if first is not promotion:
                also = Also("and here", f"/voucher_codes/{at}", first)
                message = f"the voucher code `{code}` belongs to {first.code} as well"
                advice = "give each promotion its own voucher code"
                yield Finding(message, f"/voucher_codes/{index}", promotion, also=(also,), help=advice)


@workspace_rule("REF017", "unknown-cohort")
def unknown_cohort(facts: Facts) -> Iterator[Finding]:
    """A wave of the rollout names a cohort that promo.yaml does not declare.

    Why: a staged publication would not know which stores to begin with, so it is refused.

    Bad:
        # promo.yaml
        rollout: {cohorts: {pilots: {stores: [jkt-sabang]}}, waves: [{cohorts: [pilot]}]}

    Good:
        # promo.yaml
        rollout: {cohorts: {pilots: {stores: [jkt-sabang]}}, waves: [{cohorts: [pilots]}]}

    Fix: take the suggested name, or declare the cohort.
    """
    return _unknown(facts, "cohorts", "cohort", "`rollout.cohorts`")


def _unknown(facts: Facts, kind: str, noun: str, home: str) -> Iterator[Finding]:
    for subject, pointer, name in facts.unknown[kind]:
        guess = nearest(name, facts.known[kind])
        advice = f"did you mean `{guess}`?" if guess else f"add it to {home}, or remove it here"
        change = Change(pointer, guess, safe=guess.casefold() == name.casefold()) if guess else None
        also: tuple[Also, ...] = ()
        if guess and (entry := facts.by_id.get(kind, facts.by_code if kind == "promotions" else {}).get(guess)):
            also = (Also(f"`{guess}` is here", "/code" if kind == "promotions" else "/id", entry),)
        yield Finding(f"there is no {noun} `{name}`", pointer, subject, also=also, help=advice, change=change)


def _same(entries: Iterable[Any], name: Any) -> Iterator[tuple[Any, Any]]:
    """Every later entry with the first of the same name, case aside."""
    groups: dict[str, list[Any]] = defaultdict(list)
    for entry in entries:
        groups[name(entry).casefold()].append(entry)
    for first, *others in groups.values():
        for other in others:
            yield first, other


def _twice(message: str, pointer: str, first: Any, second: Any, advice: str) -> Finding:
    return Finding(
        message, pointer, second, label="again here", also=(Also("first here", pointer, first),), help=advice
    )
