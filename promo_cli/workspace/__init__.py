"""Finds promo.yaml, reads YAML with positions, builds the models.

`load(start)` gives one plain `Workspace`: settings, reference data, promotions, everything that is wrong with the
files' text and shape, and where each value stands.
"""

from promo_cli.workspace.files import find_root
from promo_cli.workspace.loader import load
from promo_cli.workspace.record import Origin, Workspace
from promo_cli.workspace.single import read_value

__all__ = ["Origin", "Workspace", "find_root", "load", "read_value"]
