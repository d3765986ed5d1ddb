from pathlib import Path

from tests.conftest import Promo

WEEKEND = "promotions/weekend20.yaml"


def untidy(root: Path) -> str:
    """Put the code of a promotion last and a comment behind it; return its text."""
    text = (root / WEEKEND).read_text()
    line = next(line for line in text.splitlines() if line.startswith("code:"))
    changed = text.replace(f"{line}\n", "") + "code: 'WEEKEND20'  # never reuse it\n"
    (root / WEEKEND).write_text(changed)
    return changed


def test_fmt_writes_what_changes_and_nothing_else(promo: Promo, starter: Path) -> None:
    """One file is put in order, its comment in its column; a second run has nothing to do."""
    untidy(starter)
    outcome = promo("fmt", cwd=starter)
    assert (outcome.code, outcome.out.split()) == (0, [WEEKEND])
    assert "\ncode: WEEKEND20    # never reuse it\nname: " in (starter / WEEKEND).read_text()
    assert promo("fmt", cwd=starter).out == ""
    assert promo("validate", cwd=starter).code == 0


def test_check_and_diff_write_nothing(promo: Promo, starter: Path) -> None:
    """Both exit with 1 where something would change, --diff shows it."""
    before = untidy(starter)
    check = promo("fmt", "--check", cwd=starter)
    assert (check.code, check.out.split()) == (1, [WEEKEND])
    diff = promo("fmt", "--diff", cwd=starter)
    assert diff.code == 1
    assert "-code: 'WEEKEND20'  # never reuse it" in diff.out
    assert (starter / WEEKEND).read_text() == before


def test_the_example_chain_and_the_starter_are_formatted(promo: Promo, chain: Path, starter: Path) -> None:
    """What we show to people looks as `promo fmt` leaves it."""
    for root in (chain, starter):
        assert promo("fmt", "--check", cwd=root).code == 0


def test_only_named_files_are_formatted(promo: Promo, starter: Path) -> None:
    """A path narrows it down; one that is not there is an error."""
    before = untidy(starter)
    assert promo("fmt", "promotions/save15.yaml", cwd=starter).out == ""
    assert (starter / WEEKEND).read_text() == before
    assert promo("fmt", "promotions/none.yaml", cwd=starter).code == 2


def test_a_broken_file_is_left_and_named(promo: Promo, starter: Path) -> None:
    """A file with a mistake stays as it is, and the next step is said."""
    (starter / WEEKEND).write_text("code: [\n")
    outcome = promo("fmt", cwd=starter)
    assert (starter / WEEKEND).read_text() == "code: [\n"
    assert f"Next: promo validate {WEEKEND}" in outcome.err
    document = promo("fmt", "--json", cwd=starter).json
    assert document == {"schema": "promo.fmt/1", "changed": [], "left": [WEEKEND], "written": True}


def test_reference_data_keeps_its_tables(promo: Promo, chain: Path) -> None:
    """Columns aligned by hand in stores/ are not touched, even when named."""
    before = (chain / "stores/catalog.yaml").read_text()
    assert promo("fmt", "stores", cwd=chain).out == ""
    assert (chain / "stores/catalog.yaml").read_text() == before
