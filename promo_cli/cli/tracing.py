"""How a receipt came about, for --trace: prices stage by stage and lane by lane, and what became of every promotion."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from promo_cli.cli.paper import Words, fitted, justified

WIDTH = 100
_NAME = 32
_COLUMN = 16
_CODE = 18
_FIGURE = 13

Receipt = Mapping[str, Any]


def traced(receipt: Receipt, words: Words) -> Iterator[str]:
    """Yield the trace of a receipt that has one, in 100 columns."""
    lanes = [lane for lane in receipt["trace"] if lane["taken"] or lane["ready"]]
    yield from _prices(receipt, lanes, words)
    reasons = {entry["promotion_id"]: entry["reason"] for entry in receipt["skipped"]}
    told: set[str] = set()
    for lane in lanes:
        yield from _lane(lane, reasons, words)
        told |= {entry["promotion_id"] for entry in lane["ready"]}
    rest = [entry for entry in receipt["skipped"] if entry["promotion_id"] not in told]
    yield from _listed("Could not apply", rest)


def _prices(receipt: Receipt, lanes: Sequence[Mapping[str, Any]], words: Words) -> Iterator[str]:
    """Yield what every line costs after each lane that took something; as many tables as the width asks for."""
    taking = [lane for lane in lanes if any(not _is_gift(one, receipt) for one in lane["taken"])]
    lines = [line for line in receipt["lines"] if not line.get("gift")]
    running = [line["list_amount"] for line in lines]
    columns = [("", "list", [*running, sum(running)])]
    for lane in taking:
        own = {one["promotion_id"] for one in lane["taken"]}
        off = [sum(d["amount"] for d in line["discounts"] if d["promotion_id"] in own) for line in lines]
        running = [before - less for before, less in zip(running, off, strict=True)]
        columns.append((lane["stage"], lane["lane"], [*running, sum(running)]))
    names = [words.line(line) for line in lines] + ["Total"]
    room = (WIDTH - _NAME) // _COLUMN
    for first in range(0, len(columns), room):
        shown = columns[first : first + room]
        yield "\nRunning prices, after each stage and lane" if first == 0 else ""
        for heads in ([stage for stage, _, _ in shown], [lane for _, lane, _ in shown]):
            yield (" " * _NAME + "".join(f"{head:>{_COLUMN}}" for head in heads)).rstrip()
        for row, name in enumerate(names):
            cells = (f"{words.amount(amounts[row]):>{_COLUMN}}" for _, _, amounts in shown)
            yield f"  {fitted(name, _NAME - 2)}{''.join(cells)}"


def _is_gift(taken: Mapping[str, Any], receipt: Receipt) -> bool:
    """Tell whether a promotion gave gift lines only, which change no running price."""
    of_gifts = [
        discount["promotion_id"] for line in receipt["lines"] if line.get("gift") for discount in line["discounts"]
    ]
    return taken["promotion_id"] in of_gifts


def _lane(lane: Mapping[str, Any], reasons: Mapping[str, str], words: Words) -> Iterator[str]:
    """Yield what stood ready in a lane with what it would take off alone, what was taken, and why the rest was not."""
    yield ""
    search = "" if lane["search"] == "exact" else ", not searched to the end"
    title = f"Stage {lane['stage']}, lane {lane['lane']}{search}"
    yield justified(title, f"before: {words.amount(lane['before'])}", WIDTH)
    yield f"  {fitted('', _CODE)}{'alone':>{_FIGURE}}{'taken':>{_FIGURE}}"
    taken = {one["promotion_id"]: one for one in lane["taken"]}
    order = [*taken, *(one["promotion_id"] for one in lane["ready"])]
    for one in sorted(lane["ready"], key=lambda one: order.index(one["promotion_id"])):
        mine = taken.get(one["promotion_id"])
        figures = f"{words.amount(one['alone']):>{_FIGURE}}{words.amount(mine['amount']) if mine else '-':>{_FIGURE}}"
        if mine is None:
            why = reasons.get(one["promotion_id"], "")
        else:
            units = f"{mine['units']} unit{'s' if mine['units'] != 1 else ''}" if mine["units"] else "a gift"
            why = units + (f", {mine['times']} times" if mine["times"] > 1 else "")
        yield fitted(f"  {fitted(one['code'], _CODE)}{figures}   {why}", WIDTH).rstrip()


def _listed(title: str, entries: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    if entries:
        yield f"\n{title}"
        yield from (fitted(f"  {fitted(one['code'], _CODE)} {one['reason']}", WIDTH).rstrip() for one in entries)
