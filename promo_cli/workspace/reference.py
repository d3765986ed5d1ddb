"""Reference data: which file holds what, and its entries as models."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from promo_cli.diagnostics import Diagnostic, Location
from promo_cli.diagnostics.suggest import nearest
from promo_cli.model.reference import Brand, Category, Holiday, PaymentMethod, Product, Store, Tier
from promo_cli.workspace import codes, csv_reader, fields
from promo_cli.workspace.shape import Path, Place, build

KINDS: dict[str, type[BaseModel]] = {
    "brands": Brand,
    "stores": Store,
    "categories": Category,
    "products": Product,
    "tiers": Tier,
    "holidays": Holiday,
    "payments": PaymentMethod,
}
"""What reference data there is: `brands.yaml` holds brands, and so on; every other file under stores/ holds stores."""

_CATALOG = ("categories", "products")


def kinds_of(path: str) -> tuple[str, ...]:
    """The kinds of entries a file holds, by its name; a catalogue holds two, as CSV its products."""
    stem = path.rpartition("/")[2].partition(".")[0].lower()
    if stem == "catalog":
        return _CATALOG[1:] if path.endswith(".csv") else _CATALOG
    return (stem,) if stem in KINDS else ("stores",)


def entries(path: str, value: Any, place: Place) -> tuple[list[tuple[str, Path, Any]], list[Diagnostic]]:
    """Every entry of a file: its kind, the path to it, and its value; and what is wrong with the shape around them."""
    kinds = kinds_of(path)
    if isinstance(value, list):
        return [(kinds[-1], (index,), item) for index, item in enumerate(value)], []
    if not isinstance(value, dict):
        message = f"expected {_wanted(kinds)}, found {'nothing' if value is None else 'a single value'}"
        return [], [codes.NOT_A_MAP.at(place.locate(()), message, help="see the files that `promo init` writes")]
    if kinds == ("stores",) and "stores" not in value:
        return [("stores", (), value)], []
    found: list[tuple[str, Path, Any]] = []
    problems: list[Diagnostic] = []
    for key, items in value.items():
        if key not in kinds:
            advice = f"this file holds {_wanted(kinds)}"
            where = place.locate((key,), key=True)
            problems.append(codes.UNKNOWN_FIELD.at(where, f"`{key}` is not a field of this file", help=advice))
        elif not isinstance(items, list):
            if items is not None and not place.settled((key,)):
                where = place.locate((key,))
                message = f"`{key}`: expected a list of entries, each beginning with `- `"
                problems.append(codes.WRONG_VALUE.at(where, message, help=f"begin each entry below `{key}:` with `- `"))
        else:
            found += [(key, (key, index), item) for index, item in enumerate(items)]
    return found, problems


def _wanted(kinds: tuple[str, ...]) -> str:
    if kinds == ("stores",):
        return "a store, or a list of stores"
    return " and ".join(f"`{kind}:` with a list" for kind in kinds) if len(kinds) > 1 else f"a list of {kinds[0]}"


def models(path: str, value: Any, place: Place) -> Iterator[tuple[str, Path, BaseModel | None, Any, list[Diagnostic]]]:
    """Every entry as (kind, path to it, model or None, its id as written, findings)."""
    found, problems = entries(path, value, place)
    if path.endswith(".csv"):
        problems = _column_problems(path, KINDS[kinds_of(path)[-1]], place)
    if problems:
        yield kinds_of(path)[0], (), None, None, problems
    for kind, at, item in found:
        model = KINDS[kind]
        written = item
        if path.endswith(".csv"):
            if item is None or problems:
                continue
            written = csv_reader.typed(item, fields.list_fields(model), fields.text_fields(model))
        inner = Place(place.sources, place.file, at, place.doubtful)
        built, diagnostics = build(model, written, inner)
        stated = written.get("id") if isinstance(written, dict) else None
        yield kind, at, built, stated, diagnostics


def _column_problems(path: str, model: type[BaseModel], place: Place) -> list[Diagnostic]:
    """Columns that no entry can have, and those that every entry needs: once, not for every row."""
    table = csv_reader.Table(place.sources.texts[path])
    known = [name for name in fields.names(model) if name not in fields.nested_fields(model)]
    problems = []
    for name in dict.fromkeys(table.header):
        if name in known or not name:
            continue
        guess = nearest(name, [other for other in known if other not in table.header])
        advice = f"did you mean `{guess}`?" if guess else f"columns: {', '.join(known)}"
        if name in fields.nested_fields(model):
            advice = f"`{name}` does not fit into one cell: keep this file as YAML"
        where = Location(path, table.column(name))
        problems.append(codes.UNKNOWN_FIELD.at(where, f"`{name}` is not a column of {kinds_of(path)[-1]}", help=advice))
    meant = {nearest(name, known) for name in table.header if name not in known}
    for name, field in model.model_fields.items():
        if field.is_required() and name not in table.header and name not in meant:
            message = f"the column `{name}` is missing"
            problems.append(codes.MISSING_FIELD.at(place.locate(()), message, help=f"add a column `{name}`"))
    return problems
