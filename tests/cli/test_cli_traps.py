import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import ROOT

MEMORY = 1 << 30
"""Bytes of address space that telling somebody about a broken file may take."""

WEEKEND = "promotions/weekend20.yaml"
SECTIONS = "code: A\nname: A\npromo_type: percent_discount\nvalidity: {start_date: 2026-01-01}\n"


def bomb() -> str:
    """Return aliases that would be 9 to the power of 30 values."""
    levels = [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)]
    return "\n".join(["a0: &a0 [x]", *levels])


TRAPS: dict[str, tuple[str, str | bytes | Callable[[], str], str]] = {
    "duplicate-key": (WEEKEND, "code: A\ncode: B\n", "YML002"),
    "no": (WEEKEND, f"{SECTIONS}is_active: no\nrules: {{discount_percent: 20}}\n", "YML003"),
    "on": (WEEKEND, f"{SECTIONS}is_active: on\nrules: {{discount_percent: 20}}\n", "YML003"),
    "octal": (WEEKEND, f"{SECTIONS}rules: {{discount_percent: 012}}\n", "YML004"),
    "exponent": (WEEKEND, f"{SECTIONS}rules: {{discount_percent: 1e3}}\n", "YML004"),
    "minutes": (WEEKEND, f"{SECTIONS}rules: {{discount_percent: 22:00}}\n", "SCH001"),
    "tab": (WEEKEND, f"{SECTIONS}rules:\n\tdiscount_percent: 20\n", "YML005"),
    "byte-order-mark": (WEEKEND, "\ufeffcode: A\n", "YML006"),
    "latin-1": (WEEKEND, "name: Caf\xe9\n".encode("latin-1"), "YML007"),
    "utf-16": (WEEKEND, "code: A\n".encode("utf-16"), "YML007"),
    "anchor": (WEEKEND, "code: &a A\nname: *a\n", "YML008"),
    "merge-key": (WEEKEND, f"{SECTIONS}rules:\n  <<: {{discount_percent: 20}}\n", "YML008"),
    "alias-bomb": (WEEKEND, bomb, "YML008"),
    "recursion": (WEEKEND, "code: &a [*a]\n", "YML008"),
    "deep": (WEEKEND, lambda: "a: " + "[" * 100_000 + "]" * 100_000, "YML009"),
    "deep-keys": (WEEKEND, lambda: "? " * 100_000 + "a", "YML009"),
    "100-megabytes": (WEEKEND, lambda: "code: " + "x" * 100_000_000, "YML010"),
    "100-megabytes-of-products": ("stores/more.yaml", lambda: "- {id: a, name: A}\n" * 5_500_000, "YML010"),
    "half-a-million-values": ("stores/more.yaml", lambda: "- {id: a, name: A}\n" * 200_000, "YML010"),
    "number-of-5000-digits": (WEEKEND, f"{SECTIONS}rules: {{discount_percent: {'9' * 5000}}}\n", "SCH001"),
}


@pytest.mark.parametrize("name", TRAPS)
def test_a_trap_is_told_in_bounded_time_and_memory(starter: Path, name: str) -> None:
    """Whatever is in a file, `promo validate` says what it is, within a gigabyte, and neither crashes nor hangs."""
    path, content, code = TRAPS[name]
    made = content() if callable(content) else content
    (starter / path).write_bytes(made if isinstance(made, bytes) else made.encode())
    done = subprocess.run(
        [sys.executable, "-m", "promo_cli", "validate", "--format", "concise"],
        cwd=starter, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False, timeout=300,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY)),
    )  # fmt: skip
    assert done.returncode in (0, 1)
    assert f"{path}:" in done.stdout
    assert code in done.stdout, done.stdout[:2000]
    assert "INT" not in done.stdout + done.stderr
