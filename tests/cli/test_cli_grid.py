from promo_cli.cli.grid import grid


def test_columns_line_up_whatever_is_in_them() -> None:
    """Wide characters take two cells, numbers stand to the right, and nothing is cut off."""
    assert grid(("name", "n"), [("コーヒー", "5"), ("tea", "12,000")], right=(1,)) == (
        "name           n\n--------  ------\nコーヒー       5\ntea       12,000\n"
    )


def test_nothing_in_a_cell_reaches_the_terminal_as_control() -> None:
    """Escape sequences and line breaks that a till sent are shown, not obeyed."""
    text = grid(("raw",), [("\x1b[2J\nx",)])
    assert "\x1b" not in text
    assert len(text.splitlines()) == 3
