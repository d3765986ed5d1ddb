"""Runs tests: each cart priced as its store's till would, and the receipt compared with what was expected."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from promo_cli.compiler import compile_fleet, stores_running
from promo_cli.diagnostics import Diagnostic, Failure, Location, Related, Severity
from promo_cli.diagnostics.suggest import nearest
from promo_cli.model.promotion import Promotion
from promo_cli.pricing import BundleError, CartError, PreparedBundle, prepare, price
from promo_cli.validation.chain import load_chain_tests, of_chain
from promo_cli.validation.codes import TEST_BROKEN, TEST_FAILED, TEST_UNKNOWN
from promo_cli.validation.expectation import Difference, differences
from promo_cli.validation.trial import Trial, of_promotion
from promo_cli.workspace import Workspace
from promo_cli.workspace.paths import within, workspace_paths


@dataclass(frozen=True, slots=True)
class Result:
    """One test and how it went. `receipt` is None where the cart could not be priced; amounts are in major units."""

    trial: Trial
    place: Location
    store_id: str | None
    receipt: dict[str, Any] | None
    differences: tuple[Difference, ...]
    diagnostics: tuple[Diagnostic, ...]

    @property
    def passed(self) -> bool:
        """Whether everything is as expected."""
        return not self.diagnostics

    @property
    def name(self) -> str:
        """What the test shows."""
        return self.trial.name

    @property
    def code(self) -> str | None:
        """The code of the promotion whose own test it is."""
        return self.trial.promotion.code if self.trial.promotion else None

    @property
    def at(self) -> str | None:
        """The moment as the test states it, by the store's clock."""
        return self.trial.cart.get("at")


@dataclass(frozen=True, slots=True)
class _Case:
    """A trial with the store and the day whose bundle prices it."""

    trial: Trial
    store_id: str
    day: dt.date


def run(workspace: Workspace, paths: Sequence[str | Path] = (), *, matching: str = "") -> list[Result]:
    """Run the tests of every promotion and of every `*.test.yaml`, in this order, or those in `paths`.

    With `matching` only tests that have this text in their name or their promotion's code, whatever the case. Expects a
    workspace without errors. Inactive promotions are tested as if they were active, by their own tests. Raises Failure:
    exit 1 for files of tests with mistakes, 2 for a path that is not in the workspace or a text that no test has.
    """
    trials = _selected(workspace, paths, matching.lower())
    results: dict[Trial, Result] = {}
    cases: list[_Case] = []
    for trial in trials:
        case = _case(workspace, trial)
        if isinstance(case, _Case):
            cases.append(case)
        else:
            results[trial] = case
    results |= {result.trial: result for result in _run(workspace, cases)}
    return [results[trial] for trial in trials]


def diagnostics_of(results: Iterable[Result]) -> list[Diagnostic]:
    """The findings of all tests that did not pass."""
    return [found for result in results for found in result.diagnostics]


def _selected(workspace: Workspace, paths: Sequence[str | Path], matching: str) -> list[Trial]:
    wanted, unknown = workspace_paths(workspace, paths)
    if unknown:
        raise Failure(unknown, exit_code=2)
    chain = load_chain_tests(workspace)
    errors = [found for found in chain.diagnostics if found.severity is Severity.ERROR]
    if errors:
        raise Failure(errors, exit_code=1)
    trials = [trial for promotion in workspace.promotions for trial in of_promotion(workspace, promotion)]
    trials += [trial for path, tests in chain.tests.items() for trial in of_chain(path, tests)]
    trials = [trial for trial in trials if wanted is None or within(trial.path, wanted)]
    named = [trial for trial in trials if matching in _title(trial).lower()]
    if trials and not named:
        message = f'no test has "{matching}" in its name or in the code of its promotion'
        raise Failure([TEST_UNKNOWN.at(None, message, help="`promo test -v` lists all names")], exit_code=2)
    return named


def _title(trial: Trial) -> str:
    return f"{trial.promotion.code} {trial.name}" if trial.promotion else trial.name


def _case(workspace: Workspace, trial: Trial) -> _Case | Result:
    store_id, at = trial.cart.get("store_id"), trial.cart.get("at")
    if store_id is None:
        running = stores_running(workspace, trial.promotion) if trial.promotion else []
        if not running:
            message = "the promotion runs in no store" if trial.promotion else "it names no store"
            place = workspace.locate(trial.path, f"{trial.pointer}/store")
            return _broken(workspace, trial, place, message, "name a store with `store:`")
        store_id = running[0]
    store = next((store for store in workspace.stores if store.id == store_id), None)
    if store is None:
        guess = nearest(store_id, [store.id for store in workspace.stores])
        advice = f"did you mean `{guess}`?" if guess else "take the id of a store below stores/"
        return _broken(workspace, trial, trial.place(workspace, "/store_id"), f"there is no store `{store_id}`", advice)
    if at is None:
        place = workspace.locate(trial.path, f"{trial.pointer}/at")
        return _broken(workspace, trial, place, "it names no moment", "add `at: 2026-02-07 10:00`")
    try:
        moment = dt.datetime.fromisoformat(at)
    except ValueError:
        advice = "write a day and a time, such as 2026-02-07 10:00"
        return _broken(workspace, trial, trial.place(workspace, "/at"), f'"{at}" is not a moment', advice)
    zone = ZoneInfo(store.timezone or workspace.settings.timezone)
    return _Case(trial, store.id, (moment.astimezone(zone) if moment.tzinfo else moment).date())


def _run(workspace: Workspace, cases: Sequence[_Case]) -> Iterator[Result]:
    """Price day by day, each store's bundle compiled and prepared once for all tests that need it."""
    by_day: dict[tuple[int, dt.date], list[_Case]] = defaultdict(list)
    for case in cases:
        # An inactive promotion is in nobody's bundle: it gets a workspace in which it is active.
        promotion = case.trial.promotion
        alone = 0 if promotion is None or promotion.is_active else id(promotion)
        by_day[alone, case.day].append(case)
    for (alone, day), group in by_day.items():
        promotion = group[0].trial.promotion
        variant = _with_active(workspace, promotion) if alone and promotion else workspace
        bundles = compile_fleet(variant, day, only={case.store_id for case in group})
        prepared: dict[bytes, PreparedBundle] = {}
        for case in group:
            bundle = bundles[case.store_id]
            try:
                if bundle not in prepared:
                    prepared[bundle] = prepare(bundle)
                yield _priced(workspace, case, prepared[bundle])
            except BundleError as error:
                message, advice = "the bundle cannot be priced", "this version cannot price it; see the note"
                yield _broken(workspace, case.trial, case.trial.place(workspace), message, advice, str(error))


def _with_active(workspace: Workspace, promotion: Promotion[Any]) -> Workspace:
    active = promotion.model_copy(update={"is_active": True})
    return replace(workspace, promotions=tuple(active if one is promotion else one for one in workspace.promotions))


def _priced(workspace: Workspace, case: _Case, prepared: PreparedBundle) -> Result:
    trial = case.trial
    try:
        receipt = price({**trial.cart, "store_id": case.store_id}, prepared)
    except CartError as error:
        message = f"the cart cannot be priced: {error.message}"
        note = f"expected {error.expected}, found {error.found}"
        return _broken(workspace, trial, trial.place(workspace, error.pointer), message, error.help, note)
    found = tuple(differences(trial.expect, receipt))
    diagnostics = (_failed(workspace, case, found, receipt),) if found else ()
    return Result(trial, trial.place(workspace), case.store_id, receipt, found, diagnostics)


def _failed(workspace: Workspace, case: _Case, found: tuple[Difference, ...], receipt: dict[str, Any]) -> Diagnostic:
    trial = case.trial
    first, *others = ((trial.place(workspace, f"/expect{one.pointer}"), str(one)) for one in found)
    amounts = [f"{entry['code']} {entry['amount']:,}" for entry in receipt["applied"]]
    notes = [f"at {case.store_id}, {trial.cart['at']}; applied: {', '.join(amounts) or 'nothing'}"]
    expected = {*(trial.expect.applied or ()), trial.promotion.code if trial.promotion else None}
    notes += [
        f"{entry['code']} was skipped: {entry['reason']}" for entry in receipt["skipped"] if entry["code"] in expected
    ]
    return TEST_FAILED.at(
        first[0],
        f'test "{trial.name}": {first[1]}',
        related=[Related(place, text) for place, text in others],
        notes=notes,
        help="correct the promotion, or what the test expects (`promo test --update`)",
    )


def _broken(
    workspace: Workspace, trial: Trial, place: Location, message: str, advice: str, note: str | None = None
) -> Result:
    found = TEST_BROKEN.at(place, f'test "{trial.name}": {message}', notes=[note] if note else [], help=advice)
    return Result(trial, trial.place(workspace), trial.cart.get("store_id"), None, (), (found,))
