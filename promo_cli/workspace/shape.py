"""Values to models. Each of pydantic's errors becomes one finding in plain words, with its place and what to do."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from promo_cli.diagnostics import Diagnostic, Edit, Fix, Location
from promo_cli.diagnostics.suggest import nearest
from promo_cli.workspace import codes, fields, wording
from promo_cli.workspace.limits import MOST_FINDINGS, capped
from promo_cli.workspace.sources import Sources
from promo_cli.workspace.tree import pointer

M = TypeVar("M", bound=BaseModel)
Path = tuple[str | int, ...]
Foreign = Callable[[Path, str | None], Diagnostic | None]
"""Explains an unknown key at a path, given the field it may stand for."""

_UNION_TAGS = {"str", "list", "dict"}
_COMMENT = re.compile(r":\s+#")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value came from: the file, the path to it, and the pointers in it that are findings already."""

    sources: Sources
    file: str
    prefix: Path = ()
    doubtful: Collection[str] = ()

    def locate(self, path: Path, *, key: bool = False) -> Location:
        """The place of what lies at `path` below the value."""
        return self.sources.locate(self.file, pointer((*self.prefix, *path)), key=key)

    def fix(self, path: Path, text: str, *, safe: bool, key: bool = False) -> Fix | None:
        """Writes `text` instead of the value (or the key) at `path`."""
        at = pointer((*self.prefix, *path))
        span = self.sources.locate(self.file, at, key=True).range if key else self.sources.span(self.file, at)
        if span is None or span.start.line != span.end.line:
            return None
        return Fix("safe" if safe else "unsafe", (Edit(self.file, span, text),))

    def settled(self, path: Path) -> bool:
        """Whether something is said already about this place or one above it."""
        parts = (*self.prefix, *path)
        return any(pointer(parts[:length]) in self.doubtful for length in range(len(parts) + 1))


@dataclass(frozen=True, slots=True)
class _Error:
    kind: str
    path: Path
    found: Any
    message: str
    context: Mapping[str, Any]


def build(
    model: type[M], value: Any, place: Place, foreign: Foreign | None = None
) -> tuple[M | None, list[Diagnostic]]:
    """The model of a value, or None with the findings that say why there is none.

    Findings at doubtful places are left out, so the list can be empty and the model missing all the same. `foreign`
    may explain an unknown key better than that it is unknown.
    """
    try:
        return model.model_validate(value), []
    except ValidationError as error:
        return None, _explain(model, value, place, error, foreign)


def _explain(
    model: type[BaseModel], value: Any, place: Place, error: ValidationError, foreign: Foreign | None
) -> list[Diagnostic]:
    """One finding for each mistake behind a validation error."""
    errors: dict[Path, _Error] = {}
    details = error.errors(include_url=False)
    for detail in details[:MOST_FINDINGS]:
        path = _path(detail["loc"], value, detail["type"])
        if not place.settled(path):
            told = _Error(detail["type"], path, detail["input"], detail["msg"], detail.get("ctx", {}))
            errors.setdefault(path, told)
    misspelt = {path: _meant(model, value, path) for path, found in errors.items() if found.kind == "extra_forbidden"}
    meant = {(*path[:-1], name) for path, name in misspelt.items() if name}
    findings = []
    for path, found in errors.items():
        if found.kind == "extra_forbidden":
            special = foreign(path, misspelt[path]) if foreign else None
            findings.append(special or _unknown(model, place, path, misspelt[path]))
        elif found.kind != "missing":
            findings.append(_wrong(found, place))
        elif path not in meant:  # a misspelt key is one mistake, not also a missing one
            findings.append(_missing(place, path))
    return capped(findings, len(details))


def _path(location: Sequence[str | int], value: Any, kind: str) -> Path:
    """Where in the data an error is: its location without the names of union branches."""
    path: list[str | int] = []
    last = len(location) - 1
    for index, part in enumerate(location):
        in_list = isinstance(value, list) and isinstance(part, int) and part < len(value)
        if in_list or (isinstance(value, dict) and part in value):
            value = value[part]
        elif part == "[key]" or (part in _UNION_TAGS and not (index == last and kind == "missing")):
            continue
        path.append(part)
    return tuple(path)


def _meant(model: type[BaseModel], value: Any, path: Path) -> str | None:
    """The field that an unknown key most likely stands for, unless it is there as well."""
    parent = fields.model_at(model, path[:-1])
    for part in path[:-1]:
        value = value[part]
    return nearest(str(path[-1]), [name for name in fields.names(parent) if name not in value]) if parent else None


def _unknown(model: type[BaseModel], place: Place, path: Path, meant: str | None) -> Diagnostic:
    key = str(path[-1])
    where = place.locate(path, key=True)
    parent = fields.model_at(model, path[:-1])
    known = list(fields.names(parent)) if parent else []
    inside = f"`{path[-2]}`" if len(path) > 1 and isinstance(path[-2], str) else _noun(parent or model)
    message = f"`{key}` is not a field of {inside}"
    if ":" in key:
        return codes.UNKNOWN_FIELD.at(where, message, help="put a space after the colon: `key: value`")
    if meant:
        fix = place.fix(path, meant, safe=False, key=True)
        return codes.UNKNOWN_FIELD.at(where, message, help=f"did you mean `{meant}`?", fix=fix)
    homes = _homes(model, key)
    if homes:
        advice = f"`{key}` belongs {' or '.join(homes)}"
        return codes.UNKNOWN_FIELD.at(where, message, help=advice)
    return codes.UNKNOWN_FIELD.at(where, message, help=f"fields of {inside}: {', '.join(known)}" if known else None)


def _noun(model: type[BaseModel]) -> str:
    """What people call a model: `PaymentMethod` is a payment method, `Promotion[Combo]` a promotion."""
    if model.__name__ == "Settings":
        return "promo.yaml"
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", model.__name__.partition("[")[0]).lower()
    return f"an {words}" if words[0] in "aeiou" else f"a {words}"


def _homes(model: type[BaseModel], key: str) -> list[str]:
    """The sections of the same file that have a field of this name."""
    homes = ["at the top of the file"] if key in fields.names(model) else []
    for section, annotation in fields.names(model).items():
        if section != "tests" and any(key in fields.names(inner) for inner in fields.models_in(annotation)):
            homes.append(f"under `{section}`")
    return homes[:3]


def _missing(place: Place, path: Path) -> Diagnostic:
    key, parent = str(path[-1]), path[:-1]
    where = place.locate(parent)
    section = next((part for part in reversed(parent) if isinstance(part, str)), None)
    inside = f" in `{section}`" if section else ""
    example = EXAMPLES.get(key)
    advice = f"add `{key}: {example}`" if example else f"add `{key}: …`"
    return codes.MISSING_FIELD.at(where, f"`{key}` is missing{inside}", help=advice)


def _wrong(error: _Error, place: Place) -> Diagnostic:
    name = next((str(part) for part in reversed(error.path) if isinstance(part, str)), "")
    subject = f"`{name}`: " if name else ""
    where, found = place.locate(error.path), wording.shown(error.found)
    what = wording.expectation(error.kind, error.message)
    if what is not None:
        return _unexpected(error, place, where, subject, what)
    if error.kind == "literal_error":
        choices = re.findall(r"'([^']*)'", str(error.context["expected"]))
        guess = nearest(error.found, choices) if isinstance(error.found, str) else None
        fix = place.fix(error.path, guess, safe=False) if guess else None
        advice = f"did you mean `{guess}`?" if guess else None
        message = f"{subject}expected {_either(choices)}, found {found}"
        return codes.NOT_A_CHOICE.at(where, message, help=advice, fix=fix)
    if error.kind == "string_pattern_mismatch":
        return _bad_pattern(error, place, where, subject)
    if error.kind in ("string_too_long", "too_long"):
        return codes.BAD_LENGTH.at(
            where, f"{subject}at most {error.context['max_length']} are allowed", help="shorten it"
        )
    if error.kind in ("string_too_short", "too_short"):
        message = (
            f"{subject}it is empty"
            if not error.found
            else f"{subject}at least {error.context['min_length']} are needed"
        )
        return codes.BAD_LENGTH.at(where, message, help="fill it")
    bounds = {"greater_than_equal": ("ge", "at least"), "less_than_equal": ("le", "at most")}
    if error.kind in bounds:
        name, words = bounds[error.kind]
        message = f"{subject}expected {words} {error.context[name]}, found {found}"
        return codes.OUT_OF_RANGE.at(where, message, help=f"write {words} {error.context[name]}")
    return codes.WRONG_VALUE.at(where, f"{subject}{found} is not a value this field takes")


def _unexpected(error: _Error, place: Place, where: Location, subject: str, what: str) -> Diagnostic:
    message = f"{subject}expected {what}, found {wording.shown(error.found)}"
    if error.found is None:
        text = place.sources.text(place.file) or ""
        line = text.split("\n")[where.range.start.line - 1] if where.range else ""
        advice = "write the value after the colon"
        if _COMMENT.search(line):
            advice = "what follows ` #` is a comment: put quotes around text that begins with #"
        return codes.WRONG_VALUE.at(where, message, help=advice)
    repair = wording.repair(what, error.found)
    fix = place.fix(error.path, repair.text, safe=repair.safe) if repair else None
    return codes.WRONG_VALUE.at(where, message, help=f"write {repair.text}" if repair else None, fix=fix)


def _bad_pattern(error: _Error, place: Place, where: Location, subject: str) -> Diagnostic:
    found = str(error.found)
    if "A-Za-z0-9" not in str(error.context["pattern"]):
        return codes.WRONG_VALUE.at(where, f"{subject}{wording.shown(found)} does not have the form this field takes")
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", found).strip("-._")[:64]
    fix = place.fix(error.path, plain, safe=False) if plain else None
    wrong = next((char for char in found if not re.match(r"[A-Za-z0-9._-]", char)), None)
    if not found:
        why = "it is empty"
    elif len(found) > 64:
        why = f"it has {len(found)} characters, ids at most 64"
    elif wrong is None:
        why = f"it begins with `{found[0]}`; ids begin with a letter or digit"
    else:
        why = f"ids cannot have {'a space' if wrong == ' ' else f'`{wrong}`'}"
    advice = f"write {plain}" if plain else "use letters, digits, `.`, `_` and `-`"
    return codes.BAD_ID.at(where, f"{subject}{wording.shown(found)} is not an id: {why}", help=advice, fix=fix)


def _either(choices: Iterable[str]) -> str:
    *most, last = [f"`{choice}`" for choice in choices]
    return f"{', '.join(most)} or {last}" if most else last


EXAMPLES = {
    "code": "WEEKEND20",
    "name": "Weekend Special",
    "validity": "{start_date: 2026-02-01, end_date: 2026-02-28}",
    "rules": "{discount_percent: 20}",
    "start_date": "2026-02-01",
    "discount_percent": "20",
    "discount_amount": "10_000",
    "buy_quantity": "2",
    "get_quantity": "1",
    "combo_price": "45_000",
    "package_price": "75_000",
    "package_name": "Lunch for two",
    "products": "[{product_id: latte}, {product_id: croissant}]",
    "items": "[{item_type: product, product_id: latte}]",
    "item_type": "product",
    "cashback_type": "percent",
    "cashback_value": "10",
    "payment_methods": "[gopay]",
    "discount_type": "percent",
    "discount_value": "10",
    "required_quantity": "3",
    "special_price": "50_000",
    "required_product_id": "latte",
    "upsell_product_id": "croissant",
    "tiers": "[{tier_name: Silver, min_amount: 100_000, discount_type: percent, discount_value: 5}]",
    "tier_name": "Silver",
    "min_amount": "100_000",
    "product_id": "latte",
    "quantity": "2",
    "price": "25_000",
    "id": "latte",
    "at": "2026-02-07 10:00",
    "cart": "{items: [{product_id: latte, quantity: 2}]}",
    "expect": "{total_discount: 10_000}",
    "date": "2026-12-25",
    "company": "{id: nusantara, name: Nusantara Foods}",
    "currency": "{code: IDR, exponent: 0}",
    "timezone": "Asia/Jakarta",
    "target": "out/bucket",
    "trigger_brands": "[kopi]",
    "batch": "SPRING",
    "method": "gopay",
    "amount": "50_000",
    "open": "07:00",
    "close": "22:00",
}
"""What a missing field may look like, by its name."""
