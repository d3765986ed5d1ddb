"""Conflicts between promotions: what is proven holds in every cart, and every finding shows its cart."""

import datetime as dt
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from promo_cli.diagnostics import Diagnostic
from promo_cli.pricing import price
from promo_cli.validation.conflicts.landscape import Landscape
from promo_cli.validation.conflicts.shadows import shadowed
from promo_cli.validation.facts import Facts
from promo_cli.validation.sample import alone
from promo_cli.workspace import load

from .conftest import EXAMPLE, FILES, TODAY, Findings, merged

LUNCH = """\
# promotions/lunch.yaml
code: LUNCH
"""


def only(found: list[Diagnostic], code: str) -> Diagnostic:
    """Return the one finding there is."""
    assert [one.code for one in found] == [code]
    return found[0]


def two(lunch: str, example: str) -> str:
    """Return a fragment with two promotions."""
    return f"{LUNCH}{lunch}\n# {EXAMPLE}\n{example}"


DRINKS = "scope: {apply_to: category, categories: [hot-drinks]}\n"
LATTE = "scope: {apply_to: product, products: [latte]}\n"


PERCENT_30 = DRINKS + "rules: {discount_percent: 30}"
GET_ONE = LATTE + "promo_type: buy_x_get_y\nrules: {buy_quantity: 2, get_quantity: 1}"
MIX = LATTE + "promo_type: mix_match\nrules: {required_quantity: 2, special_price: 60_000}"
COMBO = "promo_type: combo\nrules: {combo_price: 50_000, products: [{product_id: latte}, {product_id: espresso}]}"
AMOUNT = DRINKS + "promo_type: amount_discount\nrules: {discount_amount: 10_000, min_purchase: 100_000}"
ALL_BUT_BAKERY = "scope: {apply_to: all, exclude_categories: [bakery], exclude_products: [gift-card]}\n"


@pytest.mark.parametrize(
    ("code", "lunch", "example"),
    [
        ("CON020", PERCENT_30, LATTE),
        ("CON020", PERCENT_30, LATTE + "targeting: {sales_channels: [dine_in]}"),
        ("CON020", PERCENT_30, LATTE + "targeting: {member_only: true}"),
        ("CON020", DRINKS + "rules: {discount_percent: 40}", GET_ONE),
        ("CON020", PERCENT_30, MIX),
        ("CON020", PERCENT_30, COMBO),
        ("CON021", PERCENT_30, AMOUNT),
        ("CON022", DRINKS, ALL_BUT_BAKERY + "stacking: {never_with: [LUNCH]}"),
        ("CON022", DRINKS + "stacking: {exclusive: units}", ALL_BUT_BAKERY),
        ("CON023", DRINKS + "rules: {discount_percent: 20}", LATTE),
    ],
)
def test_a_conflict_is_found_and_shown(findings: Findings, code: str, lunch: str, example: str):
    """One finding, with another file beside it, the cart and the receipt as notes, and its scope."""
    found = only(findings(two(lunch, example)), code)
    assert {one.location.path for one in found.related} | {found.primary.path if found.primary else ""} == {
        "promotions/lunch.yaml",
        EXAMPLE,
    }
    cart, receipt = found.notes
    assert cart.startswith("cart: ")
    assert "IDR" in receipt
    assert found.scope.stores
    assert found.scope.products
    assert found.scope.dates


@pytest.mark.parametrize(
    ("lunch", "example"),
    [
        (DRINKS + "rules: {discount_percent: 30, max_discount_amount: 50_000}", LATTE),
        (DRINKS + "rules: {discount_percent: 30}\nlimits: {max_uses: 100}", LATTE),
        (DRINKS + "rules: {discount_percent: 30}\ntargeting: {sales_channels: [dine_in]}", LATTE),
        (DRINKS + "rules: {discount_percent: 30}\nvalidity: {start_date: 2026-02-01, end_date: 2026-02-20}", LATTE),
        (DRINKS + "rules: {discount_percent: 30}\nrequire_voucher: true\nvoucher_codes: [X]", LATTE),
        (DRINKS + "rules: {discount_percent: 30}\ntargeting: {stores: [jkt-cikini]}", LATTE),
        (DRINKS + "rules: {discount_percent: 30}\nis_active: false", LATTE),
        (DRINKS + "rules: {discount_percent: 20}\nexecution_stage: order", LATTE),
        (LATTE + "rules: {discount_percent: 30}", DRINKS),
    ],
)
def test_what_may_still_apply_is_no_conflict(findings: Findings, lunch: str, example: str):
    """A cap, a limit, other customers, days or stores leave room for the other promotion."""
    assert findings(two(lunch, example)) == []


def test_several_share_out_a_promotion(findings: Findings):
    """What one leaves another takes: by product, and by day."""
    hot, cold = "[latte]", "[espresso]"
    products = "".join(
        f"# promotions/{name}.yaml\ncode: {name.upper()}\nscope: {{apply_to: product, products: {which}}}\n"
        "rules: {discount_percent: 30}\n"
        for name, which in (("one", hot), ("two", cold))
    )
    found = only(findings(f"{products}# {EXAMPLE}\n{DRINKS}"), "CON020")
    assert found.message == "EXAMPLE never applies: ONE and TWO between them always win"


def test_days_are_shared_out_as_well(findings: Findings):
    """A promotion on weekdays and one on weekends leave no day."""
    days = "".join(
        f"# promotions/{name}.yaml\ncode: {name.upper()}\n{DRINKS}rules: {{discount_percent: 30}}\n"
        f"validity: {{start_date: 2026-02-01, days_of_week: {which}}}\n"
        for name, which in (("one", "[mon, tue, wed, thu, fri]"), ("two", "[sat, sun]"))
    )
    assert "ONE and TWO" in only(findings(f"{days}# {EXAMPLE}\n{LATTE}"), "CON020").message


def test_the_cart_of_a_stack_has_the_receipts_figures(findings: Findings):
    """What the message says follows from the receipt that stands below it."""
    found = only(findings(LATTE + "rules: {discount_percent: 69}"), "CON011")
    assert found.message == "EXAMPLE and OTHER together sell 1 × latte for IDR 11,191, below the cost of IDR 11,500"
    assert "receipt: IDR 38,000 → IDR 11,191; EXAMPLE -IDR 26,220; OTHER -IDR 589" in found.notes


def test_a_stack_is_told_once(findings: Findings):
    """Promotions past the limit that sell below cost as well are one finding, which says both."""
    limit = "# promo.yaml\nlimits: {max_stacked_percent: 70}\n"
    found = only(findings(f"{limit}# {EXAMPLE}\n{LATTE}rules: {{discount_percent: 69}}"), "CON010")
    assert found.notes[-1] == "they also sell 1 × latte for IDR 11,191, below the cost of IDR 11,500"


@pytest.mark.parametrize("strategy", ["best_deal", "priority"])
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_proven_shadow_never_applies(strategy: str, data: st.DataObject):
    """Whatever is bought, by whomever, a promotion that is said never to apply does not."""
    rules = st.sampled_from(
        [
            "percent_discount\nrules: {discount_percent: 20}",
            "percent_discount\nrules: {discount_percent: 35}",
            "percent_discount\nrules: {discount_percent: 30, min_purchase: 50_000}",
            "amount_discount\nrules: {discount_amount: 7_000, per: unit}",
            "amount_discount\nrules: {discount_amount: 9_000, min_purchase: 60_000}",
            "buy_x_get_y\nrules: {buy_quantity: 2, get_quantity: 1}",
            "buy_x_get_y\nrules: {buy_quantity: 1, get_quantity: 1, get_discount_percent: 50}",
            "mix_match\nrules: {required_quantity: 2, special_price: 50_000}",
        ]
    )
    scopes = st.sampled_from([DRINKS, LATTE, "scope: {apply_to: category, categories: [drinks, bakery]}\n"])
    hours = st.sampled_from(["", ", time_start: 10:00, time_end: 14:00", ", days_of_week: [sat]"])
    who = st.sampled_from(["{}", "{member_only: true}", "{sales_channels: [takeaway]}", "{brands: [kopi-senja]}"])
    with TemporaryDirectory() as folder:
        root = Path(folder)
        files = {name: text for name, text in FILES.items() if not name.startswith("promotions/")}
        files["promo.yaml"] = FILES["promo.yaml"].replace("stacking: {", f"stacking: {{strategy: {strategy}, ")
        for number in range(3):
            fragment = (
                f"code: P{number}\npromo_type: {data.draw(rules)}\n{data.draw(scopes)}targeting: {data.draw(who)}\n"
                f"validity: {{start_date: 2026-02-01{data.draw(hours)}}}\n"
                f"execution_priority: {data.draw(st.integers(0, 1))}\n"
            )
            files[f"promotions/p{number}.yaml"] = merged(
                FILES[EXAMPLE], fragment.replace("promo_type: ", "promo_type: ")
            )
        for name, text in files.items():
            (root / name).parent.mkdir(exist_ok=True)
            (root / name).write_text(text)
        workspace = load(root)
        dead = shadowed(Landscape(Facts(workspace, TODAY))).keys()
        if not dead:
            return
        bundle = alone(workspace, workspace.promotions, "jkt-sabang", TODAY)
        for _ in range(10):
            bought = data.draw(st.dictionaries(st.sampled_from(["latte", "espresso"]), st.integers(1, 7), min_size=1))
            receipt = price(
                {
                    "store_id": "jkt-sabang",
                    "at": dt.datetime.combine(TODAY, dt.time(data.draw(st.sampled_from([9, 12, 20])))).isoformat(),
                    "channel": data.draw(st.sampled_from(["dine_in", "takeaway"])),
                    "customer": {"is_member": data.draw(st.booleans()), "member_id": "m"},
                    "items": [{"product_id": key, "quantity": count} for key, count in bought.items()],
                },
                bundle,
            )
            assert not dead & {one["code"] for one in receipt["applied"]}
            assert Decimal(receipt["final_amount"]) >= 0
