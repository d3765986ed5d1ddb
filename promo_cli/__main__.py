"""`python -m promo_cli` is `promo`."""

from promo_cli.cli.main import run

if __name__ == "__main__":
    run()
