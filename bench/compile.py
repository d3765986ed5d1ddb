"""Compiling a fleet, against parsing the same YAML and dumping the same bundles without any meaning."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

import orjson
import yaml

from bench import workspaces
from bench.measure import command, race, timed
from bench.workspaces import change_one

DAY = "2026-02-07"


def floor(workspace: Path, bundles: Path) -> None:
    """Parse every source file, and write the bundles' own content again: each different one once, the others linked."""
    for path in sorted(workspace.rglob("*.yaml")):
        yaml.load(path.read_bytes(), yaml.CSafeLoader)
    out = bundles.parent / "floor"
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir()
    first: dict[int, Path] = {}
    for path in bundles.iterdir():
        copy = out / path.name
        inode = path.stat().st_ino
        if inode in first:
            copy.hardlink_to(first[inode])
        else:
            first[inode] = copy
            copy.write_bytes(orjson.dumps(orjson.loads(path.read_bytes()), option=orjson.OPT_SORT_KEYS))


def main() -> None:
    """Cold, nothing changed, one promotion changed; 10 stores and 5,000."""
    promo = str(Path(sys.executable).with_name("promo"))
    for stores in (10, 5000):
        with tempfile.TemporaryDirectory() as scratch:
            workspace, out = Path(scratch, "workspace"), Path(scratch, "bundles")
            workspaces.write(workspace, 1000, stores)
            compile_it = command(promo, "compile", "--out", str(out), "--as-of", DAY, cwd=workspace)
            compile_it()

            def cold(run: object = compile_it, workspace: Path = workspace) -> float:
                shutil.rmtree(workspace / ".promo", ignore_errors=True)
                return run()  # type: ignore[operator, no-any-return]

            def one_changed(run: object = compile_it, workspace: Path = workspace) -> float:
                change_one(workspace)
                return run()  # type: ignore[operator, no-any-return]

            race(
                f"compile 1,000 promotions x {stores:,} stores",
                "floor: parse and dump",
                {
                    "floor: parse and dump": timed(lambda w=workspace, o=out: floor(w, o)),  # type: ignore[misc]
                    "promo compile, cold": cold,
                    "promo compile, nothing changed": compile_it,
                    "promo compile, one promotion changed": one_changed,
                },
                rounds=3,
            )


if __name__ == "__main__":
    main()
