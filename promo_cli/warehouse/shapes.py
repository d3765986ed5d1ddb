"""The events' models as the bulk path sees them: flat objects of scalars, and lists of such objects.

Derived from the models, so that the SQL checks and the models cannot drift apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from promo_cli.model.event_values import Money
from promo_cli.model.events import EVENTS, Record
from promo_cli.warehouse import scalars
from promo_cli.warehouse.scalars import Scalar

RESCUED = "_rescued"
"""Holds, in a line that Python has tidied, the keys that this version does not know."""


@dataclass(frozen=True, slots=True)
class Field:
    """One key of an object: a scalar, or a list of objects."""

    name: str
    required: bool
    scalar: Scalar | None
    items: Shape | None


@dataclass(frozen=True, slots=True)
class Shape:
    """One object: its keys, in the model's order."""

    fields: tuple[Field, ...]

    @property
    def known(self) -> frozenset[str]:
        """Every key that a line of this shape may have."""
        return frozenset(field.name for field in self.fields)

    @property
    def lists(self) -> dict[str, Shape]:
        """The keys that hold lists of objects."""
        return {field.name: field.items for field in self.fields if field.items}


@cache
def shape_of(model: type[Record]) -> Shape:
    """The shape of a model. Raises KeyError for an annotation that has no SQL counterpart."""
    hints = get_type_hints(model, include_extras=True)
    return Shape(tuple(_field(name, info.is_required(), hints[name]) for name, info in model.model_fields.items()))


def shapes() -> dict[str, Shape]:
    """The shape of each kind of event."""
    return {kind: shape_of(model) for kind, model in EVENTS.items()}


def _field(name: str, required: bool, hint: Any) -> Field:
    if get_origin(hint) in (Union, UnionType):
        (hint,) = (one for one in get_args(hint) if one is not type(None))
    if get_origin(hint) is Literal:
        return Field(name, required, scalars.choice(get_args(hint)), None)
    if get_origin(hint) is list:
        (item,) = get_args(hint)
        if isinstance(item, type) and issubclass(item, Record):
            return Field(name, required, None, shape_of(item))
        return Field(name, required, scalars.MONEY_LIST if item == Money else scalars.JSON, None)
    return Field(name, required, scalars.JSON if hint is Any else scalars.SCALARS[hint], None)
