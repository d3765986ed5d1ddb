"""A question to the workspace's warehouse."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from promo_cli.pipeline.ingest import warehouse_of
from promo_cli.reports.files import read
from promo_cli.reports.result import ReportResult
from promo_cli.reports.run import run_report
from promo_cli.workspace import Workspace, load

OWN_REPORTS = "reports"


def run_named(
    start: Path, name: str, arguments: Sequence[str] = (), params: Mapping[str, Any] | None = None
) -> ReportResult:
    """Run a report of the toolkit, or the workspace's own from its reports/ folder.

    `arguments` fill the report's required parameters in order; `params` any by name. Raises Failure (exit 2) for an
    unknown report or parameter, or where nothing was ingested yet.
    """
    workspace = load(start)
    folder = workspace.root / OWN_REPORTS
    required = [parameter for parameter in read(name, folder).parameters if parameter.required]
    filled: dict[str, Any] = dict(params or {})
    for index, parameter in enumerate(required):
        given = arguments[index:] if parameter.type == "texts" else arguments[index : index + 1]
        if given:
            filled[parameter.name] = list(given) if parameter.type == "texts" else given[0]
    return run_report(name, filled, warehouse_of(workspace), folder=folder, expected_stores=stores_of(workspace))


def stores_of(workspace: Workspace) -> list[str]:
    """Return the stores that should report."""
    return [store.id for store in workspace.stores]
