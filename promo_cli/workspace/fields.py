"""What the models say about their fields: which exist at a place, and what an entry of CSV needs to know."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import cache
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel

Model = type[BaseModel]


def models_in(annotation: Any) -> Iterator[Model]:
    """The models a field may hold, through optional, lists, maps and unions."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from models_in(part)


def model_at(root: Model, path: Sequence[str | int]) -> Model | None:
    """The model of the map at a path below `root`; of several possible ones the first."""
    models = [root]
    for part in path:
        if isinstance(part, int):
            continue
        fields = (field for model in models for name, field in names(model).items() if name == part)
        # A map with free keys (dict[Id, X]) has no field of that name: its values are what the field above holds.
        found = [inner for field in fields for inner in models_in(field)]
        models = found or models
    return models[0] if models else None


@cache
def names(model: Model) -> dict[str, Any]:
    """The keys people write for a model, with their annotations."""
    return {field.alias or name: _annotation(field) for name, field in model.model_fields.items()}


def _annotation(field: Any) -> Any:
    return Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation


@cache
def list_fields(model: Model) -> frozenset[str]:
    """The fields that hold a list of plain values: one CSV cell, separated."""
    return frozenset(
        name for name, kind in names(model).items() if get_origin(_bare(kind)) is list and not _nested(kind)
    )


@cache
def text_fields(model: Model) -> frozenset[str]:
    """The fields whose cells are text whatever they look like; the others are numbers, switches or words."""
    return frozenset(name for name, kind in names(model).items() if not _holds(kind, (Decimal, int, bool)))


@cache
def nested_fields(model: Model) -> frozenset[str]:
    """The fields that hold maps, which one cell cannot."""
    return frozenset(name for name, kind in names(model).items() if _nested(kind))


def _nested(annotation: Any) -> bool:
    return next(models_in(annotation), None) is not None


def _bare(annotation: Any) -> Any:
    return _bare(get_args(annotation)[0]) if get_origin(annotation) is Annotated else annotation


def _holds(annotation: Any, kinds: tuple[type, ...]) -> bool:
    bare = _bare(annotation)
    if get_origin(bare) in (Union, UnionType):
        return any(_holds(part, kinds) for part in get_args(bare))
    return isinstance(bare, type) and issubclass(bare, kinds)
