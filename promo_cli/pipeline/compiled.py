"""Compiling a workspace as it was read: the lines of promotions whose files have not changed are those of last time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any

from promo_cli.compiler import Line, compile_fleet, compile_line
from promo_cli.model.promotion import Promotion
from promo_cli.workspace import Workspace
from promo_cli.workspace.cache import open_cache
from promo_cli.workspace.memo import UNKNOWN, Memo, digest_of
from promo_cli.workspace.spread import spread


def compiled(workspace: Workspace, as_of: dt.date, only: Collection[str] | None = None) -> dict[str, bytes]:
    """Return what `compile_fleet` does, for a workspace that is as its files say, and keep the lines for next time."""
    company = workspace.settings.company.id
    memo = Memo("lines", open_cache(workspace.root))
    active = [promotion for promotion in workspace.promotions if promotion.is_active]
    texts = workspace.sources.texts
    made_from = {one.code: digest_of(company, texts[workspace.origin(one).path]) for one in active}

    def compile_part(promotions: Sequence[Promotion[Any]]) -> list[Line]:
        return [compile_line(promotion, company) for promotion in promotions]

    new = [promotion for promotion in active if memo.get(made_from[promotion.code]) is UNKNOWN]
    made = [line for part in spread(compile_part, new) for line in part]
    for promotion, line in zip(new, made, strict=True):
        memo.put(made_from[promotion.code], [line.id, line.text.decode()])
    memo.keep()
    kept = {code: memo.get(digest) for code, digest in made_from.items()}
    lines = {code: Line(promotion_id, text.encode()) for code, (promotion_id, text) in kept.items()}
    return compile_fleet(workspace, as_of, only, lines=lines)
