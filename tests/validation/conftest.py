import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from promo_cli.diagnostics import Diagnostic, Failure
from promo_cli.validation import check
from promo_cli.workspace import load

TODAY = dt.date(2026, 2, 7)

FILES = {
    "promo.yaml": """\
company: {id: nusantara, name: Nusantara Foods}
currency: {code: IDR, exponent: 0}
timezone: Asia/Jakarta
stacking: {lanes: [main, members]}
""",
    "stores/brands.yaml": "- {id: kopi-senja, name: Kopi Senja}\n- {id: roti-harum, name: Roti Harum}\n",
    "stores/catalog.yaml": """\
categories:
  - {id: drinks, name: Drinks}
  - {id: hot-drinks, name: Hot drinks, parent: drinks}
  - {id: bakery, name: Bakery}
products:
  - {id: latte, name: Latte, category: hot-drinks, brand: kopi-senja, price: 38_000, cost: 11_500, tags: [seasonal]}
  - {id: espresso, name: Espresso, category: hot-drinks, brand: kopi-senja, price: 22_000, cost: 5_500}
  - {id: croissant, name: Croissant, category: bakery, brand: roti-harum, price: 22_000, cost: 9_000}
  - {id: cookies, name: Cookies, category: bakery, brand: roti-harum, price: 220_000, unit: kg, min_price: 110_000}
  - {id: gift-card, name: Gift card, price: 100_000, discountable: false}
""",
    "stores/tiers.yaml": "- {id: silver, name: Silver}\n- {id: gold, name: Gold}\n",
    "stores/payments.yaml": "- {id: cash, name: Cash}\n- {id: qris, name: QRIS}\n",
    "stores/holidays.yaml": "- {date: 2026-12-25, name: Christmas Day}\n",
    "stores/stores.yaml": """\
- id: jkt-sabang
  name: Sabang
  brand: kopi-senja
  region: jakarta
  channels: [dine_in, takeaway]
  tags: [street]
  opening_hours: [{open: 07:00, close: 22:00}]
- id: jkt-cikini
  name: Cikini
  brand: roti-harum
  region: jakarta
  channels: [takeaway]
  opening_hours: [{open: 07:00, close: 22:00}]
""",
    "promotions/other.yaml": """\
code: OTHER
id: pinned-other
name: Other
owner: Partnerships
promo_type: payment_discount
validity: {start_date: 2026-02-01}
rules: {payment_methods: [qris], discount_type: percent, discount_value: 5}
require_voucher: true
voucher_codes: [SHARED]
stacking: {group: breakfast, rule: first}
""",
    "promotions/example.yaml": """\
code: EXAMPLE
name: Example
owner: Marketing
promo_type: percent_discount
validity: {start_date: 2026-02-01}
rules: {discount_percent: 20}
""",
}
EXAMPLE = "promotions/example.yaml"

Findings = Callable[..., list[Diagnostic]]
_KEY = re.compile(r"^([a-z_]+):", re.MULTILINE)
_FILE = re.compile(r"^# (\S+\.(?:yaml|csv))\n", re.MULTILINE)


def merged(base: str, fragment: str) -> str:
    """Return a file with the sections of a fragment instead of its own."""
    given = set(_KEY.findall(fragment))
    blocks = re.split(r"^(?=[a-z_]+:)", base, flags=re.MULTILINE)
    return "".join(block for block in blocks if block.partition(":")[0] not in given) + fragment


def _parts(fragment: str) -> dict[str, str]:
    """Return the files that a fragment makes."""
    first, *others = _FILE.split(fragment)
    found = {} if others and not first.strip() else {EXAMPLE: merged(FILES[EXAMPLE], first)}
    for path, text in zip(others[::2], others[1::2], strict=True):
        base = FILES[EXAMPLE] if path.startswith("promotions/") else FILES["promo.yaml"] if path == "promo.yaml" else ""
        found[path] = merged(base, text) if base else text
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a workspace with two brands, two stores, five products and two promotions, which has no findings."""
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


@pytest.fixture
def findings(folder: Path) -> Findings:
    """Return a function that gives the findings of the workspace with a fragment in its example promotion.

    After a comment `# some/file.yaml` the fragment is that whole file instead; promotions take from the example what
    they leave out, and promo.yaml from ours.
    """

    def found(fragment: str = "", *, today: dt.date = TODAY, **files: str) -> list[Diagnostic]:
        for path, content in {**FILES, **_parts(fragment), **files}.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(content)
        try:
            return check(load(folder), today=today)
        except Failure as failure:
            return failure.diagnostics

    return found
