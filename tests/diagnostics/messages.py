"""Twelve mistakes, and what their authors are shown: every message as a file, held by a test.

python -m tests.diagnostics.messages        writes the files anew
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path(__file__).parent / "messages"


class Mistake(NamedTuple):
    """What somebody replaced in a file of the starter, or wrote, and the command that told them."""

    edits: tuple[tuple[str, str, str], ...]
    command: str = "validate --as-of 2026-02-07"


WEEKEND = "promotions/weekend20.yaml"
EVENING = "promotions/evening-bread.yaml"
STORES = "stores/stores.yaml"

TIERS = """\
threshold_tier
owner: Marketing
validity: {start_date: 2026-02-01}
rules:
  tiers:
    - {tier_name: 5% off, min_amount: 100_000, max_amount: 200_000, discount_type: percent, discount_value: 5}
    - {tier_name: 10% off, min_amount: 250_000, discount_type: percent, discount_value: 10}
"""
QRIS = """\
payment_discount
owner: Partnerships
validity: {start_date: 2026-02-01}
targeting: {brands: [roti-harum]}
rules: {payment_methods: [qris], discount_type: percent, discount_value: 40}
"""
LATTE = """\
percent_discount
owner: Marketing
validity: {start_date: 2026-02-01, days_of_week: [sat]}
scope: {apply_to: product, products: [latte]}
targeting: {brands: [kopi-senja]}
rules: {discount_percent: 10}
"""
EXPIRED = 'discount_percent: 90 # promo: ignore[AMT023] reason="opening weeks" until=2026-01-31'


def new(code: str, text: str) -> tuple[str, str, str]:
    """Return the edit that writes a new promotion."""
    return f"promotions/{code.lower()}.yaml", "", f"code: {code}\nname: {code.title()}\npromo_type: {text}"


MISTAKES = {
    "yml-no": Mistake(((WEEKEND, "owner: Marketing", "owner: Marketing\nis_active: no"),)),
    "sch-field": Mistake(((WEEKEND, "discount_percent: 20", "discount_precent: 20"),)),
    "ref-category": Mistake(((WEEKEND, "[hot-drinks]", "[hot-drink]"),)),
    "tim-closed": Mistake(((EVENING, "19:00\n  time_end: 21:00 ", "22:30\n  time_end: 23:30 "),)),
    "amt-gap": Mistake((new("MORE", TIERS),)),
    "tgt-brand": Mistake(((WEEKEND, "categories: [hot-drinks]", "categories: [bread]"),)),
    "con-stacked": Mistake(
        (("promo.yaml", "timezone:", "limits: {max_stacked_percent: 50}\ntimezone:"), new("QRIS40", QRIS))
    ),
    "con-beaten": Mistake((new("LATTE10", LATTE),)),
    "pol-name": Mistake(((WEEKEND, "20% Off ", "20% Off on Every Hot Drink "),)),
    "tst-differs": Mistake(((WEEKEND, "max_discount_amount: 50_000", "max_discount_amount: 45_000"),), "test"),
    "cfg-zone": Mistake(((STORES, "Asia/Makassar", "WITA"),)),
    "sup-expired": Mistake(((WEEKEND, "discount_percent: 20", EXPIRED),)),
}


def shown(mistake: Mistake, folder: Path) -> str:
    """Return what the command prints in a fresh starter with the mistake in it."""
    for path, old, text in mistake.edits:
        file = folder / path
        before = file.read_text() if file.exists() else ""
        assert old in before, f"{path} has no {old!r}"
        file.write_text(before.replace(old, text, 1) if old else text)
    command = [sys.executable, "-m", "promo_cli", *mistake.command.split()]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "80"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    return f"$ promo {mistake.command}\n{done.stdout}{done.stderr}"


def main() -> None:
    """Write every message to its file."""
    FOLDER.mkdir(exist_ok=True)
    for name, mistake in MISTAKES.items():
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(shutil.copytree(ROOT / "promo_cli/workspace/starter", Path(scratch) / "shop"))
            (FOLDER / f"{name}.txt").write_text(shown(mistake, folder))


if __name__ == "__main__":
    main()
