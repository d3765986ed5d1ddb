"""What must hold for every bundle and cart, as checks that return what they found wrong; nothing found, nothing wrong.

One function per promise, so that the property tests, the fuzz run and the golden file speak of the same things.
"""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from random import Random
from typing import Any

from promo_cli.pricing import prepare, price, refund
from promo_cli.protocol import canonical
from tests.pricing import oracle
from tests.pricing.oracle_units import minor

Json = dict[str, Any]
Check = Callable[[Json, Json, Random], Iterator[str]]


def receipt_of(cart: Json, bundle: Json) -> Json:
    """The engine's receipt."""
    return price(copy.deepcopy(cart), prepare(bundle))


def text(value: Any) -> str:
    """Canonical JSON, for comparing and for reading."""
    return canonical.dumps(value).decode()


def unordered(receipt: Json) -> Json:
    """A receipt without the order of its lines."""
    return {**receipt, "lines": sorted(receipt["lines"], key=text)}


def outcome(receipt: Json) -> Json:
    """What the customer gets; not what was refused or might have been."""
    names = ("subtotal", "total_discount", "final_amount", "applied", "rewards")
    return {**{name: receipt[name] for name in names}, "lines": sorted(receipt["lines"], key=text)}


def _major(receipt: Json, name: str) -> Decimal:
    return Decimal(receipt[name])


def sums(bundle: Json, cart: Json, random: Random) -> Iterator[str]:
    """Unit discounts sum to line, promotion and receipt totals."""
    receipt = receipt_of(cart, bundle)
    by_promotion: dict[str, Decimal] = {}
    subtotal = discount = Decimal(0)
    for line in receipt["lines"]:
        shares = sum((Decimal(share["amount"]) for share in line["discounts"]), Decimal(0))
        for share in line["discounts"]:
            key = share["promotion_id"]
            by_promotion[key] = by_promotion.get(key, Decimal(0)) + Decimal(share["amount"])
        if shares != Decimal(line["discount"]):
            yield f"line {line['product_id']}: shares {shares}, discount {line['discount']}"
        if sum(map(Decimal, line["unit_nets"])) != Decimal(line["net"]):
            yield f"line {line['product_id']}: units {line['unit_nets']}, net {line['net']}"
        subtotal += Decimal(line["net"]) + Decimal(line["discount"])
        discount += Decimal(line["discount"])
    applied = {one["promotion_id"]: Decimal(one["amount"]) for one in receipt["applied"]}
    if by_promotion != {key: amount for key, amount in applied.items() if amount}:
        yield f"promotions: lines say {by_promotion}, applied says {applied}"
    if discount != _major(receipt, "total_discount"):
        yield f"lines' discounts {discount}, total {receipt['total_discount']}"
    if subtotal != _major(receipt, "subtotal"):
        yield f"lines' list values {subtotal}, subtotal {receipt['subtotal']}"
    if subtotal - discount != _major(receipt, "final_amount"):
        yield f"{subtotal} - {discount} is not {receipt['final_amount']}"


def bounds(bundle: Json, cart: Json, random: Random) -> Iterator[str]:
    """0 <= net <= list for every unit, gifts are free, and the units are those of the cart."""
    receipt = receipt_of(cart, bundle)
    lists: dict[tuple[str, str], list[int]] = {}
    for unit in oracle.units_of(cart, bundle):
        lists.setdefault((unit.product_id, unit.line_id), []).append(unit.price)
    nets: dict[tuple[str, str], list[int]] = {}
    for line in receipt["lines"]:
        each = [minor(net, bundle) for net in line["unit_nets"]]
        if any(net < 0 or (net and line.get("gift")) for net in each):
            yield f"{line['product_id']}: a unit below zero, or a gift with a price, in {line['unit_nets']}"
        if not line.get("gift"):
            nets.setdefault((line["product_id"], line.get("line_id", "")), []).extend(each)
    if {key: len(units) for key, units in nets.items()} != {key: len(units) for key, units in lists.items()}:
        yield f"units on the receipt {nets}, in the cart {lists}"
    elif any(
        net > most for key, units in nets.items() for net, most in zip(sorted(units), sorted(lists[key]), strict=True)
    ):
        yield f"a unit above its list value: {nets}, {lists}"


def order_of_lines(bundle: Json, cart: Json, random: Random) -> Iterator[str]:
    """Another order of lines gives the same receipt but for line order."""
    items = list(cart["items"])
    random.shuffle(items)
    first, second = unordered(receipt_of(cart, bundle)), unordered(receipt_of({**cart, "items": items}, bundle))
    if first != second:
        yield f"lines {text(items)} give {text(second)} instead of {text(first)}"


def order_of_promotions(bundle: Json, cart: Json, random: Random) -> Iterator[str]:
    """Another order of promotions in the bundle gives the same receipt."""
    promotions = list(bundle["promotions"])
    random.shuffle(promotions)
    first, second = receipt_of(cart, bundle), receipt_of(cart, {**bundle, "promotions": promotions})
    if first != second:
        yield f"promotions {[p['id'] for p in promotions]} give {text(second)} instead of {text(first)}"


def split_line(bundle: Json, cart: Json, random: Random) -> Iterator[str]:
    """Splitting a whole-quantity line gives the same total, where no promotion looks at single lines."""
    per_line = ("max_units_per_line", "round")
    if any(option in p["rules"] for p in bundle["promotions"] for option in per_line):
        return
    for index, item in enumerate(cart["items"]):
        weighed = bundle["products"][item["product_id"]]["unit"] == "kg"
        if not weighed and item["quantity"] > 1:
            first = random.randint(1, item["quantity"] - 1)
            parts = [{**item, "quantity": first}, {**item, "quantity": item["quantity"] - first}]
            if "line_id" in item:
                parts[1]["line_id"] = item["line_id"] + "b"
            items = [*cart["items"][:index], *parts, *cart["items"][index + 1 :]]
            whole, split = receipt_of(cart, bundle), receipt_of({**cart, "items": items}, bundle)
            if whole["total_discount"] != split["total_discount"]:
                yield f"line {index} split at {first}: {split['total_discount']}, not {whole['total_discount']}"


def skipped_is_nothing(bundle: Json, cart: Json, random: Random) -> Iterator[str]:
    """Where the search was exact, removing a promotion that did not apply changes nothing.

    Two things keep others out without applying, by what they are. The member that a `first` or `best_merchant` group
    settled on does, even where the search finds a better use for its units. And what was weighed against an
    `exclusive: cart` promotion as part of a whole receipt may have made that receipt the lesser one.
    """
    receipt = receipt_of(cart, bundle)
    if receipt["search"] != "exact":
        return
    given = {one["promotion_id"] for one in (*receipt["applied"], *receipt["rewards"])}
    excluded = {one["promotion_id"] for one in receipt["skipped"] if one["reason_code"] == "exclusive"}
    settled = ("first", "best_merchant")
    for gone in bundle["promotions"]:
        if gone["id"] in given | excluded or gone.get("stacking", {}).get("rule") in settled:
            continue
        left = [p for p in bundle["promotions"] if p is not gone]
        again = receipt_of(cart, {**bundle, "promotions": left})
        if outcome(again) != outcome(receipt):
            yield f"without {gone['id']}: {text(outcome(again))} instead of {text(outcome(receipt))}"


def best_is_best(bundle: Json, cart: Json, random: Random) -> Iterator[str]:
    """Per lane, from the same running prices, best_deal gives at least what priority gives."""
    for stage in ("item", "order", "payment"):
        for lane in bundle["header"]["lanes"]:
            here = [
                p
                for p in bundle["promotions"]
                if p["execution_stage"] == stage and p.get("stacking", {}).get("lane", "main") == lane
            ]
            totals = [
                _major(receipt_of(cart, with_strategy({**bundle, "promotions": here}, strategy)), "total_discount")
                for strategy in ("best_deal", "priority")
            ]
            if here and totals[0] < totals[1]:
                yield f"{stage}/{lane}: best_deal {totals[0]} is less than priority {totals[1]}"


def with_strategy(bundle: Json, strategy: str) -> Json:
    """The same bundle under another strategy."""
    return {**bundle, "header": {**bundle["header"], "strategy": strategy}}


def twice_the_same(bundle: Json, cart: Json, random: Random) -> Iterator[str]:
    """Pricing twice, from the same or a newly prepared bundle, is identical to the byte, and leaves the cart alone."""
    prepared, given = prepare(bundle), copy.deepcopy(cart)
    receipts = [text(price(given, prepared)), text(price(given, prepared)), text(receipt_of(cart, bundle))]
    if len(set(receipts)) != 1:
        yield f"not the same receipt: {receipts}"
    if given != cart:
        yield "the cart was changed"


def goods_back(bundle: Json, cart: Json, random: Random) -> Iterator[str]:
    """Returns in any number of steps: never more than was paid, never less than nothing, and in the end all of it.

    Unit by unit the stored nets; with `recompute_on_return` whatever the rest then costs, the last return the rest.
    """
    anew = random.random() < 0.5
    promotions = [{**p, "recompute_on_return": True} if anew else p for p in bundle["promotions"]]
    prepared = prepare({**bundle, "promotions": promotions})
    receipt = price(cart, prepared)
    units = [(i, unit) for i, line in enumerate(receipt["lines"]) for unit in range(len(line["unit_nets"]))]
    random.shuffle(units)
    earlier: list[Json] = []
    while units:
        step = [{"line": line, "units": [unit]} for line, unit in units[: random.randint(1, len(units))]]
        units = units[len(step) :]
        back = refund(receipt, step, prepared, cart=cart, earlier=earlier)
        if Decimal(back["total_refund"]) < 0:
            yield f"less than nothing: {text(back)}"
        earlier.append(back)
    given = sum((Decimal(back["total_refund"]) for back in earlier), Decimal(0))
    if given != _major(receipt, "final_amount"):
        yield f"given back {given} of {receipt['final_amount']}, recomputed: {anew}"


def small_budget(bundle: Json, cart: Json, random: Random) -> Iterator[str]:
    """With few steps the search still adds up and is no worse than priority, lane by lane."""
    header = {**bundle["header"], "step_budget": random.randint(0, 12)}
    for check in (sums, bounds, best_is_best, order_of_lines, order_of_promotions, twice_the_same):
        yield from check({**bundle, "header": header}, cart, random)


INVARIANTS: Mapping[str, Check] = {
    check.__name__: check
    for check in (
        sums,
        bounds,
        order_of_lines,
        order_of_promotions,
        split_line,
        skipped_is_nothing,
        best_is_best,
        twice_the_same,
        goods_back,
        small_budget,
    )
}


def against_oracle(bundle: Json, cart: Json) -> Iterator[str]:
    """The receipt is the brute-force optimum, promotion by promotion and unit by unit."""
    expected, receipt = oracle.price(cart, bundle), receipt_of(cart, bundle)
    applied = {one["promotion_id"]: minor(one["amount"], bundle) for one in receipt["applied"]}
    if receipt["search"] != "exact":
        yield f"not exact on a small cart: {receipt['search']}"
    if minor(receipt["total_discount"], bundle) != expected.discount() or applied != expected.applied():
        yield f"engine {applied}, oracle {expected.applied()}"
        return
    earned = {one["promotion_id"]: minor(one["amount"], bundle) for one in receipt["rewards"]}
    if earned != expected.earned:
        yield f"earned: engine {earned}, oracle {expected.earned}"
    engine, wanted = Counter[tuple[str, str, int]](), Counter[tuple[str, str, int]]()
    for line in receipt["lines"]:
        if not line.get("gift"):
            name = (line["product_id"], line.get("line_id", ""))
            engine.update((*name, minor(net, bundle)) for net in line["unit_nets"])
    wanted.update((unit.product_id, unit.line_id, unit.running) for unit in expected.units)
    if engine != wanted:
        yield f"units: engine {sorted((engine - wanted).elements())}, oracle {sorted((wanted - engine).elements())}"
