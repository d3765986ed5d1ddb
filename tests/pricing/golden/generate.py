"""Writes conformance.json: carts and bundles with the receipts they lead to, for any engine to be held to.

    python -m tests.pricing.golden.generate            write it anew
    python -m tests.pricing.golden.generate --check    say what would change; exits 1 if anything would

A case whose receipt does not give what a person worked out is refused: the file never just repeats the engine.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

from promo_cli.pricing import CartError, prepare, price
from promo_cli.protocol import canonical
from tests.pricing import oracle, strategies
from tests.pricing.golden import (
    scenarios_amounts,
    scenarios_eligibility,
    scenarios_orders,
    scenarios_sets,
    scenarios_stacking,
)
from tests.pricing.golden.scenario import Scenario
from tests.pricing.oracle_units import minor
from tests.pricing.strategies_build import sealed

FILE = Path(__file__).parent / "conformance.json"
SCENARIOS: list[Scenario] = [
    scenario
    for module in (scenarios_amounts, scenarios_sets, scenarios_orders, scenarios_stacking, scenarios_eligibility)
    for scenario in module.SCENARIOS
]
GENERATED = 60
"""Carts at random beside the ones made by hand."""


def slim(bundle: dict[str, Any], cart: dict[str, Any]) -> dict[str, Any]:
    """The bundle without products that neither the cart nor a promotion names."""
    named = (canonical.dumps(cart) + canonical.dumps(bundle["promotions"])).decode()
    return {**bundle, "products": {name: value for name, value in bundle["products"].items() if f'"{name}"' in named}}


def case_of(scenario: Scenario) -> dict[str, Any]:
    """A case made by hand. Raises AssertionError if the receipt is not what the scenario says it saves."""
    cart = scenario.whole_cart()
    bundle = slim(scenario.bundle(), cart)
    case = {"id": scenario.name, "rule": scenario.rule, "bundle": bundle, "cart": cart}
    try:
        receipt = price(cart, prepare(bundle))
    except CartError as refused:
        saved, outcome = None, {"error": {"kind": refused.kind, "pointer": refused.pointer}}
    else:
        saved, outcome = str(receipt["total_discount"]), {"receipt": receipt}
    assert saved == scenario.saves, f"{scenario.name}: saves {saved}, not {scenario.saves}"
    return {**case, **outcome}


def generated(seed: int) -> dict[str, Any]:
    """A small cart at random, whose discount brute force confirms."""
    bundle, cart = strategies.small_world(Random(seed))
    bundle = slim({**bundle, "promotions": [sealed(promotion) for promotion in bundle["promotions"]]}, cart)
    receipt = price(cart, prepare(bundle))
    best = oracle.price(cart, bundle).discount()
    assert minor(receipt["total_discount"], bundle) == best, f"seed {seed}: brute force finds {best}"
    rule = "Brute force finds no greater discount, lane by lane."
    return {"id": f"generated-{seed}", "rule": rule, "bundle": bundle, "cart": cart, "receipt": receipt}


def cases() -> Iterator[dict[str, Any]]:
    """Every case, in the file's order."""
    yield from map(case_of, SCENARIOS)
    yield from map(generated, range(GENERATED))


def document() -> str:
    """The whole file: one line per case, each canonical JSON."""
    lines = ",\n".join(canonical.dumps(case).decode() for case in cases())
    return f'{{"format":"promo pricing conformance v1",\n"cases":[\n{lines}\n]}}\n'


def changed(new: str) -> list[str]:
    """The ids of cases that are new, gone or different."""
    old = FILE.read_text() if FILE.exists() else '{"cases":[]}'
    before, after = (
        {case["id"]: case for case in json.loads(text, parse_float=Decimal)["cases"]} for text in (old, new)
    )
    return [name for name in {**before, **after} if before.get(name) != after.get(name)]


def main(arguments: list[str]) -> int:
    """Write or check."""
    text = document()
    names = changed(text)
    if "--check" in arguments:
        same = FILE.exists() and FILE.read_text() == text
        sys.stdout.write("up to date\n" if same else f"{len(names)} cases would change: {', '.join(names)}\n")
        return 0 if same else 1
    FILE.write_text(text)
    sys.stdout.write(f"{len(SCENARIOS) + GENERATED} cases, {len(names)} changed\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
