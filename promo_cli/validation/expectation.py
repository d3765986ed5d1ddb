"""What a test expects of its receipt, against the receipt. Amounts are in major units, exact."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from promo_cli.model.expectation import Expectation, ExpectedLine

_TOTALS = ("subtotal", "total_discount", "final_amount")


@dataclass(frozen=True, slots=True)
class Difference:
    """A part of the receipt that is not as expected; `pointer` leads to it in the test's `expect`."""

    pointer: str
    what: str
    expected: Any
    actual: Any

    def __str__(self) -> str:
        return f"{self.what} is {shown(self.actual)}, expected {shown(self.expected)}"


def differences(expected: Expectation, receipt: Mapping[str, Any]) -> Iterator[Difference]:
    """Every part that was expected and is otherwise. What is not mentioned may be anything."""
    for name in _TOTALS:
        wanted = getattr(expected, name)
        if wanted is not None and wanted != receipt[name]:
            yield Difference(f"/{name}", name, wanted, receipt[name])
    if expected.applied is not None:
        yield from _applied(expected.applied, receipt["applied"])
    if expected.skipped is not None:
        yield from _skipped(expected.skipped, receipt["skipped"])
    yield from _lines(expected.lines or (), receipt["lines"])
    for name in ("rewards", "hints"):
        for index, part in enumerate(getattr(expected, name) or ()):
            if not any(_holds(part, found) for found in receipt[name]):
                yield Difference(f"/{name}/{index}", name, part, receipt[name])


@dataclass(frozen=True, slots=True)
class Correction:
    """What the expectation would say at `pointer` to fit a receipt; None where that is for a person to decide."""

    pointer: str
    value: Any


def corrections(expected: Expectation, receipt: Mapping[str, Any]) -> Iterator[Correction]:
    """Yield, for every part that differs, what it would say instead, in the form in which it is written."""
    for name in _TOTALS:
        if getattr(expected, name) not in (None, receipt[name]):
            yield Correction(f"/{name}", receipt[name])
    if expected.applied is not None and any(_applied(expected.applied, receipt["applied"])):
        found = {entry["code"]: entry["amount"] for entry in receipt["applied"]}
        yield Correction("/applied", found if isinstance(expected.applied, Mapping) else list(found))
    if expected.skipped is not None and any(_skipped(expected.skipped, receipt["skipped"])):
        reasons = {entry["code"]: entry["reason_code"] for entry in receipt["skipped"]}
        left = {code: reasons[code] for code in expected.skipped if code in reasons}
        yield Correction("/skipped", left if isinstance(expected.skipped, Mapping) else list(left))
    for one in _lines(expected.lines or (), receipt["lines"]):
        yield Correction(one.pointer, one.actual)
    for name in ("rewards", "hints"):
        for index, part in enumerate(getattr(expected, name) or ()):
            if not any(_holds(part, found) for found in receipt[name]):
                same = next((one for one in receipt[name] if one["code"] == part.get("code")), None)
                known = same is not None and part.keys() <= same.keys()
                yield Correction(f"/{name}/{index}", {key: same[key] for key in part} if same and known else None)


def shown(value: Any) -> str:
    """A value as a message shows it: amounts with separators, lists of codes with commas."""
    match value:
        case None:
            return "missing"
        case bool():
            return "true" if value else "false"
        case int() | Decimal():
            text = f"{Decimal(value):,f}"
            return text.rstrip("0").rstrip(".") if "." in text else text
        case dict():
            return ", ".join(f"{key} {shown(part)}" for key, part in value.items()) or "empty"
        case list() | tuple():
            return "; ".join(map(shown, value)) if value else "none"
        case _:
            return str(value)


def _applied(
    expected: Sequence[str] | Mapping[str, Decimal], applied: Sequence[Mapping[str, Any]]
) -> Iterator[Difference]:
    """Exactly these promotions, in any order; with amounts if they are given."""
    found = {entry["code"]: entry["amount"] for entry in applied}
    if set(expected) != set(found):
        yield Difference("/applied", "applied", sorted(expected), sorted(found))
    elif isinstance(expected, Mapping):
        for code, amount in expected.items():
            if found[code] != amount:
                yield Difference(f"/applied/{code}", f"the discount of {code}", amount, found[code])


def _skipped(expected: Sequence[str] | Mapping[str, str], skipped: Sequence[Mapping[str, Any]]) -> Iterator[Difference]:
    """These promotions among the skipped ones; for these reasons if they are given."""
    found = {entry["code"]: entry["reason_code"] for entry in skipped}
    for index, code in enumerate(expected):
        by_reason = isinstance(expected, Mapping)
        pointer = f"/skipped/{code}" if by_reason else f"/skipped/{index}"
        if code not in found:
            yield Difference(pointer, "skipped", code, sorted(found))
        elif isinstance(expected, Mapping) and expected[code] != found[code]:
            yield Difference(pointer, f"the reason for {code}", expected[code], found[code])


def matched(expected: Sequence[ExpectedLine], lines: Sequence[Mapping[str, Any]]) -> dict[int, int]:
    """Return the receipt's line for each expected one, by their indexes: the next of the same product."""
    found: dict[int, int] = {}
    for index, wanted in enumerate(expected):
        alike = (i for i, line in enumerate(lines) if line["product_id"] == wanted.product_id)
        line = next((i for i in alike if i not in found.values()), None)
        if line is not None:
            found[index] = line
    return found


def _lines(expected: Sequence[ExpectedLine], lines: Sequence[Mapping[str, Any]]) -> Iterator[Difference]:
    """What is stated of a line; several lines of one product in their order."""
    by_line = matched(expected, lines)
    for index, wanted in enumerate(expected):
        parts = wanted.model_dump(exclude_none=True)
        line = lines[by_line[index]] if index in by_line else None
        found = {name: _part(line, name) for name in parts} if line is not None else None
        if found != parts:
            yield Difference(f"/lines/{index}", f"the line of {wanted.product_id}", parts, found)


def _part(line: Mapping[str, Any], name: str) -> Any:
    return line.get(name, False) if name == "gift" else line.get(name)


def _holds(wanted: Any, found: Any) -> bool:
    """Whether everything in `wanted` is in `found`."""
    if isinstance(wanted, dict):
        return isinstance(found, dict) and all(
            key in found and _holds(part, found[key]) for key, part in wanted.items()
        )
    return bool(wanted == found)
