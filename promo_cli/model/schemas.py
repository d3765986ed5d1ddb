"""JSON Schemas (draft 2020-12) of every kind of file people write, made from the models, for editors and tools."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pydantic import BaseModel, TypeAdapter

from promo_cli.model.base import Strict
from promo_cli.model.cart import Cart
from promo_cli.model.promotion import Promotion
from promo_cli.model.reference import Brand, Catalog, Holiday, PaymentMethod, Store, Tier
from promo_cli.model.rules import RULES
from promo_cli.model.settings import Settings

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_REF = "#/$defs/{model}"


def promotion_schema() -> dict[str, Any]:
    """Return the schema of a promotion file: one shape, whose `rules` follow from its `promo_type`."""
    schema = Promotion[Strict].model_json_schema(ref_template=_REF)
    definitions = schema.setdefault("$defs", {})
    properties = schema["properties"]
    branches = []
    for promo_type, rules in RULES.items():
        shape = rules.model_json_schema(ref_template=_REF)
        definitions.update(shape.pop("$defs", {}))
        definitions[rules.__name__] = shape
        branches.append(
            {
                "if": {"properties": {"promo_type": {"const": promo_type}}, "required": ["promo_type"]},
                "then": {"properties": {"rules": {"$ref": _REF.format(model=rules.__name__)}}},
            }
        )
    definitions.pop("Strict", None)
    properties["promo_type"] = {"enum": list(RULES), "description": "One of the twelve types; it decides `rules`."}
    properties["rules"] = {"type": "object", "description": "What the promotion does; the fields follow from its type."}
    return {**schema, "title": "Promotion", "description": "One promotion of the chain.", "allOf": branches}


def _list_of(model: type[BaseModel]) -> dict[str, Any]:
    return TypeAdapter(list[model]).json_schema(ref_template=_REF)  # type: ignore[valid-type]


def _store_file() -> dict[str, Any]:
    return TypeAdapter(Store | list[Store]).json_schema(ref_template=_REF)


SCHEMAS: dict[str, Callable[[], dict[str, Any]]] = {
    "promo": lambda: Settings.model_json_schema(ref_template=_REF),
    "promotion": promotion_schema,
    "brands": lambda: _list_of(Brand),
    "stores": _store_file,
    "catalog": lambda: Catalog.model_json_schema(ref_template=_REF),
    "tiers": lambda: _list_of(Tier),
    "holidays": lambda: _list_of(Holiday),
    "payments": lambda: _list_of(PaymentMethod),
    "cart": lambda: Cart.model_json_schema(ref_template=_REF),
}
"""Every kind of file by name."""


def schema_of(kind: str) -> dict[str, Any]:
    """Return the schema of a kind of file; raises KeyError for a kind that is not in SCHEMAS."""
    return {"$schema": DIALECT, **SCHEMAS[kind]()}
