"""The `tests:` of promotions: each cart compiled for, priced as its store's till would, and compared."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from promo_cli.compiler import compile_fleet, stores_running
from promo_cli.diagnostics import Diagnostic, Failure, Related
from promo_cli.model.expectation import PromotionTest
from promo_cli.model.promotion import Promotion
from promo_cli.pricing import BundleError, CartError, PreparedBundle, prepare, price
from promo_cli.validation.check import within, workspace_paths
from promo_cli.validation.codes import TEST_BROKEN, TEST_FAILED
from promo_cli.validation.expectation import Difference, differences
from promo_cli.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Result:
    """One test and how it went. `receipt` is None where the cart could not be priced; `at` is as the test says it."""

    code: str
    path: str
    name: str
    store_id: str | None
    at: str
    receipt: dict[str, Any] | None
    differences: tuple[Difference, ...]
    diagnostics: tuple[Diagnostic, ...]

    @property
    def passed(self) -> bool:
        """Whether everything is as expected."""
        return not self.diagnostics


@dataclass(frozen=True, slots=True)
class _Case:
    """A test that can be run: the promotion, its index among the tests, the store and its day."""

    promotion: Promotion[Any]
    index: int
    store_id: str
    day: dt.date

    @property
    def test(self) -> PromotionTest:
        return self.promotion.tests[self.index]


def run(workspace: Workspace, paths: Sequence[str | Path] = ()) -> list[Result]:
    """Run the tests of every promotion, or of those in `paths`, in the order of files.

    Expects a workspace without errors. Inactive promotions are tested as if they were active. Raises Failure (exit 2)
    for a path that is not in the workspace.
    """
    wanted, unknown = workspace_paths(workspace, paths)
    if unknown:
        raise Failure(unknown, exit_code=2)
    results: dict[tuple[int, int], Result] = {}
    cases: list[_Case] = []
    chosen = [one for one in workspace.promotions if wanted is None or within(workspace.origin(one).path, wanted)]
    for promotion in chosen:
        for index in range(len(promotion.tests)):
            case = _case(workspace, promotion, index)
            if isinstance(case, _Case):
                cases.append(case)
            else:
                results[id(promotion), index] = case
    results.update(_run(workspace, cases))
    return [results[id(promotion), index] for promotion in chosen for index in range(len(promotion.tests))]


def diagnostics_of(results: Iterable[Result]) -> list[Diagnostic]:
    """The findings of all tests that did not pass."""
    return [found for result in results for found in result.diagnostics]


def _case(workspace: Workspace, promotion: Promotion[Any], index: int) -> _Case | Result:
    test = promotion.tests[index]
    stores = [store.id for store in workspace.stores]
    running = [test.store] if test.store is not None else stores_running(workspace, promotion)
    if not running or running[0] not in stores:
        message = "there is no such store" if running else "the promotion runs in no store"
        return _broken(workspace, promotion, index, "/store", message, "name a store with `store:`")
    store = next(store for store in workspace.stores if store.id == running[0])
    try:
        at = dt.datetime.fromisoformat(test.at)
    except ValueError:
        message = f'"{test.at}" is not a moment'
        return _broken(workspace, promotion, index, "/at", message, "write a day and a time, such as 2026-02-07 10:00")
    zone = ZoneInfo(store.timezone or workspace.settings.timezone)
    return _Case(promotion, index, store.id, (at.astimezone(zone) if at.tzinfo else at).date())


def _run(workspace: Workspace, cases: Sequence[_Case]) -> Iterator[tuple[tuple[int, int], Result]]:
    """Price day by day, each store's bundle compiled and prepared once for all tests that need it."""
    by_day: dict[tuple[int, dt.date], list[_Case]] = defaultdict(list)
    for case in cases:
        # An inactive promotion is in nobody's bundle: it gets a workspace in which it is active.
        alone = 0 if case.promotion.is_active else id(case.promotion)
        by_day[alone, case.day].append(case)
    for (alone, day), group in by_day.items():
        variant = _with_active(workspace, group[0].promotion) if alone else workspace
        bundles = compile_fleet(variant, day, only={case.store_id for case in group})
        prepared: dict[bytes, PreparedBundle] = {}
        for case in group:
            bundle = bundles[case.store_id]
            try:
                if bundle not in prepared:
                    prepared[bundle] = prepare(bundle)
                result = _priced(workspace, case, prepared[bundle])
            except BundleError as error:
                advice = "this version cannot price it; see the note"
                result = _broken(
                    workspace, case.promotion, case.index, "", "the bundle cannot be priced", advice, str(error)
                )
            yield (id(case.promotion), case.index), result


def _with_active(workspace: Workspace, promotion: Promotion[Any]) -> Workspace:
    active = promotion.model_copy(update={"is_active": True})
    return replace(workspace, promotions=tuple(active if one is promotion else one for one in workspace.promotions))


def _priced(workspace: Workspace, case: _Case, prepared: PreparedBundle) -> Result:
    test = case.test
    cart = _plain(test.cart.model_dump(exclude_unset=True, exclude_none=True))
    try:
        receipt = price({**cart, "store_id": case.store_id, "at": test.at}, prepared)
    except CartError as error:
        pointer = "/at" if error.pointer == "/at" else f"/cart{error.pointer}"
        message = f"the cart cannot be priced: {error.message}"
        note = f"expected {error.expected}, found {error.found}"
        return _broken(workspace, case.promotion, case.index, pointer, message, error.help, note)
    found = tuple(differences(test.expect, receipt))
    diagnostics = (_failed(workspace, case, found, receipt),) if found else ()
    return _result(workspace, case.promotion, case.index, case.store_id, receipt, found, diagnostics)


def _failed(workspace: Workspace, case: _Case, found: tuple[Difference, ...], receipt: dict[str, Any]) -> Diagnostic:
    at = f"/tests/{case.index}/expect"
    first, *others = found
    amounts = [f"{entry['code']} {entry['amount']:,}" for entry in receipt["applied"]]
    notes = [f"at {case.store_id}, {case.test.at}; applied: {', '.join(amounts) or 'nothing'}"]
    notes += [
        f"{entry['code']} was skipped: {entry['reason']}"
        for entry in receipt["skipped"]
        if entry["code"] == case.promotion.code
    ]
    return TEST_FAILED.at(
        workspace.locate(case.promotion, at + first.pointer),
        f'test "{case.test.name}": {first}',
        related=[Related(workspace.locate(case.promotion, at + other.pointer), str(other)) for other in others],
        notes=notes,
        help="correct the promotion, or what the test expects",
    )


def _broken(
    workspace: Workspace,
    promotion: Promotion[Any],
    index: int,
    pointer: str,
    message: str,
    advice: str,
    note: str | None = None,
) -> Result:
    test = promotion.tests[index]
    found = TEST_BROKEN.at(
        workspace.locate(promotion, f"/tests/{index}{pointer}"),
        f'test "{test.name}": {message}',
        notes=[note] if note else [],
        help=advice,
    )
    return _result(workspace, promotion, index, test.store, None, (), (found,))


def _result(
    workspace: Workspace,
    promotion: Promotion[Any],
    index: int,
    store_id: str | None,
    receipt: dict[str, Any] | None,
    found: tuple[Difference, ...],
    diagnostics: tuple[Diagnostic, ...],
) -> Result:
    test = promotion.tests[index]
    path = workspace.origin(promotion).path
    return Result(promotion.code, path, test.name, store_id, test.at, receipt, found, diagnostics)


def _plain(value: Any) -> Any:
    """Dates as text, as carts hold them."""
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_plain(part) for part in value]
    return value.isoformat() if isinstance(value, dt.date) else value
