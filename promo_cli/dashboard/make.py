"""Makes the dashboard of a workspace: asks the reports, builds the pages, replaces the folder."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from promo_cli.dashboard.folder import replace_folder
from promo_cli.dashboard.gather import Told, gather
from promo_cli.dashboard.site import build
from promo_cli.workspace import load


@dataclass(frozen=True, slots=True)
class Dashboard:
    """What was made: where, how many pages of how many bytes in all, up to which day, and whether anything changed."""

    folder: Path
    pages: int
    size: int
    as_of: dt.date
    changed: bool


def make_dashboard(
    start: Path,
    folder: Path | None = None,
    *,
    first: dt.date | None = None,
    as_of: dt.date | None = None,
    told: Told = lambda *_: None,
) -> Dashboard:
    """Make the site in `folder`, by default out/dashboard of the workspace around `start`.

    Raises Failure: those of reports, and CFG604 where the folder holds something else.
    """
    workspace = load(start)
    site = gather(workspace, first=first, as_of=as_of, told=told)
    made = build(site)
    target = folder or workspace.root / "out" / "dashboard"
    changed = replace_folder(target, made)
    pages = sum(name.endswith(".html") for name in made)
    return Dashboard(target, pages, sum(map(len, made.values())), site.as_of, changed)
