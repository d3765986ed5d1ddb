from collections.abc import Callable
from pathlib import Path

import pytest

PROMO_YAML = """\
company: {id: nusantara, name: Nusantara Foods}
currency: {code: IDR, exponent: 0}
timezone: Asia/Jakarta
"""

PROMOTION = """\
code: WEEKEND20
name: Weekend Special
promo_type: percent_discount
validity: {start_date: 2026-02-01, end_date: 2026-02-28}
rules: {discount_percent: 20}
"""

Write = Callable[[dict[str, str | bytes]], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Return a function that writes files below a workspace with a promo.yaml, and returns its folder."""

    def write_files(files: dict[str, str | bytes]) -> Path:
        for name, content in {"promo.yaml": PROMO_YAML, **files}.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        return tmp_path

    return write_files
