"""Where rules begin and end: the cases beside their examples, and what each finding says."""

import datetime as dt

import pytest

from promo_cli.diagnostics import Diagnostic

from .conftest import FILES, TODAY, Findings


def codes(found: list[Diagnostic]) -> list[str]:
    """Return the codes of findings, in the order of the file."""
    return [one.code for one in found]


FIRES = [
    # REF: every kind of reference is looked up, wherever it stands
    ("REF001", "scope: {apply_to: product, products: [latte], exclude_products: [late]}", "there is no product `late`"),
    ("REF001", "conditions: {any: [{min_quantity: 1, scope: {apply_to: product, products: [tea]}}]}", "`tea`"),
    ("REF001", "conditions: {not: {min_quantity: 1, scope: {apply_to: product, products: [tea]}}}", "`tea`"),
    ("REF001", "promo_type: buy_x_get_y\nrules: {buy_quantity: 1, get_quantity: 1, get_product_id: tea}", "`tea`"),
    (
        "REF001",
        "promo_type: combo\nrules: {combo_price: 1, products: [{product_id: latte}, {product_id: tea}]}",
        "`tea`",
    ),
    ("REF001", "promo_type: free_item\nrules: {min_purchase: 1, free_product_ids: [latte, tea]}", "`tea`"),
    ("REF001", "promo_type: free_item\nrules: {trigger_product_id: tea, free_product_id: latte}", "`tea`"),
    (
        "REF001",
        "promo_type: upsell\nrules: {required_product_id: tea, upsell_product_id: latte, special_price: 1}",
        "`tea`",
    ),
    (
        "REF001",
        "promo_type: threshold_tier\n"
        "rules: {tiers: [{tier_name: A, min_amount: 1, discount_type: free_product, free_product_id: tea}]}",
        "`tea`",
    ),
    (
        "REF001",
        "promo_type: package\n"
        "rules: {package_name: P, package_price: 1, items: [{item_type: product, product_id: tea}]}",
        "`tea`",
    ),
    (
        "REF001",
        "tests: [{name: t, at: 2026-02-07, cart: {items: [{product_id: tea, quantity: 1}]}, expect: {}}]",
        "`tea`",
    ),
    ("REF002", "promo_type: mix_match\nrules: {category_id: tea, required_quantity: 2, special_price: 1}", "`tea`"),
    ("REF003", "targeting: {exclude_brands: [kopi]}", "there is no brand `kopi`"),
    ("REF003", "cross_brand: {type: trigger_benefit, trigger_brands: [x], benefit_brands: [kopi-senja]}", "`x`"),
    ("REF004", "targeting: {stores: {exclude: [jkt-sabag]}}", "there is no store `jkt-sabag`"),
    ("REF004", "tests: [{name: t, at: 2026-02-07, store: nowhere, cart: {}, expect: {}}]", "`nowhere`"),
    (
        "REF009",
        "cross_brand: {type: accumulate, trigger_brands: [kopi-senja], period: month, reward: {promotion: X}}",
        "`X`",
    ),
    ("REF010", "targeting: {stores: {tags: [stret]}}", "there is no store tag `stret`"),
    ("REF013", "code: other", "the code `OTHER` is taken"),
    # TIM
    ("TIM004", "validity: {start_date: 2026-02-01, days_of_week: []}", "`days_of_week` is empty"),
    ("TIM005", "validity: {start_date: 2026-02-07, end_date: 2026-02-08, exclude_dates: [2026-02-07, 2026-02-08]}", ""),
    ("TIM007", "validity: {start_date: 2026-02-01, days_of_week: [sat], exclude_dates: [2026-02-09]}", "is a Monday"),
    ("TIM008", "validity: {start_date: 2026-02-01, time_end: 23:59:59}", "the last minute"),
    ("TIM009", "validity: {start_date: 2026-02-01, end_date: 2099-12-31}", "`end_date` is 73 years away"),
    ("TIM011", "validity: {start_date: 2026-02-01, time_start: 22:00, time_end: 07:00}", "no store is open"),
    # AMT
    ("AMT001", "rules: {discount_percent: 0}", "0% is not above 0% and at most 100%"),
    ("AMT001", "rules: {discount_percent: -5}", "-5% is not above 0%"),
    ("AMT001", "rules: {discount_percent: 100.01}", "100.01% is not above 0%"),
    (
        "AMT001",
        "promo_type: payment_discount\nrules: {payment_methods: [qris], discount_type: percent, discount_value: 101}",
        "101%",
    ),
    ("AMT003", "rules: {discount_percent: 33.333}", "33.333 has 3 decimals; a percent has at most 2 decimals"),
    ("AMT003", "limits: {budget: 0.5}", "0.5 has 1 decimal; IDR has no decimals"),
    ("AMT005", "rules: {discount_percent: 20, min_purchase: -1}", "-1 is below zero"),
    ("AMT005", "limits: {max_uses: -1}", "-1 is below zero"),
    ("AMT006", "rules: {discount_percent: 20, max_discount_amount: 0}", "caps the discount at nothing"),
    ("AMT006", "rules: {discount_percent: 20, max_applications: 0}", "`max_applications` must be at least 1"),
    ("AMT006", "promo_type: amount_discount\nrules: {discount_amount: 0}", "`discount_amount: 0` gives nothing"),
    (
        "AMT007",
        "scope: {apply_to: product, products: [espresso, latte]}\n"
        "rules: {discount_percent: 50, max_discount_amount: 11_000}",
        "the cap of IDR 11,000 is always reached, with espresso alone",
    ),
    ("AMT009", "limits: {budget: 0}", "`budget: 0` means it can never be used"),
    ("AMT010", "limits: {max_uses: 10, max_uses_per_day: 11}", "`max_uses_per_day` can never be reached"),
    (
        "AMT020",
        "promo_type: happy_hour\nvalidity: {start_date: 2026-02-01, time_start: 17:00}\n"
        "scope: {apply_to: category, categories: [hot-drinks]}\nrules: {discount_amount: 22_000}",
        "IDR 22,000 off makes 1 product free: espresso",
    ),
    (
        "AMT021",
        "promo_type: mix_match\nrules: {category_id: hot-drinks, required_quantity: 2, special_price: 76_000}",
        "IDR 76,000 is not below IDR 76,000, the dearest mix there is",
    ),
    (
        "AMT021",
        "promo_type: mix_match\n"
        "rules: {category_id: hot-drinks, required_quantity: 2, special_price: 60_000, allow_same_product: false}",
        "IDR 60,000 is not below IDR 60,000",
    ),
    (
        "AMT021",
        "promo_type: upsell\nrules: {required_product_id: latte, upsell_product_id: croissant, special_price: 22_000}",
        "the price of croissant",
    ),
    (
        "AMT021",
        "promo_type: package\nrules: {package_name: P, package_price: 100_000, items: "
        "[{item_type: product, product_id: croissant}, {item_type: category, category_id: drinks, max_selection: 2}]}",
        "IDR 100,000 is not below IDR 98,000",
    ),
    (
        "AMT022",
        "promo_type: amount_discount\nrules: {discount_amount: 50_000}",
        "a purchase of IDR 50,000 costs nothing",
    ),
    (
        "AMT023",
        "promo_type: combo\nrules: {combo_price: 20_000, products: [{product_id: latte}, {product_id: croissant}]}",
        "the combo sells for IDR 20,000, below its cost of IDR 20,500",
    ),
    (
        "AMT024",
        "promo_type: happy_hour\nvalidity: {start_date: 2026-02-01, time_start: 17:00}\n"
        "scope: {apply_to: category, categories: [bakery]}\nrules: {special_price: 10_000}",
        "sold by weight: cookies",
    ),
    (
        "AMT030",
        "promo_type: threshold_tier\n"
        "rules: {tiers: [{tier_name: A, min_amount: 5, discount_type: percent, discount_value: 1}, "
        "{tier_name: B, min_amount: 5, discount_type: percent, discount_value: 2}]}",
        "`B` begins at the same amount as `A`",
    ),
    (
        "AMT035",
        "promo_type: threshold_tier\nrules: {tiers: [{tier_name: A, min_amount: 5, discount_type: points_multiplier}]}",
        "`A` gives nothing: its discount_type is points_multiplier",
    ),
    # TGT
    ("TGT002", "scope: {products: [latte]}", "`products` are not looked at while apply_to is all"),
    (
        "TGT003",
        "targeting: {brands: [roti-harum]}\nscope: {apply_to: product, products: [latte]}",
        "nothing in scope is of roti-harum",
    ),
    ("TGT003", "scope: {unit_price: {min: 300_000}}", "no product is left in scope after unit_price"),
    (
        "TGT004",
        "targeting: {sales_channels: [dine_in, takeaway], exclude_channels: [dine_in]}",
        "`dine_in` is included",
    ),
    ("TGT005", "targeting: {stores: {exclude: [jkt-sabang, jkt-cikini]}}", "no store fits stores"),
    ("TGT005", "targeting: {exclude_brands: [kopi-senja, roti-harum]}", "no store fits exclude_brands"),
    ("TGT008", "targeting: {exclude_channels: [dine_in, takeaway]}", "no store it runs in has one of these channels"),
    ("TGT010", "voucher: {batch: SPRING}", "the discount is given without the voucher too"),
    ("TGT011", "validity: {start_date: 2026-02-01, days_of_week: [mon, 1]}", "listed twice"),
    ("SCH107", "conditions: {all: [{min_quantity: 1}], min_purchase: 5}", "cannot stand side by side"),
    ("SCH107", "conditions: {all: [{}]}", "the condition asks for nothing"),
    ("POL002", "code: ANOTHER", "the file is called example.yaml"),
]


@pytest.mark.parametrize(
    ("code", "fragment", "message"), FIRES, ids=[f"{code}-{index}" for index, (code, *_) in enumerate(FIRES)]
)
def test_a_rule_fires(findings: Findings, code: str, fragment: str, message: str):
    """The rule finds the mistake, and says so in these words."""
    found = [one for one in findings(fragment) if one.code == code]
    assert len(found) == 1
    assert message in found[0].message
    assert found[0].primary is not None
    assert found[0].primary.range is not None


QUIET = [
    "validity: {start_date: 2026-02-07, end_date: 2026-02-07}",
    "validity: {start_date: 2026-02-07, end_date: 2026-02-07, days_of_week: [sat]}",
    "validity: {start_date: 2026-02-01, time_start: 19:00, time_end: 02:00}",
    "validity: {start_date: 2026-02-01, time_start: 21:59}",
    "validity: {start_date: 2026-02-01, time_end: 07:01}",
    "validity: {start_date: 2026-02-01, end_date: 2026-02-28, exclude_dates: [2026-02-01, 2026-02-28]}",
    "validity: {start_date: 2026-02-01, end_date: 2026-02-07}",
    "validity: {start_date: 2026-02-01, end_date: 2026-02-28, exclude_holidays: true}",
    "validity: {start_date: 2026-02-01, exclude_holidays: true}",
    "is_active: false\nvalidity: {start_date: 2025-02-01, end_date: 2025-02-28}",
    "rules: {discount_percent: 100}\nscope: {apply_to: product, products: [cookies]}",
    "rules: {discount_percent: 33.33}",
    "rules: {discount_percent: 1}",
    "rules: {discount_percent: 20.0}",
    "rules: {discount_percent: 20, max_discount_amount: 20_001, min_purchase: 100_000}",
    "limits: {max_uses: 10, max_uses_per_customer: 10}",
    "promo_type: amount_discount\nscope: {apply_to: product, products: [cookies]}\n"
    "rules: {discount_amount: 1_000, min_purchase: 50_000}",
    "promo_type: amount_discount\nscope: {apply_to: category, categories: [hot-drinks]}\n"
    "rules: {discount_amount: 10_000, per: unit}",
    "promo_type: threshold_tier\n"
    "rules: {tiers: [{tier_name: A, min_amount: 100, discount_type: percent, discount_value: 10}, "
    "{tier_name: B, min_amount: 200, discount_type: amount, discount_value: 20}]}",
    "promo_type: threshold_tier\nrules: {tiers: [{tier_name: A, min_amount: 100, discount_type: points_multiplier, "
    "points_multiplier: 2}, {tier_name: Rest, min_amount: 50, is_active: false, discount_type: percent}]}",
    "promo_type: package\nrules: {package_name: P, package_price: 97_999, items: "
    "[{item_type: product, product_id: croissant}, {item_type: category, category_id: drinks, max_selection: 2}]}",
    "promo_type: free_item\nrules: {free_product_id: latte}\nrequire_voucher: true\nvoucher_codes: [GIFT]",
    "scope: {apply_to: category, categories: [drinks]}\ntargeting: {brands: [kopi-senja]}",
    "scope: {apply_to: product, products: [gift-card, latte], exclude_categories: [bakery]}",
    "targeting: {brands: [roti-harum], stores: {regions: [jakarta]}}",
    "targeting: {sales_channels: [dine_in]}",
    "conditions: {all: [{min_quantity: 1}, {not: {points: 5}}]}",
    "stacking: {group: breakfast, rule: first, never_with: [OTHER]}",
    "name: These are 32 characters, not one",
]  # fmt: skip


@pytest.mark.parametrize("fragment", QUIET)
def test_rules_are_quiet_at_their_edges(findings: Findings, fragment: str):
    """What is just right has no finding."""
    expected = ["TGT012"] if "gift-card" in fragment else []
    assert codes(findings(fragment)) == expected


def test_today_decides_what_has_ended(findings: Findings):
    """A promotion has ended from the day after its last."""
    fragment = "validity: {start_date: 2026-02-01, end_date: 2026-02-07}"
    assert codes(findings(fragment, today=TODAY)) == []
    (ended,) = findings(fragment, today=TODAY + dt.timedelta(days=1))
    assert (ended.code, ended.message) == ("TIM003", "the promotion ended 1 day ago")


def test_a_thousands_point_is_recognised(findings: Findings):
    """Three decimals in a currency without any are a thousands separator, and the fix writes it so."""
    (found,) = findings("rules: {discount_percent: 20, max_discount_amount: 1250.000}")
    assert found.help == "write 1250_000 for 1250,000: the point separates decimals, not thousands"
    assert found.fix is not None
    assert found.fix.edits[0].content == "1250_000"


def test_zeros_after_the_point_are_dropped_safely(findings: Findings):
    """An amount written with decimals that say nothing is corrected without doubt."""
    (found,) = findings("rules: {discount_percent: 20, max_discount_amount: 50_000.0}")
    assert found.fix is not None
    assert (found.fix.applicability, found.fix.edits[0].content) == ("safe", "50_000")


def test_an_id_in_another_case_is_a_safe_fix(findings: Findings):
    """An id that differs in case only can be nothing else."""
    (found,) = findings("scope: {apply_to: product, products: [Latte]}")
    assert found.fix is not None
    assert (found.fix.applicability, found.fix.edits[0].content) == ("safe", "latte")
    (guess,) = findings("scope: {apply_to: product, products: [lattee]}")
    assert guess.fix is not None
    assert guess.fix.applicability == "unsafe"
    (related,) = guess.related
    assert related.location.path == "stores/catalog.yaml"


def test_a_broken_catalogue_does_not_cascade(findings: Findings):
    """What cannot be read in one file is not reported as missing in others."""
    fragment = "scope: {apply_to: product, products: [latte, espresso]}"
    catalog = FILES["stores/catalog.yaml"]
    assert codes(findings(fragment, **{"stores/catalog.yaml": "products: [\n"})) == ["YML001"]
    assert codes(findings(fragment, **{"stores/catalog.yaml": catalog.replace("38_000", "many")})) == ["SCH001"]
    assert codes(findings(fragment, **{"stores/brands.yaml": "- {id: kopi-senja}\n- {id: roti-harum, name: R}\n"})) == [
        "SCH002"
    ]


def test_a_broken_promotion_keeps_its_code(findings: Findings):
    """`never_with` may name a promotion whose file has errors."""
    broken = FILES["promotions/other.yaml"].replace("discount_value: 5", "discount_value: five")
    found = findings("stacking: {never_with: [OTHER]}", **{"promotions/other.yaml": broken})
    assert codes(found) == ["SCH001"]


def test_unknown_names_explain_what_follows_from_them(findings: Findings):
    """A promotion for an unknown store is not also told that no store is left."""
    assert codes(findings("targeting: {stores: [jkt-sabag]}")) == ["REF004"]
    assert codes(findings("scope: {apply_to: category, categories: [hot-drink]}")) == ["REF002"]


def test_reference_data_is_checked_as_well(findings: Findings):
    """Products and stores may refer only to what there is, and loops of categories are told once."""
    catalog = (
        "categories: [{id: a, name: A, parent: b}, {id: b, name: B, parent: c}, {id: c, name: C, parent: a}]\n"
        "products: [{id: x, name: X, category: d, brand: kopi, price: -1}]\n"
    )
    found = findings(
        "", **{"stores/catalog.yaml": catalog, "promotions/example.yaml": FILES["promotions/example.yaml"]}
    )
    assert codes(found) == ["REF015", "REF002", "REF003", "AMT004"]
    assert found[0].message == "`a` is its own ancestor: a → b → c → a"


def test_below_cost_names_the_worst_and_counts_the_rest(findings: Findings):
    """The product that loses most is named with its figures, the others are counted and listed in the scope."""
    (found,) = findings("scope: {apply_to: category, categories: [hot-drinks]}\nrules: {discount_percent: 90}")
    assert found.message == "latte would sell for IDR 3,800, below its cost of IDR 11,500, and 1 more below theirs"
    assert found.scope.products == ("espresso", "latte")
