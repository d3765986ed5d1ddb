"""Validating a workspace, against parsing the same YAML without any meaning."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

import yaml

from bench import workspaces
from bench.measure import command, race, timed
from bench.workspaces import change_one

DAY = "2026-02-07"


def floor(workspace: Path) -> None:
    """Parse every source file with libyaml."""
    for path in sorted(workspace.rglob("*.yaml")):
        yaml.load(path.read_bytes(), yaml.CSafeLoader)


def main() -> None:
    """Cold, nothing changed, one promotion changed; 1,000 promotions and 5,000, and 1,000 in 5,000 stores."""
    promo = str(Path(sys.executable).with_name("promo"))
    for promotions, stores in ((1000, 10), (5000, 10), (1000, 5000)):
        with tempfile.TemporaryDirectory() as scratch:
            workspace = Path(scratch, "workspace")
            workspaces.write(workspace, promotions, stores)
            validate = command(promo, "validate", "--as-of", DAY, cwd=workspace)

            def cold(workspace: Path = workspace, run: object = validate) -> float:
                shutil.rmtree(workspace / ".promo", ignore_errors=True)
                return run()  # type: ignore[operator, no-any-return]

            def one_changed(workspace: Path = workspace, run: object = validate) -> float:
                change_one(workspace)
                return run()  # type: ignore[operator, no-any-return]

            race(
                f"validate {promotions:,} promotions in {stores:,} stores",
                "floor: parse",
                {
                    "floor: parse": timed(lambda w=workspace: floor(w)),  # type: ignore[misc]
                    "promo validate, cold": cold,
                    "promo validate, nothing changed": validate,
                    "promo validate, one promotion changed": one_changed,
                },
                rounds=5,
            )


if __name__ == "__main__":
    main()
