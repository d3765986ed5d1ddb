import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator, FormatChecker

from promo_cli.model.rules import RULES
from promo_cli.model.schemas import KINDS, schema_of
from promo_cli.workspace import reader
from promo_cli.workspace.limits import REFERENCE

ROOT = Path(__file__).resolve().parents[2]
STARTER = ROOT / "promo_cli" / "workspace" / "starter"
SCHEMAS = {kind: schema_of(kind) for kind in KINDS}
VALIDATORS = {kind: Draft202012Validator(schema, format_checker=FormatChecker()) for kind, schema in SCHEMAS.items()}
FILES = [
    path
    for base in (ROOT, STARTER)
    for path in (
        base / "promo.yaml",
        *sorted(base.glob("stores/**/*.yaml")),
        *sorted(base.glob("promotions/**/*.yaml")),
    )
]

PROMOTION = """
code: WEEKEND20
name: Weekend
promo_type: percent_discount
validity: {start_date: 2026-02-01}
rules: {discount_percent: 20}
"""
CART_AND_EXPECTATION = (
    "cart: {items: [{product_id: latte, quantity: 2}]}, expect: {applied: [A], total_discount: 18_000}"
)


def kind_of(path: Path) -> str:
    """Return the kind of a workspace's file."""
    if path.name == "promo.yaml":
        return "promo"
    if path.name.endswith(".test.yaml"):
        return "tests"
    if "promotions" in path.parts:
        return "promotion"
    return path.stem if path.stem in KINDS else "stores"


def ours(text: str) -> Any:
    """Read YAML as we do."""
    document = reader.read("file.yaml", text.encode(), REFERENCE)
    assert document.readable
    return document.value


def as_an_editor(text: str) -> Any:
    """Read YAML as editors do, by the core schema of YAML 1.2: no dates, no 22:00, and 25_000 is text."""

    def scalar(value: str) -> Any:
        if value in ("true", "false"):
            return value == "true"
        if re.fullmatch(r"[-+]?[0-9]+", value):
            return int(value)
        if re.fullmatch(r"[-+]?([0-9]+[.][0-9]*|[.][0-9]+)", value):
            return Decimal(value)
        return None if value in ("null", "~", "") else value

    def plain(node: yaml.Node) -> Any:
        if isinstance(node, yaml.MappingNode):
            return {key.value: plain(value) for key, value in node.value}
        if isinstance(node, yaml.SequenceNode):
            return [plain(item) for item in node.value]
        return node.value if node.style else scalar(node.value)

    return plain(yaml.compose(text, yaml.SafeLoader))


def complaints(kind: str, value: Any) -> list[str]:
    """Return the places a value of a kind is wrong in, with the reasons."""
    return [f"{error.json_path}: {error.message}" for error in VALIDATORS[kind].iter_errors(value)]


@pytest.mark.parametrize("kind", KINDS)
def test_every_schema_is_one_of_draft_2020_12(kind: str) -> None:
    """The schemas follow the meta-schema they name."""
    assert SCHEMAS[kind]["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    Draft202012Validator.check_schema(SCHEMAS[kind])


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_file_of_the_chain_and_the_starter_fits_its_schema(path: Path) -> None:
    """What validates here is not underlined in an editor, which reads YAML in its own way."""
    text = path.read_text()
    assert complaints(kind_of(path), ours(text)) == []
    assert complaints(kind_of(path), as_an_editor(text)) == []


@pytest.mark.parametrize(
    ("kind", "text", "place"),
    [
        ("promo", "company: {id: x, name: X}\ncurrency: {code: rupiah}\ntimezone: Asia/Jakarta", "$.currency.code"),
        ("promo", "company: {id: x, name: X}\ncurrency: {code: IDR}\ntimezone: Asia/Jakarta\nstackin: {}", "$"),
        ("promotion", PROMOTION.replace("name: Weekend\n", ""), "$"),
        ("promotion", PROMOTION + "scop: {apply_to: all}", "$"),
        ("promotion", PROMOTION.replace("2026-02-01", "1 Feb"), "$.validity.start_date"),
        ("promotion", PROMOTION.replace("percent_discount", "percentage"), "$.promo_type"),
        ("promotion", PROMOTION.replace("20}", '"20%"}'), "$.rules.discount_percent"),
        ("promotion", PROMOTION.replace("20}", "120}"), "$.rules.discount_percent"),
        ("promotion", PROMOTION.replace("20}", "20, min_purchase: '25000'}"), "$.rules.min_purchase"),
        ("promotion", PROMOTION.replace("20}", "20, combo_price: 1}"), "$.rules"),
        ("promotion", PROMOTION.replace("discount_percent: 20", ""), "$.rules"),
        ("promotion", PROMOTION + "limits: {max_uses: 1.5}", "$.limits.max_uses"),
        ("promotion", PROMOTION + "targeting: {stores: some}", "$.targeting.stores"),
        ("promotion", PROMOTION + "tests: [{name: a, at: 2026-02-07 10:00, cart: {}}]", "$.tests[0]"),
        ("tests", f"tests: [{{at: 2026-02-07 10:00, {CART_AND_EXPECTATION}}}]", "$.tests[0]"),
        ("brands", "- {id: kopi teras, name: Kopi Teras}", "$"),
        ("stores", "- {id: a, name: A, opening_hours: [{open: 7, close: 22:00}]}", "$"),
        ("catalog", "products: [{id: latte, name: Latte, prize: 45_000}]", "$"),
        ("tiers", "gold: 1", "$"),
        ("holidays", "- {date: 25/12/2026, name: Christmas}", "$"),
        ("payments", "- {name: Cash}", "$"),
        ("cart", "items: [{product_id: latte, quantity: 0}]", "$.items[0].quantity"),
    ],
)
def test_what_is_broken_does_not_fit(kind: str, text: str, place: str) -> None:
    """A misspelt key, a missing field or a value of the wrong form is marked, at its place."""
    for value in (ours(text), as_an_editor(text)):
        assert [error.json_path for error in VALIDATORS[kind].iter_errors(value)] == [place]


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("promo", "company: nusantara\ncurrency: {code: IDR, exponent: 0}\ntimezone: Asia/Jakarta"),
        (
            "promotion",
            PROMOTION.replace("20}", "20, max_discount_amount: 1_250_000.50}") + "limits: {max_uses: 20_000}",
        ),
        ("promotion", PROMOTION + "conditions: {not: {any: [{min_purchase: 100_000}, {order_number: 1}]}}"),
        ("tests", f"tests: [{{name: two lattes, at: 2026-02-07 10:00, store: a, {CART_AND_EXPECTATION}}}]"),
        ("brands", "brands: [{id: kopi, name: Kopi}]"),
        ("stores", "id: a\nname: A"),
        ("stores", "stores: [{id: a, name: A}]"),
        ("catalog", "- {id: latte, name: Latte, price: 45_000}"),
        ("cart", "{at: 2026-02-07T10:00:00, items: [{product_id: latte, quantity: 0.5, modifiers: [shot, {id: x}]}]}"),
    ],
)
def test_every_form_that_may_be_written_fits(kind: str, text: str) -> None:
    """Short forms, lists or maps, grouped digits: what we read, an editor takes too."""
    assert complaints(kind, ours(text)) == []
    assert complaints(kind, as_an_editor(text)) == []


@pytest.mark.parametrize("promo_type", RULES)
def test_an_editor_can_offer_the_fields_of_the_type(promo_type: str) -> None:
    """Under `rules` it finds the fields of the type that is chosen, described, and no other type's."""
    chosen = [
        branch["then"]["properties"]["rules"]["$ref"].rpartition("/")[2]
        for branch in SCHEMAS["promotion"]["allOf"]
        if branch["if"]["properties"]["promo_type"]["const"] == promo_type
    ]
    assert chosen == [RULES[promo_type].__name__]
    shape = SCHEMAS["promotion"]["$defs"][chosen[0]]
    assert shape["properties"].keys() == RULES[promo_type].model_fields.keys()
    assert all(field["description"] for field in shape["properties"].values())
    assert shape["additionalProperties"] is False


def test_references_lead_somewhere() -> None:
    """Every $ref of every schema is to a definition of its own."""
    for schema in SCHEMAS.values():
        references = set(re.findall(r'"\$ref": "#/\$defs/([^"]+)"', json.dumps(schema)))
        assert references <= schema.get("$defs", {}).keys()


def test_readers_of_what_machines_write_pass_over_unknown_keys() -> None:
    """A later version may add keys to a bundle, a receipt or an event, and schema checks of today still pass."""
    for kind in ("bundle", "receipt", "event"):
        assert '"additionalProperties": false' not in json.dumps(SCHEMAS[kind])
