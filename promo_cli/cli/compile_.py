"""`promo compile`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from promo_cli.cli.options import AsOf, day
from promo_cli.cli.session import JsonFlag, Session, command, group

app = group("Compile bundles.")


@command(app, "compile")
def compile_bundles(
    session: Session,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Where to write them.  [default: out/bundles]")
    ] = None,
    store: Annotated[
        list[str] | None, typer.Option("--store", metavar="ID", help="Only this store; may be repeated.")
    ] = None,
    *,
    as_of: AsOf = None,
    json: JsonFlag = False,
) -> None:
    """Write one bundle per store. The same inputs and day give the same bytes."""
    from promo_cli.pipeline.build import write_bundles

    written = write_bundles(session.start, out, stores=store, as_of=day(as_of))
    if json:
        session.document(
            {
                "schema": "promo.compile/1",
                "as_of": written.as_of.isoformat(),
                "folder": str(written.folder),
                "bundles": [
                    {
                        "store_id": b.store_id,
                        "path": str(b.path),
                        "sha256": b.sha256,
                        "size": b.size,
                        "promotions": b.promotions,
                    }
                    for b in written.bundles
                ],
            }
        )
        return
    for bundle in written.bundles:
        session.detail(f"  {bundle.path}  {bundle.promotions} promotions, {bundle.size:,} bytes")
    distinct = len({bundle.sha256 for bundle in written.bundles})
    session.note(
        f"Wrote {len(written.bundles)} bundles as of {written.as_of} to {written.folder} ({distinct} different). "
        "Next: promo publish --env local"
    )
