"""Compiling a workspace as it was read: the lines of promotions whose files have not changed are those of last time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from hashlib import blake2b

from promo_cli.compiler import Line, compile_fleet, compile_line
from promo_cli.workspace import Workspace
from promo_cli.workspace.cache import open_cache


def compiled(workspace: Workspace, as_of: dt.date, only: Collection[str] | None = None) -> dict[str, bytes]:
    """Return what `compile_fleet` does, for a workspace that is as its files say, and keep the lines for next time."""
    company = workspace.settings.company.id
    cache = open_cache(workspace.root)
    known: dict[str, list[str]] = (cache and cache.get("lines", company)) or {}
    lines: dict[str, Line] = {}
    used: dict[str, list[str]] = {}
    for promotion in workspace.promotions:
        if not promotion.is_active:
            continue
        source = workspace.sources.texts[workspace.origin(promotion).path]
        digest = blake2b(source, digest_size=16).hexdigest()
        if digest in known:
            promotion_id, text = known[digest]
            lines[promotion.code] = Line(promotion_id, text.encode())
        else:
            lines[promotion.code] = compile_line(promotion, company)
        used[digest] = known.get(digest) or [lines[promotion.code].id, lines[promotion.code].text.decode()]
    if cache and used.keys() != known.keys():
        cache.put(used, "lines", company)
    return compile_fleet(workspace, as_of, only, lines=lines)
