"""Applies every rule to a workspace, and sorts what was found into the order of files and places."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from promo_cli.diagnostics import Diagnostic, Severity, sort_key
from promo_cli.model.promotion import Promotion
from promo_cli.validation import families
from promo_cli.validation.chain import load_chain_tests
from promo_cli.validation.facts import Facts
from promo_cli.validation.rule import PromotionRule, report, rules_for
from promo_cli.workspace import Workspace
from promo_cli.workspace.paths import within as within
from promo_cli.workspace.paths import workspace_paths as workspace_paths
from promo_cli.workspace.spread import spread


def check(
    workspace: Workspace, paths: Sequence[str | Path] = (), *, today: dt.date | None = None, stopping: bool = False
) -> list[Diagnostic]:
    """Everything that is wrong: with the text and shape of files, and with what they say, in the order of files.

    With `paths` (files and folders, relative to the current folder or else to the workspace) only what is found in
    them; the rest of the workspace is still looked at, since a finding may need it. `today` is a day in the company's
    time zone, by default the current one. With `stopping` rules about the whole are asked only where they find errors.
    """
    wanted, unknown = workspace_paths(workspace, paths)
    today = today or dt.datetime.now(ZoneInfo(workspace.settings.timezone)).date()
    found = [*workspace.diagnostics, *load_chain_tests(workspace).diagnostics]
    found += _findings(workspace, Facts(workspace, today), wanted, stopping=stopping)
    if wanted is not None:
        found = [one for one in found if one.primary is not None and within(one.primary.path, wanted)]
    return sorted([*unknown, *found], key=sort_key)


def _findings(workspace: Workspace, facts: Facts, wanted: list[str] | None, *, stopping: bool) -> Iterator[Diagnostic]:
    asked = [one for one in workspace.promotions if wanted is None or within(workspace.origin(one).path, wanted)]
    rules = {promo_type: rules_for(promo_type) for promo_type in {one.promo_type for one in asked}}

    def of_part(promotions: Sequence[Promotion[Any]]) -> list[list[Diagnostic]]:
        return [list(_of_promotion(rules[one.promo_type], one, facts)) for one in promotions]

    of_each = [found for part in spread(of_part, asked) for found in part]
    for promotion, found in zip(asked, of_each, strict=True):
        facts.found[id(promotion)] = frozenset(one.code for one in found)
        yield from found
    for rule in families.workspace_rules():
        if stopping and rule.code.severity is not Severity.ERROR:
            continue
        for finding in rule.check(facts):
            yield report(rule.code, finding, None, workspace)


def _of_promotion(rules: list[PromotionRule], promotion: Promotion[Any], facts: Facts) -> Iterator[Diagnostic]:
    for rule in rules:
        for finding in rule.check(promotion, facts):
            yield report(rule.code, finding, promotion, facts.workspace)
