"""Run all benchmarks, or those named on the command line."""

from __future__ import annotations

import importlib
import sys

GROUPS = ("startup", "validate", "compile", "price", "publish", "poll", "ingest")

if __name__ == "__main__":
    for group in sys.argv[1:] or GROUPS:
        importlib.import_module(f"bench.{group}").main()
