"""Applies every rule to a workspace, and sorts what was found into the order of files and places."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from promo_cli.diagnostics import Diagnostic, Location, sort_key
from promo_cli.model.promotion import Promotion
from promo_cli.validation import families
from promo_cli.validation.chain import load_chain_tests
from promo_cli.validation.facts import Facts
from promo_cli.validation.rule import PromotionRule, report
from promo_cli.workspace import Workspace
from promo_cli.workspace.codes import UNKNOWN_PATH


def check(workspace: Workspace, paths: Sequence[str | Path] = (), *, today: dt.date | None = None) -> list[Diagnostic]:
    """Everything that is wrong: with the text and shape of files, and with what they say, in the order of files.

    With `paths` (files and folders, relative to the current folder or else to the workspace) only what is found in
    them; the rest of the workspace is still looked at, since a finding may need it. `today` is a day in the company's
    time zone, by default the current one.
    """
    wanted, unknown = workspace_paths(workspace, paths)
    today = today or dt.datetime.now(ZoneInfo(workspace.settings.timezone)).date()
    found = [*workspace.diagnostics, *load_chain_tests(workspace).diagnostics]
    found += _findings(workspace, Facts(workspace, today), wanted)
    if wanted is not None:
        found = [one for one in found if one.primary is not None and within(one.primary.path, wanted)]
    return sorted([*unknown, *found], key=sort_key)


def _findings(workspace: Workspace, facts: Facts, wanted: list[str] | None) -> Iterator[Diagnostic]:
    by_type: dict[str, list[PromotionRule]] = {}
    for promotion in workspace.promotions:
        if wanted is not None and not within(workspace.origin(promotion).path, wanted):
            continue
        if promotion.promo_type not in by_type:
            by_type[promotion.promo_type] = families.rules_for(promotion.promo_type)
        yield from _of_promotion(by_type[promotion.promo_type], promotion, facts)
    for rule in families.workspace_rules():
        for finding in rule.check(facts):
            yield report(rule.code, finding, None, workspace)


def _of_promotion(rules: list[PromotionRule], promotion: Promotion[Any], facts: Facts) -> Iterator[Diagnostic]:
    for rule in rules:
        for finding in rule.check(promotion, facts):
            yield report(rule.code, finding, promotion, facts.workspace)


def workspace_paths(workspace: Workspace, paths: Sequence[str | Path]) -> tuple[list[str] | None, list[Diagnostic]]:
    """The paths below the workspace ("" for all of it), and findings for those that are not there."""
    if not paths:
        return None, []
    root = Path(os.path.realpath(workspace.root))
    wanted, unknown = [], []
    for path in paths:
        candidates = [Path(os.path.realpath(path)), Path(os.path.realpath(root / path))]
        found = next((place for place in candidates if place.exists() and place.is_relative_to(root)), None)
        if found is None:
            outside = candidates[0].exists()
            why = "is outside the workspace" if outside else "does not exist"
            advice = f"paths are relative to the current folder; the workspace is {workspace.root}"
            unknown.append(UNKNOWN_PATH.at(Location(str(path)), f"`{path}` {why}", help=advice))
        else:
            relative = found.relative_to(root).as_posix()
            wanted.append("" if relative == "." else relative)
    return wanted, unknown


def within(path: str, wanted: list[str]) -> bool:
    """Whether a path below the workspace is one of `wanted`, or in one of them."""
    return any(not one or path == one or path.startswith(f"{one}/") for one in wanted)
