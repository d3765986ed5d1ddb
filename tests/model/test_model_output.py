"""What the compiler and the pricing engine really write, held to the models that describe it."""

import datetime as dt
import json
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, get_args

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from pydantic import ValidationError

from promo_cli.compiler import compile_fleet
from promo_cli.model.bundle import Bundle
from promo_cli.model.receipt import PricedCart, ReasonCode
from promo_cli.model.schemas import schema_of
from promo_cli.pricing import PreparedBundle, prepare, price
from promo_cli.pricing.reasons import Reason
from promo_cli.workspace import Workspace, load, reader
from promo_cli.workspace.limits import REFERENCE

ROOT = Path(__file__).resolve().parents[2]
DAYS = [dt.date(2026, 2, 6), dt.date(2026, 12, 25)]


@cache
def chain() -> Workspace:
    """Return the example chain."""
    return load(ROOT)


@cache
def bundles(day: dt.date) -> dict[str, bytes]:
    """Return every store's bundle of a day."""
    return compile_fleet(chain(), day)


@cache
def prepared(store: str, day: dt.date) -> PreparedBundle:
    """Return a store's bundle, ready to price with."""
    return prepare(bundles(day)[store])


def receipts() -> Iterator[dict[str, Any]]:
    """Yield the receipt of every cart in the promotions' own tests, with all that was looked at."""
    for path in sorted((ROOT / "promotions").rglob("*.yaml")):
        if path.name.endswith(".test.yaml"):
            continue
        promotion: Any = reader.read(path.name, path.read_bytes(), REFERENCE).value
        for test in promotion["tests"]:
            day = dt.datetime.fromisoformat(test["at"]).date()
            yield price({**test["cart"], "at": test["at"]}, prepared(test.get("store", "jkt-thamrin"), day), trace=True)


def parsed(text: bytes) -> Any:
    """Read JSON with exact decimals."""
    return json.loads(text, parse_float=Decimal)


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_every_compiled_bundle_is_as_its_model_says(day: dt.date) -> None:
    """No store's bundle lacks a field that is promised, and none has one that is not described."""
    contents = set(bundles(day).values())
    assert len(contents) > 5
    for text in contents:
        Bundle.model_validate(parsed(text))


def test_every_compiled_bundle_fits_its_schema() -> None:
    """What a vendor checks with the published schema passes."""
    validator = Draft202012Validator(schema_of("bundle"), format_checker=FormatChecker())
    for text in set(bundles(DAYS[0]).values()):
        assert [error.message for error in validator.iter_errors(parsed(text))] == []


@pytest.mark.parametrize("field", ["limits", "validity", "rules", "version", "member_only"])
def test_a_bundle_without_a_promised_field_is_noticed(field: str) -> None:
    """The model is strict enough to find what is missing."""
    bundle = parsed(next(iter(bundles(DAYS[0]).values())))
    del bundle["promotions"][0][field]
    with pytest.raises(ValidationError, match=field):
        Bundle.model_validate(bundle)


def test_a_bundle_with_a_cost_in_it_is_noticed() -> None:
    """A field that nobody described, such as what a product costs the company, does not slip out."""
    bundle = parsed(next(iter(bundles(DAYS[0]).values())))
    next(iter(bundle["products"].values()))["cost"] = 1
    with pytest.raises(ValidationError, match="cost"):
        Bundle.model_validate(bundle)


def test_every_receipt_is_as_its_model_and_schema_say() -> None:
    """Whatever is in the cart, the receipt has the fields that are promised and no others."""
    validator = Draft202012Validator(schema_of("receipt"), format_checker=FormatChecker())
    priced = list(receipts())
    assert len(priced) > 80
    for receipt in priced:
        PricedCart.model_validate(receipt)
        assert [error.message for error in validator.iter_errors(receipt)] == []


def test_the_reasons_are_those_that_pricing_gives() -> None:
    """The list of reason codes that vendors see is the engine's own, complete and in its order."""
    assert list(get_args(ReasonCode)) == [reason.value for reason in Reason]
