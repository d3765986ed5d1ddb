"""Rules over a loaded workspace, one file per code family, and the promotions' own tests."""

from promo_cli.validation.check import check

__all__ = ["check"]
