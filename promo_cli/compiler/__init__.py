"""From a workspace to canonical JSON bundles; pure functions."""

from promo_cli.compiler.fleet import compile_fleet, compile_store, stores_running
from promo_cli.compiler.lines import Line, compile_line
from promo_cli.compiler.promotion import COMPILER_VERSION, compile_promotion, promotion_id

__all__ = [
    "COMPILER_VERSION",
    "Line",
    "compile_fleet",
    "compile_line",
    "compile_promotion",
    "compile_store",
    "promotion_id",
    "stores_running",
]
