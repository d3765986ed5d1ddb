"""promo: runs the promotions of an F&B or retail chain from a git repository."""

__version__ = "0.1.0"
