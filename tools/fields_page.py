"""docs/reference/fields.md: every field of every kind of file, from the models."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from promo_cli.model import base, compiled_rules, events
from promo_cli.model.field_docs import field_docs
from promo_cli.model.rules import RULES, DiscountRules
from promo_cli.model.schemas import KINDS, Kind
from promo_cli.pipeline.editors import FILES

_NAMED = [
    (base.Id, "id"),
    (base.Text, "text"),
    (base.Number, "number"),
    (base.Amount, "amount"),
    (base.Percent, "percent"),
    (base.Quantity, "quantity"),
    (base.Date, "date"),
    (base.ClockTime, "time of day"),
    (base.EndTime, "time of day"),
    (base.Day, "day of the week"),
    (compiled_rules.FullTime, "time of day with seconds"),
    (compiled_rules.Weekday, "day of the week, 1 to 7"),
    (events.Ref, "name"),
    (events.Words, "text"),
    (events.Phone, "telephone number"),
    (events.EventId, "UUID"),
    (events.Count, "count"),
    (events.Score, "1 to 5"),
    (events.Money, "amount"),
    (events.Signed, "amount of either sign"),
    (events.Quantity, "quantity"),
    (events.Moment, "moment with offset"),
]
_PLAIN = {int: "whole number", bool: "true or false", str: "text", Any: "anything", Decimal: "number", dt.date: "date"}
_OPENING = """# Fields

Generated from the code by `make docs`. An editor shows the same texts as you type: see `promo schema install`.

An **amount** is in major units and exact: 25000 or 25_000 rupiah, 12.50 dollars. A **percent** is 20 or 33.33. A
**date** is written 2026-02-28, a **time of day** 22:00, by the store's own clock; an end may be 24:00. A **day of the
week** is mon to sun, or 1 (Monday) to 7. An **id** is made of letters, digits, `.`, `_` and `-`, at most 64 of them;
capitals make no difference. Fields in bold must be there.
"""


def fields_page() -> str:
    """Return the page: kinds of files in order, each model where it is first met."""
    lines, done = [_OPENING], set[type[BaseModel]]()
    for name, kind in KINDS.items():
        lines += [f"## {kind.title}", "", _where(name, kind), ""]
        for model in kind.models:
            lines += _tables(model, done)
        if name == "promotion":
            lines += ["### DiscountRules", "", *_table(DiscountRules, DiscountRules.model_fields)]
            for promo_type, rules in RULES.items():
                lines += _rules(promo_type, rules, done)
    return "\n".join(lines)


def _where(name: str, kind: Kind) -> str:
    globs = [f"`{glob}`" for glob in FILES.get(name, ()) if not glob.startswith("!")]
    return f"{kind.what} {'Files: ' + ', '.join(globs) + '. ' if globs else ''}Schema: `.promo/schema/{name}.json`."


def _tables(model: type[BaseModel], done: set[type[BaseModel]]) -> Iterator[str]:
    """Yield the model's table, then those of the models in it."""
    if model in done:
        return
    done.add(model)
    yield from (f"### {model.__name__}", "", *_table(model, model.model_fields))
    for inner in _models(model):
        yield from _tables(inner, done)


def _rules(promo_type: str, rules: type[BaseModel], done: set[type[BaseModel]]) -> Iterator[str]:
    own = {name: field for name, field in rules.model_fields.items() if name not in DiscountRules.model_fields}
    yield from (f"### rules of {promo_type}", "", *_table(rules, own))
    if issubclass(rules, DiscountRules):
        yield from ("And the options of [DiscountRules](#discountrules).", "")
    for inner in _models(rules):
        yield from _tables(inner, done)


def _table(model: type[BaseModel], fields: dict[str, FieldInfo]) -> Iterator[str]:
    hints, docs = get_type_hints(model, include_extras=True), field_docs(model)
    yield from (
        " ".join((model.__doc__ or "").split()),
        "",
        "| field | type | default | meaning |",
        "|---|---|---|---|",
    )
    for name, field in fields.items():
        written = f"`{field.alias or name}`"
        shown = f"**{written}**" if field.is_required() else written
        yield f"| {shown} | {words(hints[name])} | {_default(field)} | {docs.get(name, '')} |"
    yield ""


def _default(field: FieldInfo) -> str:
    value = field.default
    if value is PydanticUndefined or value is None or isinstance(value, BaseModel | dict) or value in ([], ""):
        return ""
    if isinstance(value, list):
        return f"`[{', '.join(map(str, value))}]`"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def words(annotation: Any) -> str:
    """Return a type as people say it; models are links to their tables."""
    for alias, name in _NAMED:
        if annotation == alias:
            return name
    origin, parts = get_origin(annotation), get_args(annotation)
    if isinstance(annotation, TypeVar):
        return "by `promo_type`"
    if origin is Annotated:
        return words(parts[0])
    if origin is Literal:
        return " or ".join(f"`{str(part).lower() if isinstance(part, bool) else part}`" for part in parts)
    if origin in (Union, UnionType):
        return " or ".join(dict.fromkeys(words(part) for part in parts if part is not NoneType))
    if origin is list:
        return f"list of {words(parts[0])}"
    if origin is dict:
        return f"map of {words(parts[0])} to {words(parts[1])}"
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return f"[{annotation.__name__}](#{annotation.__name__.lower()})"
    return _PLAIN[annotation]


def _models(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    """Yield the models that a model's fields hold, in their order."""

    def inside(annotation: Any) -> Iterator[type[BaseModel]]:
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            yield annotation
        for part in get_args(annotation):
            yield from inside(part)

    for annotation in get_type_hints(model).values():
        yield from inside(annotation)
