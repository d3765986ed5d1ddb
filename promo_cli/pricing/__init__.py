"""cart + bundle -> receipt. Standard library only, no I/O, no clock."""

from pathlib import Path

from promo_cli.pricing.compiled import folders

__path__ = folders(Path(__file__).parent)

from promo_cli.pricing.bundle import PreparedBundle, prepare
from promo_cli.pricing.engine import price
from promo_cli.pricing.errors import BundleError, CartError
from promo_cli.pricing.refund import refund

__all__ = ["BundleError", "CartError", "PreparedBundle", "prepare", "price", "refund"]
