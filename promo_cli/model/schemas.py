"""JSON Schemas (draft 2020-12) of every kind of file that people and machines write, made from the models.

Files that people write are closed, so that an editor marks a misspelt key. What machines write stays open, because its
readers pass over keys that they do not know.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, Union

from pydantic import BaseModel, Field, TypeAdapter, create_model
from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import core_schema

from promo_cli.model.base import Id, Strict
from promo_cli.model.bundle import Bundle
from promo_cli.model.cart import Cart
from promo_cli.model.events import BODIES, EVENTS
from promo_cli.model.expectation import ChainTests
from promo_cli.model.field_docs import field_docs
from promo_cli.model.promotion import Promotion
from promo_cli.model.receipt import PricedCart
from promo_cli.model.reference import Brand, Catalog, Holiday, PaymentMethod, Product, Store, Tier
from promo_cli.model.rules import RULES
from promo_cli.model.settings import Settings

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_REF = "#/$defs/{model}"
_SMALLEST_GROUPED = 1000
_EVENTS = tuple(dict.fromkeys(EVENTS.values()))
_BODIES = tuple(model for _, model in BODIES.values())

Schema = dict[str, Any]


class _Closed(GenerateJsonSchema):
    """Adds the fields' descriptions; leaves out titles and defaults that tell a reader nothing."""

    def model_schema(self, schema: core_schema.ModelSchema) -> Schema:
        made = super().model_schema(schema)
        model: type[BaseModel] = schema["cls"]
        docs = field_docs(model)
        for name, field in model.model_fields.items():
            if name in docs:
                made["properties"][field.alias or name]["description"] = docs[name]
        return made

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> Schema:
        default = schema.get("default")
        if default is None or isinstance(default, BaseModel):
            return self.generate_inner(schema["schema"])
        return super().default_schema(schema)

    def encode_default(self, dft: Any) -> Any:
        return int(dft) if isinstance(dft, Decimal) else super().encode_default(dft)


class _Open(_Closed):
    """The same, but further keys are allowed."""

    def model_schema(self, schema: core_schema.ModelSchema) -> Schema:
        made = super().model_schema(schema)
        made.pop("additionalProperties", None)
        return made


def _written(shape: Any) -> Schema:
    """Return the schema of what people write."""
    return _with_grouped_digits(TypeAdapter(shape).json_schema(ref_template=_REF, schema_generator=_Closed))  # type: ignore[no-any-return]


def _made(shape: Any) -> Schema:
    """Return the schema of what machines write."""
    return TypeAdapter(shape).json_schema(ref_template=_REF, schema_generator=_Open)


def _with_grouped_digits(part: Any) -> Any:
    """Take 25_000 wherever a number is expected: to editors, which read YAML 1.2, it is text."""
    if isinstance(part, list):
        return [_with_grouped_digits(inner) for inner in part]
    if not isinstance(part, dict):
        return part
    grouped = {key: _with_grouped_digits(inner) for key, inner in part.items()}
    kind = grouped.get("type")
    if kind in ("number", "integer") and grouped.get("maximum", _SMALLEST_GROUPED) >= _SMALLEST_GROUPED:
        decimals = r"([.][0-9]+)?" if kind == "number" else ""
        grouped["type"] = [kind, "string"]
        grouped["pattern"] = rf"^[-+]?[1-9][0-9]*(_[0-9]+)+{decimals}$"
        grouped["patternErrorMessage"] = "Expected a number, such as 25000 or 25_000."
    return grouped


def _promotion() -> Schema:
    """Return one shape whose `rules` follow from its `promo_type`."""
    schema = _written(Promotion[Strict])
    definitions, properties = schema["$defs"], schema["properties"]
    branches = []
    for promo_type, rules in RULES.items():
        shape = _written(rules)
        definitions |= shape.pop("$defs", {}) | {rules.__name__: shape}
        branches.append(
            {
                "if": {"properties": {"promo_type": {"const": promo_type}}, "required": ["promo_type"]},
                "then": {"properties": {"rules": {"$ref": _REF.format(model=rules.__name__)}}},
            }
        )
    del definitions["Strict"]
    properties["promo_type"] = {"enum": list(RULES), "description": properties["promo_type"]["description"]}
    properties["rules"] = {"type": "object", "description": properties["rules"]["description"]}
    return {**schema, "allOf": branches}


def _settings() -> Schema:
    """Return the schema of promo.yaml, where the company may be its id alone."""
    schema = _written(Settings)
    company = schema["properties"]["company"]
    company["anyOf"] = [{"$ref": company.pop("$ref")}, TypeAdapter(Id).json_schema()]
    return schema


def _entries(key: str, model: type[BaseModel], *alone: Any) -> Schema:
    """Return the schema of a file of entries: a list, or a map whose one key holds it."""
    wrapped = create_model(f"{model.__name__}File", __base__=Strict, **{key: (list[model], ...)})  # type: ignore[call-overload, valid-type]
    return _written(Union[(*alone, list[model], wrapped)])  # type: ignore[valid-type]


def _catalog() -> Schema:
    return _written(Catalog | list[Product])


def _event() -> Schema:
    return _made(Annotated[Union[_EVENTS], Field(discriminator="kind")])  # noqa: UP007


def _body() -> Schema:
    """Return the schema of a plain body: one key, and a list of its records."""
    bodies = [create_model(f"{name.title()}Body", **{name: (list[model], ...)}) for name, (_, model) in BODIES.items()]  # type: ignore[call-overload, valid-type]
    return _made(Union[tuple(bodies)])  # noqa: UP007


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file: what it holds, the models of its entries, and how its schema is made."""

    title: str
    what: str
    models: tuple[type[BaseModel], ...]
    make: Callable[[], Schema]


def _one(title: str, what: str, model: type[BaseModel], make: Callable[[Any], Schema]) -> Kind:
    return Kind(title, what, (model,), lambda: make(model))


def _list(title: str, what: str, key: str, model: type[BaseModel], *alone: Any) -> Kind:
    return Kind(title, what, (model,), lambda: _entries(key, model, *alone))


KINDS: dict[str, Kind] = {
    "promo": Kind("promo.yaml", "What holds for the whole workspace.", (Settings,), _settings),
    "promotion": Kind("Promotion", "One promotion of the chain.", (Promotion,), _promotion),
    "tests": _one("Tests", "Tests over the whole chain.", ChainTests, _written),
    "brands": _list("Brands", "The brands of the company.", "brands", Brand),
    "stores": _list("Stores", "One store, or a list of them.", "stores", Store, Store),
    "catalog": Kind("Catalogue", "The category tree and the products.", (Catalog,), _catalog),
    "tiers": _list("Member tiers", "The tiers of members, from the lowest to the highest.", "tiers", Tier),
    "holidays": _list("Holidays", "Days on which promotions may rest.", "holidays", Holiday),
    "payments": _list("Payment methods", "The ways to pay.", "payments", PaymentMethod),
    "cart": _one("Cart", "What is to be priced.", Cart, _written),
    "bundle": _one("Bundle", "All that a till of one store needs to price offline.", Bundle, _made),
    "receipt": _one("Receipt", "What a cart costs, and why.", PricedCart, _made),
    "event": Kind("Event", "One line of what tills upload.", _EVENTS, _event),
    "body": Kind("Upload body", "Usages or logs as one JSON body.", _BODIES, _body),
}
"""Every kind of file by name."""


def schema_of(name: str) -> Schema:
    """Return the schema of a kind of file; raises KeyError for a name that is not in KINDS."""
    kind = KINDS[name]
    opening = {"$schema": DIALECT, "title": kind.title, "description": kind.what}
    return opening | kind.make() | opening
