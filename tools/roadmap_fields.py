"""docs/reference/roadmap-fields.md: every field of the roadmap's compiler, what we write for it, where it is compiled.

A test holds the table to the models and to compiled promotions.
"""

from __future__ import annotations

from typing import NamedTuple


class Row(NamedTuple):
    """One field. Paths are dotted, `[]` is an element of a list; without `compiled`, `note` says what stands in."""

    json: str
    attribute: str
    source: str
    compiled: str
    note: str = ""


def _same(*names: str, under: str = "") -> list[Row]:
    paths = [f"{under}.{name}" if under else name for name in names]
    return [Row(path, name, path, path) for path, name in zip(paths, names, strict=True)]


def _rules(*rows: tuple[str, str] | tuple[str, str, str]) -> list[Row]:
    """Rows below `rules`: the JSON name and the Django attribute, and a note where there is something to say."""
    made = (Row(f"rules.{row[0]}", row[1], f"rules.{row[0]}", f"rules.{row[0]}", *row[2:]) for row in rows)
    return [Row("rules.type", "promo_type", "promo_type", "rules.type"), *made]


_DECIDES = "written, where the roadmap concludes it from the percentage"

TABLE: dict[str, list[Row]] = {
    "Every promotion": [
        Row("id", "id", "id", "id", "by default a UUID that follows from the company's id and the code"),
        *_same("code", "name", "description", "promo_type"),
        Row("apply_to", "apply_to", "scope.apply_to", "apply_to"),
        *_same("execution_stage"),
        Row("execution_priority", "execution_priority", "execution_priority", "execution_priority"),
        Row("priority", "", "execution_priority", "execution_priority", "the short example's name for it"),
        *_same("is_active", "is_auto_apply", "require_voucher"),
        Row("member_only", "member_only", "targeting.member_only", "member_only"),
        Row("is_member_only", "", "targeting.member_only", "member_only", "the short example's name for it"),
        Row("stores", "", "targeting.stores", "targeting.stores", "the short example has it at the top"),
        Row("brands", "", "targeting.brands", "targeting.brands", "the short example has it at the top"),
        Row("compiler_version", "version", "", "compiler_version", "of the compiler, not written"),
        Row("version", "", "", "version", "a hash of the compiled promotion, not a counter"),
        Row("compiled_at", "", "", "", "stands in the release, once: a bundle changes only when its promotions do"),
    ],
    "validity": [
        Row("validity.start_date", "start_date", "validity.start_date", "validity.start_date"),
        Row("validity.end_date", "end_date", "validity.end_date", "validity.end_date", "null: open-ended"),
        Row("validity.time_start", "valid_time_start", "validity.time_start", "validity.time_start"),
        Row("validity.time_end", "valid_time_end", "validity.time_end", "validity.time_end"),
        Row("validity.days_of_week", "valid_days", "validity.days_of_week", "validity.days_of_week"),
        *_same("exclude_holidays", under="validity"),
    ],
    "scope": _same("apply_to", "categories", "products", "exclude_categories", "exclude_products", under="scope"),
    "targeting": [
        Row(
            "targeting.stores",
            "all_stores, stores",
            "targeting.stores",
            "targeting.stores",
            "settled when compiling: a bundle holds what runs in its store",
        ),
        Row("targeting.brands", "scope, brands, brand", "targeting.brands", "targeting.brands"),
        *_same("exclude_brands", "member_only", "member_tiers", "customer_type", under="targeting"),
        *_same("sales_channels", "exclude_channels", under="targeting"),
    ],
    "percent_discount": _rules(
        ("discount_percent", "discount_percent"),
        ("max_discount_amount", "max_discount_amount"),
        ("min_purchase", "min_purchase"),
    ),
    "amount_discount": _rules(("discount_amount", "discount_amount"), ("min_purchase", "min_purchase")),
    "buy_x_get_y": _rules(
        ("buy_quantity", "buy_quantity"),
        ("get_quantity", "get_quantity"),
        ("get_discount_percent", "discount_percent"),
        ("get_product_id", "get_product"),
        ("same_product_only", "get_product", "by default false where a get product is named, else true"),
    ),
    "combo": _rules(
        ("combo_price", "combo_price"),
        ("products[].product_id", "combo_products"),
        ("products[].quantity", "", "1 in the roadmap, free here"),
        ("all_required", "", "true in the roadmap, free here"),
    ),
    "free_item": _rules(
        ("min_purchase", "min_purchase"),
        ("trigger_product_id", "required_product"),
        ("trigger_min_qty", "buy_quantity"),
        ("free_product_id", "get_product"),
        ("free_quantity", "get_quantity"),
    ),
    "happy_hour": [
        *_rules(
            ("discount_percent", "discount_percent"),
            ("discount_amount", "discount_amount"),
            ("special_price", "happy_hour_price"),
        ),
        Row("rules.time_start", "valid_time_start", "validity.time_start", "rules.time_start", "a copy"),
        Row("rules.time_end", "valid_time_end", "validity.time_end", "rules.time_end", "a copy"),
        Row("rules.days_of_week", "valid_days", "validity.days_of_week", "rules.days_of_week", "a copy"),
    ],
    "cashback": _rules(
        ("cashback_type", "discount_percent", _DECIDES),
        ("cashback_value", "discount_percent, discount_amount"),
        ("cashback_max", "max_discount_amount"),
        ("min_purchase", "min_purchase"),
        ("payment_methods", "payment_methods"),
        ("cashback_method", "", "points in the roadmap, free here"),
    ),
    "payment_discount": _rules(
        ("payment_methods", "payment_methods"),
        ("discount_type", "discount_percent", _DECIDES),
        ("discount_value", "discount_percent, discount_amount"),
        ("max_discount", "max_discount_amount"),
        ("min_purchase", "payment_min_amount"),
    ),
    "package": _rules(
        ("package_name", "package.package_name"),
        ("package_price", "package.package_price"),
        ("items[].item_type", "package.items.item_type"),
        ("items[].quantity", "package.items.quantity"),
        ("items[].is_required", "package.items.is_required"),
        ("items[].product_id", "package.items.product"),
        ("items[].category_id", "package.items.category"),
        ("items[].min_selection", "package.items.min_selection"),
        ("items[].max_selection", "package.items.max_selection"),
        ("allow_modification", "package.allow_modification"),
    ),
    "mix_match": _rules(
        ("category_id", "mix_match_rules"),
        ("required_quantity", "mix_match_rules"),
        ("special_price", "mix_match_rules"),
        ("allow_same_product", "mix_match_rules"),
    ),
    "upsell": _rules(
        ("required_product_id", "required_product"),
        ("required_min_qty", "buy_quantity"),
        ("upsell_product_id", "upsell_product"),
        ("special_price", "upsell_special_price"),
        ("upsell_message", "upsell_message"),
    ),
    "threshold_tier": [
        *_rules(
            ("tiers[].tier_name", "tiers.tier_name"),
            (
                "tiers[].min_amount",
                "tiers.min_amount",
                "the order of the steps, instead of tier_order",
            ),
            ("tiers[].max_amount", "tiers.max_amount"),
            ("tiers[].discount_type", "tiers.discount_type"),
            ("tiers[].discount_value", "tiers.discount_value"),
            ("tiers[].free_product_id", "tiers.free_product"),
            ("tiers[].points_multiplier", "tiers.points_multiplier"),
        ),
        Row("", "tiers.is_active", "rules.tiers[].is_active", "", "a step that is switched off is left out, as there"),
    ],
    "limits": [
        *_same("max_uses", "max_uses_per_customer", "max_uses_per_day", under="limits"),
        Row(
            "limits.current_uses",
            "current_uses",
            "",
            "",
            "stands in the shard's counters, beside the bundle: it changes with every sale, the promotion does not",
        ),
    ],
    "cross_brand": [
        Row("cross_brand.enabled", "is_cross_brand", "cross_brand", "cross_brand.enabled", "by writing the section"),
        Row("cross_brand.type", "cross_brand_type", "cross_brand.type", "cross_brand.type"),
        *_same("trigger_brands", "trigger_min_amount", "benefit_brands", under="cross_brand"),
        Row("cross_brand.rules", "cross_brand_rules", "cross_brand.rules", "cross_brand.rules"),
    ],
}
"""Every field of the roadmap's compiler by section; those of `rules` by promotion type."""

_OPENING = """# The roadmap's fields

Generated from the code by `make docs`; a test holds it to the models and to compiled promotions. For every field of the
roadmap's promotion compiler: its name in the JSON and the Django attribute it is made from, what a marketer writes, and
where tills find it. In short: the names are the same, and one field of the compiled promotion stands elsewhere:
`compiled_at`, which the release carries. `current_uses`, a counter and not a field of the offer, travels beside the
bundle. What the roadmap's compiler writes for mistakes (`rules` empty for an unknown type, `error` for a package
without details) has no counterpart: such a promotion does not pass `promo validate`.
"""


def roadmap_page() -> str:
    """Return the page."""
    lines = [_OPENING]
    for section, rows in TABLE.items():
        lines += [
            f"## {section}",
            "",
            "| roadmap JSON | Django attribute | we write | compiled | |",
            "|---|---|---|---|---|",
        ]
        for row in rows:
            cells = [f"`{cell}`" if cell else "" for cell in row[:4]]
            lines.append(f"| {' | '.join([*cells, row.note])} |")
        lines.append("")
    return "\n".join(lines)
