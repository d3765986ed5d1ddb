"""TGT: what a promotion is about, where it runs and for whom."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from promo_cli.diagnostics import Severity
from promo_cli.model.promotion import Promotion, Targeting
from promo_cli.validation.facts import Facts
from promo_cli.validation.rule import Also, Change, Finding, rule
from promo_cli.validation.words import either, listed, several

_LISTS = {
    "scope": ("categories", "products", "exclude_categories", "exclude_products", "tags"),
    "targeting": ("brands", "exclude_brands", "stores", "member_tiers", "sales_channels", "exclude_channels"),
    "validity": ("days_of_week", "exclude_dates"),
    "rules": ("payment_methods", "free_product_ids"),
}


@rule("TGT001", "scope-without-target")
def scope_without_target(promotion: Promotion[Any], facts: Facts) -> Iterator[Finding]:
    """`apply_to` says category or product, and none is listed.

    Why: the promotion reaches nothing.

    Bad:
        scope: {apply_to: category}

    Good:
        scope: {apply_to: category, categories: [hot-drinks]}

    Fix: list the categories or products, or write `apply_to: all`.
    """
    scope = promotion.scope
    wanted = {"category": "categories", "product": "products"}.get(scope.apply_to)
    if wanted and not getattr(scope, wanted):
        other = "products" if wanted == "categories" else "categories"
        if getattr(scope, other):  # the rule on targets that are not looked at says it better
            return
        advice = f"add `{wanted}: […]`, or write `apply_to: all`"
        yield Finding(f"no {wanted} are listed to apply to", "/scope/apply_to", help=advice)


@rule("TGT002", "target-ignored")
def target_ignored(promotion: Promotion[Any], facts: Facts) -> Iterator[Finding]:
    """Categories or products are listed that `apply_to` does not look at.

    Why: the promotion would reach more, or something else, than the list says.

    Bad:
        scope: {apply_to: category, products: [latte]}

    Good:
        scope: {apply_to: product, products: [latte]}

    Fix: change `apply_to`, or remove the list.
    """
    scope = promotion.scope
    for field, kind in (("categories", "category"), ("products", "product")):
        if getattr(scope, field) and scope.apply_to != kind:
            stated = "apply_to" in scope.model_fields_set
            both = scope.apply_to != "all" and bool(scope.categories and scope.products)
            yield Finding(
                f"`{field}` are not looked at while apply_to is {scope.apply_to}",
                f"/scope/{field}",
                key=True,
                also=(Also("stated here", "/scope/apply_to"),) if stated else (),
                help=f"remove `{field}`; a category and single products need two promotions"
                if both
                else f"write `apply_to: {kind}`",
                change=Change("/scope/apply_to", kind) if stated and not both else None,
            )


@rule("TGT003", "nothing-in-scope")
def nothing_in_scope(promotion: Promotion[Any], facts: Facts) -> Iterator[Finding]:
    """After exclusions, tags, prices and brands no product is left in scope.

    Why: the promotion can never apply.

    Bad:
        scope: {apply_to: category, categories: [hot-drinks], exclude_categories: [drinks]}

    Good:
        scope: {apply_to: category, categories: [hot-drinks], exclude_products: [espresso]}

    Fix: exclude less; exclusions win, also from a category above.
    """
    scope, targeting = promotion.scope, promotion.targeting
    bare = scope.apply_to == "all" and not (scope.tags or scope.unit_price)
    if bare and not (scope.exclude_categories or scope.exclude_products) and targeting.brands == "all":
        return
    if not facts.whole("products", "categories", "brands") or not facts.products or _names_unknown(promotion, facts):
        return
    looked_at = {"category": scope.categories, "product": scope.products}.get(scope.apply_to)
    if looked_at == []:  # said by the rules on targets
        return
    if not facts.in_scope(scope, targeting):
        anywhere = sorted(filter(None, {facts.products[one].brand for one in facts.in_scope(scope, Targeting())}))
        if anywhere and targeting.brands != "all":
            yield Finding(
                f"nothing in scope is of {either(targeting.brands)}",
                "/scope" if "scope" in promotion.model_fields_set else "/targeting",
                key=True,
                also=(Also("only these brands", "/targeting/brands"),),
                help=f"what is in scope is of {listed(anywhere)}: name that brand here, or change the scope",
            )
            return
        reasons = [
            name
            for name, given in (
                ("exclude_categories", scope.exclude_categories),
                ("exclude_products", scope.exclude_products),
                ("tags", scope.tags),
                ("unit_price", scope.unit_price),
                ("the brands in targeting", targeting.brands != "all" or targeting.exclude_brands),
            )
            if given
        ]
        why = f" after {listed(reasons, most=5)}" if reasons else ": the categories hold no product"
        # A scope that is not written down has no place of its own.
        place = "/scope" if "scope" in promotion.model_fields_set else "/targeting"
        yield Finding(f"no product is left in scope{why}", place, key=True, help="exclude less, or widen the scope")


@rule("TGT004", "included-and-excluded", severity=Severity.WARNING)
def included_and_excluded(promotion: Promotion[Any], facts: Facts) -> Iterator[Finding]:
    """The same id is listed both to include and to exclude.

    Why: exclusions win, so the first list promises what does not happen.

    Bad:
        scope: {apply_to: product, products: [latte, espresso], exclude_products: [espresso]}

    Good:
        scope: {apply_to: product, products: [latte]}

    Fix: remove it from one of the lists.
    """
    scope, targeting = promotion.scope, promotion.targeting
    pairs = (
        ("/scope/products", scope.products, "/scope/exclude_products", scope.exclude_products),
        ("/scope/categories", scope.categories, "/scope/exclude_categories", scope.exclude_categories),
        ("/targeting/brands", targeting.brands, "/targeting/exclude_brands", targeting.exclude_brands),
        (
            "/targeting/sales_channels",
            targeting.sales_channels,
            "/targeting/exclude_channels",
            targeting.exclude_channels,
        ),
    )
    for into, included, out, excluded in pairs:
        if included == "all" or not excluded:
            continue
        for index, name in enumerate(excluded):
            if name in included:
                also = (Also("included here", f"{into}/{included.index(name)}"),)
                message = f"`{name}` is included and excluded; exclusions win"
                yield Finding(message, f"{out}/{index}", also=also, help="remove it from one of the lists")


@rule("TGT005", "no-store-left")
def no_store_left(promotion: Promotion[Any], facts: Facts) -> Iterator[Finding]:
    """No store is left after brands, regions, tags and exclusions.

    Why: the promotion is published nowhere.

    Bad:
        targeting: {brands: [kopi-senja], stores: [jkt-cikini]}

    Good:
        targeting: {brands: [kopi-senja], stores: [jkt-sabang]}

    Fix: widen the selection; a store must fit the brands and the stores at once.
    """
    targeting = promotion.targeting
    if not facts.workspace.stores or not facts.whole("stores", "brands") or _names_unknown(promotion, facts):
        return
    if not facts.stores_of(targeting):
        parts = [
            name
            for name, given in (
                ("brands", targeting.brands != "all"),
                ("exclude_brands", targeting.exclude_brands),
                ("stores", targeting.stores != "all"),
            )
            if given
        ]
        pointer = "/targeting/stores" if targeting.stores != "all" else "/targeting"
        message = f"no store fits {listed(parts)}"
        yield Finding(message, pointer, key=True, help="widen the selection: a store must fit all parts at once")


@rule("TGT006", "same-brands")
def same_brands(promotion: Promotion[Any], facts: Facts) -> Iterator[Finding]:
    """A brand is both trigger and benefit of a cross-brand promotion.

    Why: spend at a brand would unlock a discount at the same brand, which is no cross-brand promotion.

    Bad:
        cross_brand: {type: trigger_benefit, trigger_brands: [kopi-senja], benefit_brands: [kopi-senja]}

    Good:
        cross_brand: {type: trigger_benefit, trigger_brands: [kopi-senja], benefit_brands: [roti-harum]}

    Fix: list each brand on one side only.
    """
    cross = promotion.cross_brand
    if cross is None:
        return
    for index, brand in enumerate(cross.benefit_brands):
        if brand in cross.trigger_brands:
            also = (Also("trigger", f"/cross_brand/trigger_brands/{cross.trigger_brands.index(brand)}"),)
            message = f"`{brand}` is trigger and benefit at once"
            advice = "list each brand on one side only"
            yield Finding(message, f"/cross_brand/benefit_brands/{index}", label="benefit", also=also, help=advice)


@rule("TGT007", "cross-brand-incomplete")
def cross_brand_incomplete(promotion: Promotion[Any], facts: Facts) -> Iterator[Finding]:
    """A cross-brand promotion without trigger brands, or in one cart without benefit brands.

    Why: without a trigger nothing unlocks it; without a benefit nothing gets cheaper.

    Bad:
        cross_brand: {type: trigger_benefit, trigger_brands: [kopi-senja]}

    Good:
        cross_brand: {type: trigger_benefit, trigger_brands: [kopi-senja], benefit_brands: [roti-harum]}

    Fix: name the brands on both sides.
    """
    cross = promotion.cross_brand
    if cross is None:
        return
    if not cross.trigger_brands:
        advice = "list the brands whose spend unlocks it"
        yield Finding("no trigger brand is named", "/cross_brand/trigger_brands", help=advice)
    if cross.type == "trigger_benefit" and not cross.benefit_brands:
        advice = "add `benefit_brands` with the brands that get cheaper"
        yield Finding("no benefit brand is named", "/cross_brand", key=True, help=advice)


@rule("TGT008", "no-channel-left")
def no_channel_left(promotion: Promotion[Any], facts: Facts) -> Iterator[Finding]:
    """No store the promotion runs in has a sales channel that is left.

    Why: it never applies.

    Bad:
        targeting: {stores: [jkt-cikini], sales_channels: [dine_in]}

    Good:
        targeting: {stores: [jkt-cikini], sales_channels: [takeaway]}

    Fix: add a channel that these stores have, or other stores.
    """
    targeting = promotion.targeting
    if not targeting.sales_channels and not targeting.exclude_channels:
        return
    if not facts.whole("stores", "brands") or _names_unknown(promotion, facts):
        return
    stores = facts.stores_of(targeting)
    if not stores or any(not store.channels for store in stores):
        return
    wanted = set(targeting.sales_channels) or {channel for store in stores for channel in store.channels}
    left = wanted - set(targeting.exclude_channels)
    if not any(left & set(store.channels) for store in stores):
        pointer = "/targeting/sales_channels" if targeting.sales_channels else "/targeting/exclude_channels"
        had = sorted({channel for store in stores for channel in store.channels})
        note = f"{several(len(stores), 'store')} it runs in: {listed(had, most=6)}"
        message = "no store it runs in has one of these channels"
        yield Finding(message, pointer, notes=(note,), help="add a channel that these stores have")


@rule("TGT009", "voucher-without-codes")
def voucher_without_codes(promotion: Promotion[Any], facts: Facts) -> Iterator[Finding]:
    """A voucher is required, and neither codes nor a batch are named.

    Why: no voucher can ever fit, so the promotion never applies.

    Bad:
        require_voucher: true

    Good:
        require_voucher: true
        voucher_codes: [PROMO10]

    Fix: add `voucher_codes` that everybody may use, or `voucher` with a batch of single codes.
    """
    if promotion.require_voucher and not promotion.voucher_codes and promotion.voucher is None:
        advice = "add `voucher_codes: [PROMO10]`, or `voucher: {batch: …}`"
        yield Finding("a voucher is required, and none exists", "/require_voucher", key=True, help=advice)


@rule("TGT010", "voucher-not-required", severity=Severity.WARNING)
def voucher_not_required(promotion: Promotion[Any], facts: Facts) -> Iterator[Finding]:
    """Voucher codes or a batch are named, but no voucher is required.

    Why: everybody gets the discount, with or without the voucher that was printed for it.

    Bad:
        voucher_codes: [PROMO10]

    Good:
        require_voucher: true
        voucher_codes: [PROMO10]

    Fix: add `require_voucher: true`, or remove the codes.
    """
    if not promotion.require_voucher and (promotion.voucher_codes or promotion.voucher is not None):
        pointer = "/voucher_codes" if promotion.voucher_codes else "/voucher"
        yield Finding(
            "the discount is given without the voucher too", pointer, key=True, help="add `require_voucher: true`"
        )


@rule("TGT011", "listed-twice", severity=Severity.WARNING)
def listed_twice(promotion: Promotion[Any], facts: Facts) -> Iterator[Finding]:
    """An entry stands twice in one list.

    Why: it counts once; often another one was meant.

    Bad:
        scope: {apply_to: product, products: [latte, latte]}

    Good:
        scope: {apply_to: product, products: [latte, espresso]}

    Fix: remove it, or write the one that was meant.
    """
    for section, names in _LISTS.items():
        part = getattr(promotion, section)
        for name in names:
            entries = getattr(part, name, None)
            if isinstance(entries, list) and len(entries) > 1 and len(set(entries)) < len(entries):
                index = next(index for index, entry in enumerate(entries) if entry in entries[:index])
                also = (Also("first here", f"/{section}/{name}/{entries.index(entries[index])}"),)
                yield Finding("listed twice", f"/{section}/{name}/{index}", label="again", also=also, help="remove it")


@rule("TGT012", "not-discountable", severity=Severity.WARNING)
def not_discountable(promotion: Promotion[Any], facts: Facts) -> Iterator[Finding]:
    """A product is named that the catalogue marks `discountable: false`.

    Why: no promotion ever changes its price, this one included.

    Bad:
        scope: {apply_to: product, products: [gift-card]}

    Good:
        scope: {apply_to: product, products: [latte]}

    Fix: remove it here, or make it discountable in the catalogue.
    """
    if promotion.scope.apply_to != "product":
        return
    for index, name in enumerate(promotion.scope.products):
        product = facts.products.get(name)
        if product is not None and not product.discountable:
            also = (Also("marked here", "/discountable", of=product),)
            message = f"`{name}` is never discounted"
            yield Finding(message, f"/scope/products/{index}", also=also, help="remove it, or make it discountable")


@rule("TGT013", "upsell-to-itself", "upsell")
def upsell_to_itself(promotion: Promotion[Any], facts: Facts) -> Iterator[Finding]:
    """An upsell offers the product that it requires.

    Why: the customer has it already; two of one product for less are a buy_x_get_y.

    Bad:
        promo_type: upsell
        rules: {required_product_id: latte, upsell_product_id: latte, special_price: 20_000}

    Good:
        promo_type: upsell
        rules: {required_product_id: latte, upsell_product_id: croissant, special_price: 15_000}

    Fix: offer another product, or use buy_x_get_y.
    """
    rules = promotion.rules
    if rules.required_product_id == rules.upsell_product_id:
        also = (Also("required here", "/rules/required_product_id"),)
        message = f"`{rules.upsell_product_id}` is offered to whoever buys it"
        yield Finding(message, "/rules/upsell_product_id", also=also, help="offer another product, or use buy_x_get_y")


def _names_unknown(promotion: Promotion[Any], facts: Facts) -> bool:
    """Whether the promotion names something that does not exist: that is said already, and explains the rest."""
    return id(promotion) in facts.naming_unknown
