"""How long a command takes to begin: what a marketer feels. Floor: `python -c pass`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from bench.measure import command, race

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Compare the commands people wait for with a bare interpreter."""
    promo = str(Path(sys.executable).with_name("promo"))
    with tempfile.TemporaryDirectory() as scratch:
        workspace = Path(scratch, "starter")
        command(promo, "init", str(workspace))()
        one = str(next((workspace / "promotions").rglob("*.yaml")).relative_to(workspace))
        race(
            "start-up",
            "python -c pass",
            {
                "python -c pass": command(sys.executable, "-c", "pass"),
                "promo --version": command(promo, "--version"),
                "promo --help": command(promo, "--help"),
                "promo validate ONE_FILE (starter), again": command(promo, "validate", one, cwd=workspace),
                "promo validate ONE_FILE (starter), nothing kept": command(
                    "env", "PROMO_CACHE=off", promo, "validate", one, cwd=workspace
                ),
                "promo validate (example chain), again": command(promo, "validate", cwd=ROOT),
            },
            rounds=15,
        )


if __name__ == "__main__":
    main()
