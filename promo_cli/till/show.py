"""What a till has: one promotion, several, or those of a brand, compiled."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from promo_cli.diagnostics import Failure
from promo_cli.diagnostics.suggest import nearest
from promo_cli.till import codes, state
from promo_cli.till.sync import promotions_of


def promotions(state_dir: Path, names: Collection[str] = (), brand: str | None = None) -> list[dict[str, Any]]:
    """Return the promotions on a till, in the bundle's order; ``names`` are codes or ids, none for all.

    Raises Failure for a name the till does not have.
    """
    at_hand = state.at_hand(state.open_disk(state_dir))
    found = promotions_of(None if at_hand is None else at_hand[2])
    _check_names(names, found)
    return [
        one for one in found if (not names or {one["id"], one["code"]} & set(names)) and _runs_for_brand(one, brand)
    ]


def _check_names(names: Collection[str], found: Sequence[Mapping[str, Any]]) -> None:
    known = {one["id"] for one in found} | {one["code"] for one in found}
    findings = []
    for name in names:
        if name not in known:
            guess = nearest(name, sorted(one["code"] for one in found))
            advice = f"did you mean {guess}?" if guess else "see `promo till show` for all of them"
            findings.append(codes.UNKNOWN_PROMOTION.at(None, f"this till has no promotion {name!r}", help=advice))
    if findings:
        raise Failure(findings, exit_code=1)


def _runs_for_brand(promotion: Mapping[str, Any], brand: str | None) -> bool:
    targeting = promotion["targeting"]
    if brand is None:
        return True
    named = targeting["brands"] == "all" or brand in targeting["brands"]
    return named and brand not in targeting.get("exclude_brands", ())
