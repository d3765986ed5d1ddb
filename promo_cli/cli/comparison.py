"""What a test expects of a receipt and what it is, side by side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from promo_cli.cli.paper import Words, fitted, justified
from promo_cli.diagnostics.visible import RED, paint
from promo_cli.model.expectation import Expectation, ExpectedLine
from promo_cli.pipeline.price import earned
from promo_cli.validation.expectation import matched, shown

COLUMN = 44
_TOTALS = {"subtotal": "Subtotal", "total_discount": "Discounts", "final_amount": "To pay"}
_NONE = "  -"

Receipt = Mapping[str, Any]


class Pair(NamedTuple):
    """One line of both columns; `expected` is empty where the test says nothing."""

    expected: str
    actual: str
    differs: bool = False


def side_by_side(expected: Expectation, receipt: Receipt, words: Words, *, colour: bool = False) -> Iterator[str]:
    """Yield both receipts in 95 columns; `≠` marks what differs. What the test does not mention is blank."""
    yield f"    {fitted('expected', COLUMN)}   actual"
    for pair in _pairs(expected, receipt, words):
        text = (
            f"{'≠' if pair.differs else ' '}   {fitted(pair.expected, COLUMN)}   {fitted(pair.actual, COLUMN)}".rstrip()
        )
        yield paint(text, RED, colour and pair.differs)


def _pairs(expected: Expectation, receipt: Receipt, words: Words) -> Iterator[Pair]:
    rule = Pair("-" * COLUMN, "-" * COLUMN)
    yield rule
    yield from _goods(expected.lines or [], receipt, words)
    yield rule
    for name, title in _TOTALS.items():
        wanted, found = getattr(expected, name), receipt[name]
        sign = "-" if name == "total_discount" else ""
        left = "" if wanted is None else justified(title, words.amount(wanted, sign), COLUMN)
        yield Pair(left, justified(title, words.amount(found, sign), COLUMN), wanted not in (None, found))
    yield from _titled("Applied", list(_applied(expected, receipt, words)))
    if expected.skipped is not None:
        yield from _titled("Not applied", list(_skipped(expected.skipped, receipt)))
    if expected.rewards is not None:
        found = [(reward, f"{reward['code']} {earned(reward, words.exponent)}") for reward in receipt["rewards"]]
        yield from _titled("Earned", list(_parts(expected.rewards, found)))
    if expected.hints is not None:
        found = [(hint, f"{hint['code']} {hint['message']}") for hint in receipt["hints"]]
        yield from _titled("Hints", list(_parts(expected.hints, found)))


def _titled(title: str, pairs: Sequence[Pair]) -> Iterator[Pair]:
    if pairs:
        yield Pair("", "")
        yield Pair(title if any(pair.expected for pair in pairs) else "", title)
        yield from pairs


def _goods(wanted: Sequence[ExpectedLine], receipt: Receipt, words: Words) -> Iterator[Pair]:
    by_line = matched(wanted, receipt["lines"])
    for index, line in enumerate(receipt["lines"]):
        expected = next((wanted[i] for i, at in by_line.items() if at == index), None)
        first = justified(words.line(line), words.amount(line["net"] + line["discount"]), COLUMN)
        if expected is None:
            yield Pair("", first)
        else:
            differs = expected.quantity not in (None, line["quantity"]) or expected.gift not in (None, "gift" in line)
            yield Pair(_line(expected, words), first, differs)
        for discount in line["discounts"]:
            if discount["amount"]:
                yield Pair("", justified(f"    {discount['code']}", words.amount(discount["amount"], "-"), COLUMN))
        for name, sign in (("discount", "-"), ("net", "")):
            amount = getattr(expected, name, None)
            if amount is not None:
                left, right = (
                    justified(f"    {name}", words.amount(one, sign), COLUMN) for one in (amount, line[name])
                )
                yield Pair(left, right, amount != line[name])
    yield from (Pair(_line(one, words), _NONE, True) for i, one in enumerate(wanted) if by_line.get(i) is None)


def _line(expected: ExpectedLine, words: Words) -> str:
    name = words.names.get(expected.product_id, expected.product_id)
    count = f"{expected.quantity} × " if expected.quantity is not None else ""
    return f"{count}{name}" + (" (gift)" if expected.gift else " (no gift)" if expected.gift is False else "")


def _applied(expected: Expectation, receipt: Receipt, words: Words) -> Iterator[Pair]:
    wanted = expected.applied
    found = {entry["code"]: entry["amount"] for entry in receipt["applied"]}
    why = {entry["code"]: entry["reason"] for entry in receipt["skipped"]}
    for code in dict.fromkeys([*(wanted or ()), *found]):
        amount = wanted.get(code) if isinstance(wanted, Mapping) else None
        left, right = f"  {code}", _NONE
        if amount is not None:
            left = justified(left, words.amount(amount), COLUMN)
        if code in found:
            right = justified(f"  {code}", words.amount(found[code]), COLUMN)
        elif code in why:
            right = f"  {code}: {why[code]}"
        if wanted is None:
            yield Pair("", right)
        elif code not in wanted:
            yield Pair(_NONE if wanted else "  nothing", right, True)
        else:
            yield Pair(left, right, code not in found or amount not in (None, found[code]))
    if wanted is not None and not wanted and not found:
        yield Pair("  nothing", "  nothing")


def _skipped(wanted: Sequence[str] | Mapping[str, str], receipt: Receipt) -> Iterator[Pair]:
    found = {entry["code"]: entry["reason_code"] for entry in receipt["skipped"]}
    applied = {entry["code"] for entry in receipt["applied"]}
    for code in wanted:
        reason = wanted[code] if isinstance(wanted, Mapping) else ""
        otherwise = "it applies" if code in applied else "nothing in the cart concerns it"
        right = f"  {code}: {found.get(code, otherwise)}"
        yield Pair(
            f"  {code}: {reason}" if reason else f"  {code}",
            right,
            code not in found or (reason or found[code]) != found[code],
        )


def _parts(wanted: Sequence[Mapping[str, Any]], found: Sequence[tuple[Mapping[str, Any], str]]) -> Iterator[Pair]:
    """Yield what is earned or offered beside what was expected of it, by code where there is one."""
    left = list(found)
    for part in wanted:
        holds = [one for one in left if all(one[0].get(key) == value for key, value in part.items())]
        near = holds or [one for one in left if one[0]["code"] == part.get("code")]
        if near:
            left.remove(near[0])
        yield Pair(f"  {shown(part)}", f"  {near[0][1]}" if near else _NONE, not holds)
    yield from (Pair("", f"  {text}") for _, text in left)
