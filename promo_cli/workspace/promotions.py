"""A promotion's value to its model: `promo_type` decides, and only that type's shape is asked."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from promo_cli.diagnostics import Diagnostic
from promo_cli.diagnostics.suggest import nearest
from promo_cli.model.promotion import Promotion
from promo_cli.model.rules import RULES
from promo_cli.workspace import codes, fields
from promo_cli.workspace.shape import Path, Place, build

if TYPE_CHECKING:
    AnyPromotion = Promotion[Any]


@cache
def model_of(promo_type: str) -> type[AnyPromotion]:
    """The model of one type as a whole, which knows every field there is."""
    return Promotion.__class_getitem__(RULES[promo_type])  # type: ignore[return-value]


def promotion(value: dict[str, Any], place: Place) -> tuple[AnyPromotion | None, list[Diagnostic]]:
    """The promotion, or None with what is wrong with its shape."""
    promo_type = value.get("promo_type")
    if not isinstance(promo_type, str) or promo_type not in RULES:
        return None, _unknown_type(value, place)
    try:
        # All types share the validator of the frame; building one for each would cost every start milliseconds.
        rules = RULES[promo_type].model_validate(value.get("rules"))
        return Promotion.model_validate(value | {"rules": rules}), []
    except ValidationError:
        pass

    def foreign(path: Path, meant: str | None) -> Diagnostic | None:
        return _foreign(place, promo_type, path, meant) if len(path) == 2 and path[0] == "rules" else None

    return build(model_of(promo_type), value, place, foreign)


def _unknown_type(value: dict[str, Any], place: Place) -> list[Diagnostic]:
    """What is wrong with the type, and with everything that does not depend on it."""
    stand_in = {"promo_type": "percent_discount", "rules": {"discount_percent": 1}}
    others = build(model_of("percent_discount"), value | stand_in, place)[1]
    if place.settled(("promo_type",)):
        return others
    stated = value.get("promo_type")
    types = ", ".join(RULES)
    if "promo_type" not in value:
        guess = _type_of_rules(value.get("rules"))
        advice = f"add `promo_type: {guess}`" if guess else f"add one of: {types}"
        return [codes.UNKNOWN_TYPE.at(place.locate(()), "`promo_type` is missing", help=advice), *others]
    guess = nearest(stated, RULES) if isinstance(stated, str) else None
    guess = guess or _type_of_rules(value.get("rules"))
    where = place.locate(("promo_type",))
    fix = place.fix(("promo_type",), guess, safe=False) if guess else None
    advice = f"did you mean `{guess}`?" if guess else f"choose one of: {types}"
    message = f"`{stated}` is not a promotion type" if isinstance(stated, str) else "`promo_type` is not a word"
    return [codes.UNKNOWN_TYPE.at(where, message, help=advice, fix=fix), *others]


def _type_of_rules(rules: Any) -> str | None:
    """The type that `rules` was most likely written for: it has every key, and requires most of them."""
    if not isinstance(rules, dict) or not rules:
        return None
    required = {
        name: {field for field, info in model.model_fields.items() if info.is_required()}
        for name, model in RULES.items()
        if rules.keys() <= fields.names(model).keys()
    }
    fitting = sorted((len(needed), name) for name, needed in required.items() if needed <= rules.keys())
    unrivalled = fitting and (len(fitting) == 1 or fitting[-2][0] < fitting[-1][0])
    return fitting[-1][1] if unrivalled else None


def _foreign(place: Place, promo_type: str, path: Path, meant: str | None) -> Diagnostic | None:
    key = str(path[-1])
    owners = [name for name, model in RULES.items() if key in fields.names(model)]
    if not owners:
        return None
    message = f"`{key}` belongs to {_listed(owners)}; this is a {promo_type}"
    advice = f"use `{meant}` here, or" if meant else "remove it, or"
    fix = place.fix(path, meant, safe=False, key=True) if meant else None
    label = f"not for {promo_type}"
    where = place.locate(path, key=True)
    target = owners[0] if len(owners) == 1 else "one of them"
    return codes.FOREIGN_FIELD.at(where, message, label=label, help=f"{advice} change promo_type to {target}", fix=fix)


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
