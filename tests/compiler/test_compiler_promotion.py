import datetime as dt
import hashlib
import uuid
from decimal import Decimal
from typing import Any

import pytest

from promo_cli.compiler.promotion import compile_promotion, promotion_id, stage
from promo_cli.model.promotion import STAGES
from promo_cli.model.rules import RULES
from promo_cli.protocol import canonical

ROADMAP_FIELDS = {
    "id", "code", "name", "description", "promo_type", "apply_to", "execution_stage", "execution_priority", "is_active",
    "is_auto_apply", "require_voucher", "member_only", "validity", "scope", "targeting", "rules", "limits",
    "compiler_version", "version",
}  # fmt: skip

RULES_OF_TYPE: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "percent_discount": (
        {"discount_percent": 20, "max_discount_amount": 50_000},
        {"type": "percent", "discount_percent": 20, "max_discount_amount": 50_000, "min_purchase": 0},
    ),
    "amount_discount": (
        {"discount_amount": 10_000, "min_purchase": 75_000},
        {"type": "amount", "discount_amount": 10_000, "min_purchase": 75_000},
    ),
    "buy_x_get_y": (
        {"buy_quantity": 2, "get_quantity": 1},
        {"type": "bogo", "buy_quantity": 2, "get_quantity": 1, "get_discount_percent": 100, "same_product_only": True},
    ),
    "combo": (
        {"combo_price": 45_000, "products": [{"product_id": "burger"}, {"product_id": "cola", "quantity": 2}]},
        {
            "type": "combo",
            "combo_price": 45_000,
            "products": [{"product_id": "burger", "quantity": 1}, {"product_id": "cola", "quantity": 2}],
            "all_required": True,
        },
    ),
    "free_item": (
        {"trigger_product_id": "ramen", "free_product_id": "tea"},
        {
            "type": "free_item",
            "min_purchase": 0,
            "trigger_product_id": "ramen",
            "trigger_min_qty": 1,
            "free_product_id": "tea",
            "free_quantity": 1,
        },
    ),
    "happy_hour": (
        {"special_price": 15_000},
        {
            "type": "happy_hour",
            "discount_percent": None,
            "discount_amount": None,
            "special_price": 15_000,
            "time_start": "22:00:00",
            "time_end": "02:00:00",
            "days_of_week": [5, 6],
        },
    ),
    "cashback": (
        {"cashback_type": "percent", "cashback_value": 5, "cashback_max": 20_000, "payment_methods": ["gopay"]},
        {
            "type": "cashback",
            "cashback_type": "percent",
            "cashback_value": 5,
            "cashback_max": 20_000,
            "min_purchase": 0,
            "payment_methods": ["gopay"],
            "cashback_method": "points",
        },
    ),
    "payment_discount": (
        {"payment_methods": ["bca"], "discount_type": "percent", "discount_value": 10, "max_discount": 30_000},
        {
            "type": "payment_discount",
            "payment_methods": ["bca"],
            "discount_type": "percent",
            "discount_value": 10,
            "max_discount": 30_000,
            "min_purchase": 0,
        },
    ),
    "package": (
        {
            "package_name": "Lunch set",
            "package_price": 55_000,
            "items": [
                {"item_type": "product", "product_id": "ramen"},
                {"item_type": "category", "category_id": "drinks", "min_selection": 1, "max_selection": 1},
            ],
        },
        {
            "type": "package",
            "package_name": "Lunch set",
            "package_price": 55_000,
            "allow_modification": False,
            "items": [
                {"item_type": "product", "quantity": 1, "is_required": True, "product_id": "ramen"},
                {
                    "item_type": "category",
                    "quantity": 1,
                    "is_required": True,
                    "category_id": "drinks",
                    "min_selection": 1,
                    "max_selection": 1,
                },
            ],
        },
    ),
    "mix_match": (
        {"category_id": "pastry", "required_quantity": 3, "special_price": 50_000},
        {
            "type": "mix_match",
            "category_id": "pastry",
            "required_quantity": 3,
            "special_price": 50_000,
            "allow_same_product": True,
        },
    ),
    "upsell": (
        {"required_product_id": "latte", "upsell_product_id": "cookie", "special_price": 9_000},
        {
            "type": "upsell",
            "required_product_id": "latte",
            "required_min_qty": 1,
            "upsell_product_id": "cookie",
            "special_price": 9_000,
            "upsell_message": "",
        },
    ),
    "threshold_tier": (
        {
            "tiers": [
                {"tier_name": "B", "min_amount": 200_000, "discount_type": "points_multiplier", "points_multiplier": 2},
                {
                    "tier_name": "A",
                    "min_amount": 100_000,
                    "max_amount": 200_000,
                    "discount_type": "percent",
                    "discount_value": 5,
                },
                {"tier_name": "off", "min_amount": 1, "discount_type": "amount", "is_active": False},
            ]
        },
        {
            "type": "threshold_tier",
            "tiers": [
                {
                    "tier_name": "A",
                    "min_amount": 100_000,
                    "max_amount": 200_000,
                    "discount_type": "percent",
                    "discount_value": 5,
                },
                {
                    "tier_name": "B",
                    "min_amount": 200_000,
                    "max_amount": None,
                    "discount_type": "points_multiplier",
                    "discount_value": 0,
                    "points_multiplier": 2,
                },
            ],
        },
    ),
}


@pytest.mark.parametrize("promo_type", RULES)
def test_rules_have_the_roadmaps_names_and_defaults(build: Any, promo_type: str) -> None:
    """Each of the twelve types compiles to exactly the roadmap's fields when nothing else is set."""
    source, expected = RULES_OF_TYPE[promo_type]
    validity = {
        "start_date": dt.date(2026, 1, 1),
        "time_start": "22:00",
        "time_end": "02:00",
        "days_of_week": ["sat", "fri"],
    }
    compiled = compile_promotion(build(promo_type=promo_type, rules=source, validity=validity), "acme")
    assert compiled["rules"] == expected


def test_every_roadmap_field_is_present_even_when_it_is_empty(build: Any) -> None:
    """A till may rely on the roadmap's fields without looking whether they are there."""
    compiled = compile_promotion(build(), "acme")
    assert compiled.keys() == ROADMAP_FIELDS
    assert compiled["validity"] == {
        "start_date": "2026-01-01",
        "end_date": "2026-12-31",
        "time_start": None,
        "time_end": None,
        "days_of_week": [1, 2, 3, 4, 5, 6, 7],
        "exclude_holidays": False,
    }
    assert compiled["limits"] == {"max_uses": None, "max_uses_per_customer": None, "max_uses_per_day": None}


def test_named_get_product_is_not_the_same_product(build: Any) -> None:
    """Naming the product that is given turns same_product_only off unless the author says otherwise."""
    rules = {"buy_quantity": 2, "get_quantity": 1, "get_product_id": "cookie"}
    compiled = compile_promotion(build(promo_type="buy_x_get_y", rules=rules), "acme")["rules"]
    assert (compiled["get_product_id"], compiled["same_product_only"]) == ("cookie", False)


def test_options_of_ours_appear_only_where_they_are_set(build: Any) -> None:
    """An option left at its default adds nothing to the line, so new options churn no bundle."""
    plain = compile_promotion(build(), "acme")
    with_option = compile_promotion(build(rules={"discount_percent": 20, "max_units": 2}), "acme")
    assert "max_units" not in plain["rules"]
    assert with_option["rules"]["max_units"] == 2
    assert plain["version"] != with_option["version"]


def test_version_is_the_hash_of_the_line_without_it(build: Any) -> None:
    """Anyone can recompute a promotion's version from its line."""
    compiled = compile_promotion(build(), "acme")
    rest = {key: value for key, value in compiled.items() if key != "version"}
    assert compiled["version"] == hashlib.sha256(canonical.dumps(rest)).hexdigest()[:12]


def test_ids_follow_from_company_and_code_unless_pinned(build: Any) -> None:
    """The same code keeps its id for ever, another company's is another, and a pinned id survives renaming."""
    assert promotion_id("acme", build()) == promotion_id("acme", build(name="Renamed"))
    assert promotion_id("acme", build()) != promotion_id("other", build())
    assert uuid.UUID(promotion_id("acme", build())).version == 5
    assert promotion_id("acme", build(id="pinned", code="NEW")) == "pinned"


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, "order"),
        ({"scope": {"apply_to": "category", "categories": ["c"]}}, "item"),
        ({"execution_stage": "item"}, "item"),
        ({"promo_type": "combo", "rules": RULES_OF_TYPE["combo"][0]}, "item"),
        ({"promo_type": "threshold_tier", "rules": RULES_OF_TYPE["threshold_tier"][0]}, "order"),
        ({"promo_type": "payment_discount", "rules": RULES_OF_TYPE["payment_discount"][0]}, "payment"),
        ({"promo_type": "cashback", "rules": RULES_OF_TYPE["cashback"][0]}, "earn"),
    ],
)
def test_stage_follows_from_type_and_scope(build: Any, fields: dict[str, Any], expected: str) -> None:
    """A discount on everything belongs to the order, one on some items to the items, unless the author says."""
    assert stage(build(**fields)) == expected
    assert expected in STAGES


def test_sections_of_ours_are_written_without_their_defaults(build: Any) -> None:
    """Stacking, conditions and the rest say only what was set, under the names they were written with."""
    compiled = compile_promotion(
        build(
            stacking={"lane": "partner", "never_with": ["OTHER"]},
            conditions={"not": {"min_quantity": 3}},
            limits={"budget": Decimal("1000000")},
            voucher_codes=["PROMO10"],
            targeting={"exclude_channels": ["delivery"], "member_only": True},
        ),
        "acme",
    )
    assert compiled["stacking"] == {"lane": "partner", "never_with": ["OTHER"]}
    assert compiled["conditions"] == {"not": {"min_quantity": 3}}
    assert compiled["limits"]["budget"] == 1_000_000
    assert compiled["voucher_codes"] == ["PROMO10"]
    assert compiled["member_only"] is True
    assert compiled["targeting"]["exclude_channels"] == ["delivery"]


def test_cross_brand_says_its_type_and_brands(build: Any) -> None:
    """A trigger and benefit promotion carries the roadmap's four fields and is enabled."""
    cross = {"type": "trigger_benefit", "trigger_brands": ["a"], "benefit_brands": ["b"]}
    assert compile_promotion(build(cross_brand=cross), "acme")["cross_brand"] == {
        "enabled": True,
        "type": "trigger_benefit",
        "trigger_brands": ["a"],
        "trigger_min_amount": 0,
        "benefit_brands": ["b"],
    }
