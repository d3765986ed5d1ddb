"""Finds promo.yaml, reads YAML with positions, builds the models.

`load(start)` gives one plain `Workspace`: settings, reference data, promotions, everything that is wrong with the
files' text and shape, and where each value stands. Its parts are imported when they are asked for: a command that
finds its answer in the cache needs no models.
"""

from __future__ import annotations

TYPE_CHECKING = False  # as typing's, which alone takes as long to import as Python to start
if TYPE_CHECKING:
    from typing import Any

    from promo_cli.workspace.files import find_root
    from promo_cli.workspace.loader import load
    from promo_cli.workspace.record import Origin, Workspace
    from promo_cli.workspace.single import read_value

__all__ = ["Origin", "Workspace", "find_root", "load", "read_value"]

_HOMES = {"Origin": "record", "Workspace": "record", "find_root": "files", "load": "loader", "read_value": "single"}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
