"""Prints what `promo validate` found, in the form that was asked for."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from promo_cli.cli.session import Session, colour

if TYPE_CHECKING:
    from promo_cli.diagnostics import Diagnostic
    from promo_cli.diagnostics.render_full import Read

Form = Literal["full", "concise", "json", "github", "gitlab", "sarif", "junit", "markdown"]

ROOT_FILE = "promo.yaml"
"""Where a forge shows a finding that is about no file."""


def print_findings(session: Session, form: Form, found: Sequence[Diagnostic], files: int, read: Read) -> str:
    """Print the findings as the result and return it; `read` gives files for excerpts.

    Forges are given paths from the root of the repository.
    """
    text = _text(session, form, found, files, read)
    session.result(text)
    if form == "github":
        from promo_cli.diagnostics.moving import below

        _write_summary(below(_in_repository(session.start), found), files)
    return text


def _text(session: Session, form: Form, found: Sequence[Diagnostic], files: int, read: Read) -> str:
    match form:
        case "full":
            return full_text(found, read, coloured=colour(sys.stdout))
        case "concise":
            from promo_cli.diagnostics.render_concise import render as render_concise

            return render_concise(one for one in found if not one.suppressed)
        case "json":
            from promo_cli.diagnostics.render_json import render as render_json

            return render_json(found, files=files)
    from promo_cli.diagnostics.moving import below

    folder = _in_repository(session.start)
    moved = below(folder, found)
    root_file = f"{folder}/{ROOT_FILE}" if folder else ROOT_FILE
    match form:
        case "github":
            from promo_cli.diagnostics.render_github import render as render_github

            return render_github(moved, full_text(found, read, coloured=False))
        case "gitlab":
            from promo_cli.diagnostics.render_gitlab import render as render_gitlab

            return render_gitlab(moved, root_file=root_file)
        case "sarif":
            from promo_cli import __version__
            from promo_cli.diagnostics.registry import all_codes
            from promo_cli.diagnostics.render_sarif import render as render_sarif

            return render_sarif(moved, all_codes(), version=__version__, root_file=root_file)
        case "junit":
            from promo_cli.diagnostics.render_junit import render as render_junit

            return render_junit(moved, root_file=root_file)
        case "markdown":
            from promo_cli.diagnostics.render_markdown import render as render_markdown

            return render_markdown(moved, files=files)


def full_text(found: Sequence[Diagnostic], read: Read, *, coloured: bool) -> str:
    """Return the findings that count, for people."""
    from promo_cli.diagnostics.render_full import render

    return render([one for one in found if not one.suppressed], read, colour=coloured)


def _write_summary(found: Sequence[Diagnostic], files: int) -> None:
    """Add the table to the page of the workflow's run, where GitHub asks for it."""
    summary = os.environ.get("GITHUB_STEP_SUMMARY")
    if summary:
        from promo_cli.diagnostics.render_markdown import render

        with Path(summary).open("a", encoding="utf-8") as file:
            file.write(render(found, files=files))


def _in_repository(start: Path) -> str:
    """Return the workspace's folder below the root of its repository; "" where it is the root, or there is none."""
    from promo_cli.workspace import find_root

    root = find_root(start)
    if root is None:
        return ""
    repository = next((folder for folder in (root, *root.parents) if (folder / ".git").exists()), root)
    relative = root.relative_to(repository).as_posix()
    return "" if relative == "." else relative
