"""Every rendering by its name."""

from __future__ import annotations

from pathlib import Path

from promo_cli.diagnostics import Failure
from promo_cli.diagnostics.suggest import nearest
from promo_cli.reports import codes
from promo_cli.reports.result import ReportResult

FORMATS = ("table", "csv", "json", "html", "pdf", "xlsx", "parquet", "png")
BINARY = ("pdf", "xlsx", "parquet", "png")
"""Those that are no text."""


def format_of(path: Path | None) -> str:
    """Return the format that a file's name asks for; a table without one."""
    suffix = path.suffix.lower().removeprefix(".") if path else ""
    return {"htm": "html"}.get(suffix, suffix) if suffix in (*FORMATS, "htm") else "table"


def rendered(result: ReportResult, form: str, section: str | None = None, *, color: bool = False) -> bytes:
    """Return the report in one of FORMATS. `section` chooses a table for csv, parquet and png; the others have all.

    Raises Failure: CFG602 for a section that the report does not have, CFG605 and CFG606 for what a format cannot hold.
    """
    names = [each.name for each in result.sections]
    if section is not None and section not in names:
        guess = nearest(section, names)
        message = f"expected a section of report {result.name!r}: {', '.join(names)}; found {section!r}"
        raise Failure([codes.BAD_PARAMETER.at(None, message, help=f"did you mean {guess}?" if guess else None)], 2)
    if form == "table":
        from promo_cli.reports.render_terminal import render_terminal

        return render_terminal(result, color=color).encode()
    if form == "csv":
        from promo_cli.reports.render_csv import render_csv

        return render_csv(result, section).encode()
    if form == "json":
        from promo_cli.reports.render_json import render_json

        return render_json(result).encode()
    if form == "html":
        from promo_cli.reports.render_html import render_html

        return render_html(result).encode()
    if form == "pdf":
        from promo_cli.reports.render_pdf import render_pdf

        return render_pdf(result)
    if form == "xlsx":
        from promo_cli.reports.render_xlsx import render_xlsx

        return render_xlsx(result)
    if form == "parquet":
        from promo_cli.reports.render_parquet import render_parquet

        return render_parquet(result, section)
    if form == "png":
        from promo_cli.reports.render_png import render_png

        return render_png(result, section)
    raise ValueError(f"expected one of {', '.join(FORMATS)}, found {form!r}")
