"""Compiling a workspace as it was read: the lines of promotions whose files have not changed are those of last time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from hashlib import blake2b
from typing import Any

from promo_cli.compiler import Line, compile_fleet, compile_line
from promo_cli.model.promotion import Promotion
from promo_cli.workspace import Workspace
from promo_cli.workspace.cache import open_cache
from promo_cli.workspace.spread import spread


def compiled(workspace: Workspace, as_of: dt.date, only: Collection[str] | None = None) -> dict[str, bytes]:
    """Return what `compile_fleet` does, for a workspace that is as its files say, and keep the lines for next time."""
    company = workspace.settings.company.id
    cache = open_cache(workspace.root)
    known: dict[str, list[str]] = (cache and cache.get("lines", company)) or {}
    active = [promotion for promotion in workspace.promotions if promotion.is_active]
    sources = {one.code: _digest(workspace, one) for one in active}
    lines = {
        code: Line(known[source][0], known[source][1].encode()) for code, source in sources.items() if source in known
    }

    def compile_part(promotions: Sequence[Promotion[Any]]) -> list[Line]:
        return [compile_line(promotion, company) for promotion in promotions]

    new = [promotion for promotion in active if promotion.code not in lines]
    made = [line for part in spread(compile_part, new) for line in part]
    lines |= {promotion.code: line for promotion, line in zip(new, made, strict=True)}
    if cache and known.keys() != set(sources.values()):
        cache.put(
            {source: [lines[code].id, lines[code].text.decode()] for code, source in sources.items()}, "lines", company
        )
    return compile_fleet(workspace, as_of, only, lines=lines)


def _digest(workspace: Workspace, promotion: Promotion[Any]) -> str:
    return blake2b(workspace.sources.texts[workspace.origin(promotion).path], digest_size=16).hexdigest()
