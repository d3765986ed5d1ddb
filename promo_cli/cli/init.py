"""`promo init`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from promo_cli.cli.session import JsonFlag, Session, command, group

app = group("Make a workspace.")


@command(app, "init")
def init(
    session: Session,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where to make it; created when missing.")],
    *,
    json: JsonFlag = False,
) -> None:
    """Make a small workspace to begin with. It has two brands, three stores and a few promotions."""
    from promo_cli.pipeline.starter import make_workspace

    written = make_workspace(folder)
    if json:
        session.document({"schema": "promo.init/1", "folder": str(folder), "files": written})
        return
    session.result("\n".join(f"  {name}" for name in written))
    session.note(f"Made a workspace in {folder}. Next: cd {folder} && promo validate")
