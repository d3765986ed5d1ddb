"""Buy X get Y, combo, mix and match, package, upsell, free items."""

from __future__ import annotations

from typing import Any

from tests.pricing.golden.scenario import Scenario, category, d, everything, items, p, products


def bogo(code: str, buy: int, get: int, **rules: Any) -> dict[str, Any]:
    """Buy X get Y of the same product unless told otherwise; the scope in `scope`."""
    fields = _split(rules)
    return p(code, "buy_x_get_y", {"buy_quantity": buy, "get_quantity": get, **rules}, **fields)


def _split(rules: dict[str, Any]) -> dict[str, Any]:
    """Takes what is not a rule out of the rules."""
    fields = {name: rules.pop(name) for name in ("scope", "priority") if name in rules}
    if "brands" in rules:
        fields["targeting"] = {"brands": rules.pop("brands")}
    return fields


def mix(code: str, quantity: int, price: str, **rules: Any) -> dict[str, Any]:
    """So many of the scope for a price."""
    fields = _split(rules)
    return p(code, "mix_match", {"required_quantity": quantity, "special_price": d(price), **rules}, **fields)


def combo(code: str, price: str, *parts: tuple[str, int], **rules: Any) -> dict[str, Any]:
    """The listed products for a price."""
    lines = [{"product_id": name, "quantity": quantity} for name, quantity in parts]
    return p(code, "combo", {"combo_price": d(price), "products": lines, **rules})


def upsell(code: str, price: str, **rules: Any) -> dict[str, Any]:
    """A cake at a price with every latte."""
    base = {"required_product_id": "latte", "upsell_product_id": "cake", "special_price": d(price)}
    return p(code, "upsell", {**base, "upsell_message": "Cake for less?", **rules})


def gift(code: str, **rules: Any) -> dict[str, Any]:
    """A juice on top."""
    fields = _split(rules)
    return p(code, "free_item", {"free_product_id": "juice", "free_quantity": 1, **rules}, **fields)


PART = {"item_type": "product", "quantity": 1, "is_required": True}
CHOICE = {"item_type": "category", "quantity": 1, "is_required": True, "min_selection": 1, "max_selection": 1}


def menu(code: str, price: str, *parts: dict[str, Any], **rules: Any) -> dict[str, Any]:
    """A set menu."""
    return p(code, "package", {"package_name": "Menu", "package_price": d(price), "items": list(parts), **rules})


def part(name: str, **fields: Any) -> dict[str, Any]:
    """A required product."""
    return {**PART, "product_id": name, **fields}


def choice(name: str, **fields: Any) -> dict[str, Any]:
    """One unit of a category, by choice."""
    return {**CHOICE, "category_id": name, **fields}


SCENARIOS = [
    Scenario(
        "bogo-same",
        "Buy 2 get 1 of the same product: nine units, three free.",
        "13.5",
        (bogo("B", 2, 1),),
        items(latte=9),
    ),
    Scenario(
        "bogo-complete-only", "Complete sets only: five lattes are one set.", "4.5", (bogo("B", 2, 1),), items(latte=5)
    ),
    Scenario(
        "bogo-not-mixed",
        "Same product: two lattes and a tea are no set.",
        "0",
        (bogo("B", 2, 1),),
        items(latte=2, tea=1),
    ),
    Scenario(
        "bogo-any",
        "Any in scope, dearest first, the cheapest of each set free: 6, 4.5, 4.5 | 2.8, 2.8, 2.8.",
        "7.3",
        (bogo("B", 2, 1, same_product_only=False),),
        items(latte=2, tea=3, cake=1),
    ),
    Scenario(
        "bogo-any-left-over",
        "What is over stays at its price: of 6, 5, 4.5, 2.8 the 4.5 is free.",
        "4.5",
        (bogo("B", 2, 1, same_product_only=False),),
        items(latte=1, tea=1, cake=1, juice=1),
    ),
    Scenario(
        "bogo-dearest",
        "`select: dearest`: the dearest of the set.",
        "6",
        (bogo("B", 2, 1, same_product_only=False, select="dearest"),),
        items(latte=2, cake=1),
    ),
    Scenario(
        "bogo-percent",
        "Buy 1, the second at half price: 2.25.",
        "2.25",
        (bogo("B", 1, 1, get_discount_percent=50),),
        items(latte=3),
    ),
    Scenario(
        "bogo-percent-rounds-once",
        "Two sets at 50 % of 3.35: 3.35 in all, not twice 1.68.",
        "3.35",
        (bogo("B", 1, 1, get_discount_percent=50),),
        items(bagel=4),
    ),
    Scenario(
        "bogo-named",
        "Buy a latte, get a tea: as many as there are of both.",
        "5.6",
        (bogo("B", 1, 1, get_product_id="tea", scope=products("latte")),),
        items(latte=3, tea=2),
    ),
    Scenario(
        "bogo-named-many",
        "Buy a cake, get two teas: one tea over, one cake over.",
        "5.6",
        (bogo("B", 1, 2, get_product_id="tea", scope=products("cake")),),
        items(cake=2, tea=3),
    ),
    Scenario(
        "bogo-named-missing",
        "The get product is not in the cart: nothing.",
        "0",
        (bogo("B", 1, 1, get_product_id="tea", scope=products("latte")),),
        items(latte=2),
    ),
    Scenario(
        "bogo-named-in-scope",
        "The product to get is in the scope too: what is bought is taken from the others first.",
        "9",
        (bogo("B", 1, 1, get_product_id="latte", scope=category("drinks")),),
        items(latte=2, tea=1, juice=1),
    ),
    Scenario(
        "bogo-named-in-scope-bought-too",
        "Three lattes and three teas, buy 2 get a latte: two sets, one latte among what is bought.",
        "9",
        (bogo("B", 2, 1, get_product_id="latte"),),
        items(latte=3, tea=3),
    ),
    Scenario(
        "bogo-named-itself",
        "The named product is all there is: seven are two sets of three.",
        "9",
        (bogo("B", 2, 1, get_product_id="latte", scope=products("latte")),),
        items(latte=7),
    ),
    Scenario("bogo-max", "`max_applications: 1`.", "4.5", (bogo("B", 1, 1, max_applications=1),), items(latte=6)),
    Scenario(
        "bogo-weighed",
        "A weighed line is one unit: two lines of beans are a pair, the lighter free.",
        "12.45",
        (bogo("B", 1, 1),),
        (
            {"line_id": "a", "product_id": "beans", "quantity": 1},
            {"line_id": "b", "product_id": "beans", "quantity": d("0.5")},
        ),
    ),
    Scenario(
        "bogo-floor", "A floor holds back the free unit: 1.00 of 8.00.", "1", (bogo("B", 1, 1),), items(sandwich=2)
    ),
    Scenario(
        "combo",
        "Latte and cake for 9.00 instead of 10.50.",
        "1.5",
        (combo("C", "9", ("latte", 1), ("cake", 1)),),
        items(latte=1, cake=1),
    ),
    Scenario(
        "combo-repeats",
        "As often as complete: twice, one latte over.",
        "3",
        (combo("C", "9", ("latte", 1), ("cake", 1)),),
        items(latte=3, cake=2),
    ),
    Scenario(
        "combo-quantities",
        "Two lattes and a bagel for 10.00 instead of 12.35.",
        "2.35",
        (combo("C", "10", ("latte", 2), ("bagel", 1)),),
        items(latte=3, bagel=2),
    ),
    Scenario(
        "combo-incomplete",
        "A part is missing: nothing.",
        "0",
        (combo("C", "9", ("latte", 1), ("cake", 1)),),
        items(latte=2),
    ),
    Scenario(
        "combo-dearer",
        "A combo above the parts' price is skipped.",
        "0",
        (combo("C", "11", ("latte", 1), ("cake", 1)),),
        items(latte=1, cake=1),
    ),
    Scenario(
        "combo-dearest-units",
        "The dearer of two lattes is in the set.",
        "2",
        (combo("C", "9", ("latte", 1), ("cake", 1), max_applications=1),),
        (
            {"line_id": "a", "product_id": "latte", "quantity": 1, "price": 4},
            {"line_id": "b", "product_id": "latte", "quantity": 1, "price": 5},
            *items(cake=1),
        ),
    ),
    Scenario(
        "mix-and-match",
        "Any three of the category for 10.00: 13.50 down to 10.00.",
        "3.5",
        (mix("M", 3, "10", category_id="drinks"),),
        items(latte=3, cake=1),
    ),
    Scenario(
        "mix-dearest-groups",
        "Dearest groups first: 5, 4.5 | 3, 2.8; the second pair is cheaper than 6.00.",
        "3.5",
        (mix("M", 2, "6", category_id="drinks"),),
        items(latte=1, juice=1, tea=1, americano=1),
    ),
    Scenario(
        "mix-distinct",
        "`allow_same_product: false`: two lattes are no pair, latte and tea are.",
        "1.3",
        (mix("M", 2, "6", allow_same_product=False),),
        items(latte=2, tea=1),
    ),
    Scenario(
        "mix-scope",
        "Without a category the scope: two of latte, tea.",
        "1.3",
        (mix("M", 2, "6", scope=products("latte", "tea")),),
        items(latte=1, tea=1, juice=1),
    ),
    Scenario("mix-max", "`max_applications: 1`.", "3", (mix("M", 2, "6", max_applications=1),), items(latte=4)),
    Scenario(
        "mix-allocation",
        "3.50 over the three units by value, by largest remainder.",
        "3.5",
        (mix("M", 3, "8.8"),),
        items(latte=1, juice=1, tea=1),
    ),
    Scenario("upsell", "With a latte a cake for 4.00.", "2", (upsell("U", "4"),), items(latte=1, cake=1)),
    Scenario(
        "upsell-every",
        "One cake for every two lattes.",
        "2",
        (upsell("U", "4", required_min_qty=2),),
        items(latte=3, cake=2),
    ),
    Scenario("upsell-hint", "No cake in the cart: a hint with its message.", "0", (upsell("U", "4"),), items(latte=1)),
    Scenario(
        "upsell-dearer", "A special price above the price is skipped.", "0", (upsell("U", "7"),), items(latte=1, cake=1)
    ),
    Scenario(
        "gift-for-trigger",
        "A juice with every first latte: a gift line at list price, wholly discounted.",
        "5",
        (gift("G", trigger_product_id="latte", trigger_min_qty=1),),
        items(latte=3),
    ),
    Scenario(
        "gift-repeated",
        "`max_applications: 3`, two lattes each: five lattes give two.",
        "10",
        (gift("G", trigger_product_id="latte", trigger_min_qty=2, max_applications=3),),
        items(latte=5),
    ),
    Scenario("gift-for-minimum", "From 10.00 spent.", "5", (gift("G", min_purchase=10),), items(latte=1, cake=1)),
    Scenario(
        "gift-below-minimum",
        "10.50 is not 11.00: nothing, and 0.50 more is needed.",
        "0",
        (gift("G", min_purchase=11),),
        items(latte=1, cake=1),
    ),
    Scenario("gift-two", "Two units at once.", "10", (gift("G", min_purchase=10, free_quantity=2),), items(latte=3)),
    Scenario(
        "gift-beside-the-same",
        "A juice that is paid stays paid: the gift is extra.",
        "5",
        (gift("G", trigger_product_id="latte", trigger_min_qty=1),),
        items(latte=1, juice=1),
    ),
    Scenario(
        "gift-counts-for-nothing",
        "A gift counts for no threshold and is no base: 10 % from 8.00 of the 4.50 paid.",
        "5",
        (
            gift("G", trigger_product_id="latte", trigger_min_qty=1),
            p("T", "percent_discount", {"discount_percent": 10, "min_purchase": 8}, scope=everything()),
        ),
        items(latte=1),
    ),
    Scenario(
        "gift-no-base",
        "The order's 10 % is of what is paid.",
        "5.45",
        (
            gift("G", trigger_product_id="latte", trigger_min_qty=1),
            p("T", "percent_discount", {"discount_percent": 10}, scope=everything()),
        ),
        items(latte=1),
    ),
    Scenario(
        "gift-unclaimed",
        "`is_auto_apply: false`: not without a claim.",
        "0",
        (p("G", "free_item", {"free_product_id": "juice", "free_quantity": 1}, is_auto_apply=False),),
        items(latte=1),
    ),
    Scenario(
        "gift-claimed",
        "Claimed by its code.",
        "5",
        (p("G", "free_item", {"free_product_id": "juice", "free_quantity": 1}, is_auto_apply=False),),
        items(latte=1),
        cart={"claims": ["G"]},
    ),
    Scenario(
        "gift-chosen",
        "Several choices: the one that is claimed.",
        "2.8",
        (p("G", "free_item", {"free_product_ids": ["juice", "tea"], "free_quantity": 1}),),
        items(latte=1),
        cart={"claims": [{"code": "G", "product_id": "tea"}]},
    ),
    Scenario(
        "gift-not-chosen",
        "Several choices and none claimed: the customer is asked.",
        "0",
        (p("G", "free_item", {"free_product_ids": ["juice", "tea"], "free_quantity": 1}),),
        items(latte=1),
    ),
    Scenario(
        "gift-not-offered",
        "A claim for something that is not among the choices.",
        "0",
        (p("G", "free_item", {"free_product_ids": ["juice", "tea"], "free_quantity": 1}),),
        items(latte=1),
        cart={"claims": [{"code": "G", "product_id": "mug"}]},
    ),
    Scenario(
        "gift-of-another-brand",
        "A gift is a discounted unit: a promotion of the north gives no tea of the south.",
        "0",
        (gift("G", free_product_id="tea", brands=["north"]),),
        items(latte=1),
    ),
    Scenario(
        "gift-for-another-brand",
        "What only triggers may be of any brand; the juice has none.",
        "5",
        (gift("G", trigger_product_id="tea", trigger_min_qty=1, brands=["north"]),),
        items(tea=1),
    ),
    Scenario(
        "bogo-named-other-brand",
        "The product to get must be of the promotion's brands.",
        "0",
        (bogo("B", 1, 1, get_product_id="tea", scope=products("latte"), brands=["north"]),),
        items(latte=1, tea=1),
    ),
    Scenario(
        "bogo-two-lines",
        "Sets go across lines; equal lines without an id are told apart by nothing but their quantity.",
        "9",
        (bogo("B", 1, 1),),
        ({"product_id": "latte", "quantity": 3}, {"product_id": "latte", "quantity": 1}),
    ),
    Scenario(
        "package",
        "Latte and a food for 8.50 instead of 10.50.",
        "2",
        (menu("M", "8.5", part("latte"), choice("food")),),
        items(latte=1, cake=1),
    ),
    Scenario(
        "package-dearest-choice",
        "The dearest that fits is chosen.",
        "4",
        (menu("M", "8.5", part("latte"), choice("food")),),
        items(latte=1, cake=1, sandwich=1),
    ),
    Scenario(
        "package-incomplete",
        "A required part is missing: nothing.",
        "0",
        (menu("M", "8.5", part("latte"), choice("food")),),
        items(latte=1, tea=1),
    ),
    Scenario(
        "package-dearer",
        "A package above its parts is skipped.",
        "0",
        (menu("M", "11", part("latte"), choice("food")),),
        items(latte=1, cake=1),
    ),
    Scenario(
        "package-then-all",
        "One unit afterwards, matched by `apply_to: all`: 10 % of 8.50.",
        "2.85",
        (
            menu("M", "8.5", part("latte"), choice("food")),
            p("T", "percent_discount", {"discount_percent": 10}, scope=everything()),
        ),
        items(latte=1, cake=1),
    ),
    Scenario(
        "package-then-category",
        "Not matched by a category, not even its parts'; the cake beside it is.",
        "2.6",
        (
            menu("M", "8.5", part("latte"), part("cake")),
            p("T", "percent_discount", {"discount_percent": 10}, scope=category("food"), execution_stage="order"),
        ),
        items(latte=1, cake=2),
    ),
    Scenario(
        "package-excluded-part",
        "An excluded part excludes the package; the juice gets its 10 %.",
        "2.5",
        (
            menu("M", "8.5", part("latte"), part("cake")),
            p("T", "percent_discount", {"discount_percent": 10}, scope=everything(exclude_products=["cake"])),
        ),
        items(latte=1, cake=1, juice=1),
    ),
    Scenario(
        "package-is-one-unit",
        "The cheapest unit is the tea at 2.80; the package counts as one of 8.50.",
        "3.4",
        (
            menu("M", "8.5", part("latte"), part("cake")),
            p("T", "percent_discount", {"discount_percent": 50, "max_units": 1}, scope=everything()),
        ),
        items(latte=1, cake=1, tea=1),
    ),
]
