"""Random carts against every invariant and the brute-force oracle, until told to stop.

    python -m tests.pricing.fuzz --seconds 60          every invariant, and the oracle where it can follow
    python -m tests.pricing.fuzz --prove 20000         best_deal against brute force on so many small carts

Prints the number of carts and of violations, and each violation with the seed that repeats it; exits 1 if there is one.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from random import Random

from tests.pricing import strategies
from tests.pricing.invariants import INVARIANTS, against_oracle

SMALL = (strategies.small_world, strategies.contested_world, strategies.crowded_world)
SHOWN = 10
"""Violations printed in full; the rest are counted."""


def violations(seed: int) -> Iterator[str]:
    """Every invariant on one large cart, and the oracle on three small ones."""
    bundle, cart = strategies.world(Random(seed))
    for name, check in INVARIANTS.items():
        yield from (f"{name}: {found}" for found in check(bundle, cart, Random(seed)))
    yield from brute_force(seed)


def brute_force(seed: int) -> Iterator[str]:
    """The engine against the oracle on small carts: of everything, contended, and crowded."""
    for world in SMALL:
        yield from (f"{world.__name__}: {found}" for found in against_oracle(*world(Random(seed))))


def run(seconds: float | None, carts: int | None, start: int) -> int:
    """Price until the time or the number of carts is used up; returns the number of violations."""
    begin, seed, found = time.monotonic(), start, 0
    check, each = (violations, len(SMALL) + 1) if carts is None else (brute_force, len(SMALL))
    while (carts is None or (seed - start) * each < carts) and (seconds is None or time.monotonic() - begin < seconds):
        for violation in check(seed):
            found += 1
            if found <= SHOWN:
                sys.stdout.write(f"seed {seed}: {violation[:2000]}\n")
        seed += 1
    sys.stdout.write(f"{(seed - start) * each} carts, {found} violations, seeds {start} to {seed - 1}\n")
    return found


def main() -> None:
    """Read the arguments and run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=None, help="how long to go on")
    parser.add_argument("--prove", type=int, default=None, metavar="CARTS", help="brute force on so many small carts")
    parser.add_argument("--seed", type=int, default=0, help="the first seed")
    options = parser.parse_args()
    seconds = 60.0 if options.seconds is None and options.prove is None else options.seconds
    raise SystemExit(1 if run(seconds, options.prove, options.seed) else 0)


if __name__ == "__main__":
    main()
