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
    reached: list[Any] = [root]
    for part in path:
        reached = [below for annotation in reached for below in _below(annotation, part)]
    return next((model for annotation in reached for model in models_in(annotation)), None)


def _below(annotation: Any, part: str | int) -> Iterator[Any]:
    """What an annotation says of its field, its entry or the value of its free key `part`."""
    kind, inner = get_origin(annotation), get_args(annotation)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield from (field for name, field in names(annotation).items() if name == part)
    elif kind is list:
        yield from inner if isinstance(part, int) else ()
    elif kind is dict:
        yield inner[1]
    else:
        for choice in inner:
            yield from _below(choice, part)


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
