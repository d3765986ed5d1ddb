"""`promo init`: a small workspace that validates, as a place to begin."""

from __future__ import annotations

from importlib.resources import as_file, files
from pathlib import Path

from promo_cli.diagnostics import Failure, Location
from promo_cli.pipeline import codes
from promo_cli.pipeline.schemas import install_schemas


def make_workspace(target: Path) -> list[str]:
    """Copy the starter into `target`, which is made where missing, and set up completion for editors.

    Returns the files written, sorted; of what is generated for editors only the folders. Raises Failure (exit 2) and
    writes nothing where one of them is there already.
    """
    with as_file(files("promo_cli.workspace") / "starter") as starter:
        sources = {path.relative_to(starter): path for path in sorted(starter.rglob("*")) if path.is_file()}
        taken = [str(name) for name in sources if (target / name).exists()]
        if taken:
            raise Failure(
                [
                    codes.NOT_EMPTY.at(
                        Location(str(target)),
                        f"{target} already holds {', '.join(taken[:5])}{' …' if len(taken) > 5 else ''}",
                        help="choose a new folder: promo init my-promotions",
                    )
                ],
                exit_code=2,
            )
        for name, source in sources.items():
            path = target / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(source.read_bytes())
    generated = {f"{path.partition('/')[0]}/" for path in install_schemas(target).written}
    return sorted([*map(str, sources), *generated])
