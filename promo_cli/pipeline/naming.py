"""What a command was asked about by its id: that it exists, or which one was meant."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from promo_cli.diagnostics import Failure, Location
from promo_cli.diagnostics.suggest import nearest
from promo_cli.model.promotion import Promotion
from promo_cli.model.rules import RULES
from promo_cli.pipeline import codes
from promo_cli.workspace import Workspace

_SHOWN = 8


def promotion_named(workspace: Workspace, code: str) -> Promotion[Any]:
    """Return the promotion of a code, in whatever case. Raises Failure (exit 1) with the nearest."""
    by_code = {promotion.code.lower(): promotion for promotion in workspace.promotions}
    if code.lower() not in by_code:
        guess = nearest(code, [promotion.code for promotion in workspace.promotions])
        advice = f"did you mean {guess}?" if guess else "`ls promotions` shows the files"
        finding = codes.UNKNOWN_PROMOTION.at(Location("promotions"), f"no promotion has the code {code!r}", help=advice)
        raise Failure([finding], exit_code=1)
    return by_code[code.lower()]


def check_known(option: str, what: str, asked: Iterable[str], known: Collection[str]) -> None:
    """Raise Failure (exit 2) for the first id given to `option` that is no `what` of the workspace."""
    for one in asked:
        if one not in known:
            guess = nearest(one, known)
            some = ", ".join(sorted(known)[:_SHOWN]) + (" …" if len(known) > _SHOWN else "")
            advice = f"did you mean {option} {guess}?" if guess else f"known are: {some}" if known else None
            finding = codes.UNKNOWN_ID.at(None, f"{option}: there is no {what} `{one}`", help=advice)
            raise Failure([finding], exit_code=2)


def check_types(asked: Iterable[str]) -> None:
    """Raise Failure (exit 2) for the first value of `--type` that is not one of the twelve."""
    for one in asked:
        if one not in RULES:
            guess = nearest(one, RULES)
            advice = f"did you mean --type {guess}?" if guess else f"choose one of: {', '.join(RULES)}"
            raise Failure([codes.UNKNOWN_TYPE.at(None, f"--type: `{one}` is no type of promotion", help=advice)], 2)
