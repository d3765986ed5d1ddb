"""Applies every rule to a workspace, and sorts what was found into the order of files and places."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from promo_cli.diagnostics import Diagnostic, Severity, sort_key
from promo_cli.diagnostics.keeping import from_plain, to_plain
from promo_cli.model.promotion import Promotion
from promo_cli.validation import families
from promo_cli.validation.chain import load_chain_tests
from promo_cli.validation.facts import Facts
from promo_cli.validation.rule import PromotionRule, report, rules_for
from promo_cli.workspace import Workspace
from promo_cli.workspace.memo import UNKNOWN, Memo, digest_of
from promo_cli.workspace.paths import within, workspace_paths
from promo_cli.workspace.spread import spread

_BESIDE = {"name", "description", "owner", "approved_by", "funder", "tests"}
"""Fields that no conflict depends on."""


def check(
    workspace: Workspace,
    paths: Sequence[str | Path] = (),
    *,
    today: dt.date | None = None,
    stopping: bool = False,
    memo: Memo | None = None,
) -> list[Diagnostic]:
    """Everything that is wrong: with the text and shape of files, and with what they say, in the order of files.

    With `paths` (files and folders, relative to the current folder or else to the workspace) only what is found in
    them; the rest of the workspace is still looked at, since a finding may need it. `today` is a day in the company's
    time zone, by default the current one. With `stopping` rules about the whole are asked only where they find errors.
    `memo` has the answers of earlier runs.
    """
    wanted, unknown = workspace_paths(workspace, paths)
    today = today or dt.datetime.now(ZoneInfo(workspace.settings.timezone)).date()
    found = [*workspace.diagnostics, *load_chain_tests(workspace).diagnostics]
    found += _findings(workspace, Facts(workspace, today, memo), wanted, stopping=stopping)
    if wanted is not None:
        found = [one for one in found if one.primary is not None and within(one.primary.path, wanted)]
    return sorted([*unknown, *found], key=sort_key)


def _findings(workspace: Workspace, facts: Facts, wanted: list[str] | None, *, stopping: bool) -> Iterator[Diagnostic]:
    asked = [one for one in workspace.promotions if wanted is None or within(workspace.origin(one).path, wanted)]
    for promotion, found in zip(asked, _of_promotions(asked, facts), strict=True):
        facts.found[id(promotion)] = frozenset(one.code for one in found)
        yield from found
    standing = _standing(facts)
    for rule in families.workspace_rules():
        if stopping and rule.code.severity is not Severity.ERROR:
            continue
        silent = digest_of("silent", rule.code.code, standing) if rule.code.code.startswith("CON") else None
        if silent and facts.memo.get(silent) is not UNKNOWN:
            continue
        made = list(rule.check(facts))
        if silent and not made:
            facts.memo.put(silent, None)
        yield from (report(rule.code, finding, None, workspace) for finding in made)


def _standing(facts: Facts) -> str:
    """A digest of all that decides whether promotions are in one another's way: not what they are called.

    What conflicts look at are the promotions but for `_BESIDE`, what other rules found in them, and everything else.
    Where it is not known yet what was found in one, all of it counts.
    """
    workspace = facts.workspace
    promotions = (
        part
        for one in workspace.promotions
        for part in (
            one.model_dump_json(exclude=_BESIDE if id(one) in facts.found else None),
            ascii((sorted(facts.found.get(id(one), ())), id(one) in facts.naming_unknown)),
        )
    )
    return digest_of(_surroundings(facts), *promotions)


def _of_promotions(promotions: Sequence[Promotion[Any]], facts: Facts) -> Iterator[list[Diagnostic]]:
    """The findings of each, kept for as long as neither the promotion changes nor what its rules look at."""
    digests = _digests(promotions, facts)
    new = [one for one in promotions if facts.memo.get(digests[id(one)]) is UNKNOWN]
    rules = {promo_type: rules_for(promo_type) for promo_type in {one.promo_type for one in new}}

    def of_part(part: Sequence[Promotion[Any]]) -> list[list[Diagnostic]]:
        return [list(_of_promotion(rules[one.promo_type], one, facts)) for one in part]

    made = [found for part in spread(of_part, new) for found in part]
    for promotion, found in zip(new, made, strict=True):
        facts.memo.put(digests[id(promotion)], [to_plain(one) for one in found])
    fresh = {id(promotion): found for promotion, found in zip(new, made, strict=True)}
    for promotion in promotions:
        kept = fresh.get(id(promotion))
        yield [from_plain(one) for one in facts.memo.get(digests[id(promotion)])] if kept is None else kept


def _digests(promotions: Sequence[Promotion[Any]], facts: Facts) -> dict[int, str]:
    """A digest, for each promotion, of all that rules about one promotion look at.

    Of other promotions that is whether one has the same code, and whether those it names exist.
    """
    workspace, texts, whole = facts.workspace, facts.workspace.sources.texts, _surroundings(facts)

    def digest(promotion: Promotion[Any]) -> str:
        path = workspace.origin(promotion).path
        doubts = (promotion.code.casefold() in facts.codes_taken_twice, id(promotion) in facts.naming_unknown)
        return digest_of(whole, path, texts[path], repr(doubts))

    return {id(one): digest(one) for one in promotions}


def _surroundings(facts: Facts) -> str:
    """A digest of all that is no promotion: settings, reference data, the day, and what could not be read."""
    workspace, texts = facts.workspace, facts.workspace.sources.texts
    others = ((path, data) for path, data in texts.items() if not path.startswith("promotions/"))
    unread = (sorted(workspace.incomplete), sorted((kind, sorted(ids)) for kind, ids in workspace.mentioned.items()))
    return digest_of(facts.today.isoformat(), repr(unread), *(part for both in others for part in both))


def _of_promotion(rules: list[PromotionRule], promotion: Promotion[Any], facts: Facts) -> Iterator[Diagnostic]:
    for rule in rules:
        for finding in rule.check(promotion, facts):
            yield report(rule.code, finding, promotion, facts.workspace)
