"""Packages as units: several units become one, and what is taken off it later is shared by its parts."""

from __future__ import annotations

from collections.abc import Sequence

from promo_cli.pricing.catalogue import Product
from promo_cli.pricing.money import allocate, half_up
from promo_cli.pricing.units import Line, Run, Share, part


def packed(code: str, name: str, number: int, parts: Sequence[Run]) -> Run:
    """Return one unit made of parts, whose discount as a package they already carry."""
    running = sum(one.running * one.count for one in parts)
    ordered_at = min(one.line.ordered_at for one in parts)
    line = Line(
        number=-1 - number,
        line_id=None,
        product=Product(code, name, running, 0, False, True, None, None, (), frozenset()),
        quantity=1,
        scaled=1,
        units=1,
        each=running,
        surcharge=0,
        price=sum(one.line.price * one.count for one in parts),
        floor=sum(min(one.line.floor, one.running) * one.count for one in parts),
        ordered_at=ordered_at,
        mark="|".join(str(one.line.order) for one in parts),
    )
    return Run(
        line,
        count=1,
        running=running,
        at_stage=sum(one.at_stage * one.count for one in parts),
        sealed=any(one.sealed for one in parts),
        parts=tuple(parts),
    )


def shared(parts: Sequence[Run], promotion_id: str, amount: int) -> tuple[Run, ...]:
    """Return a package's parts with one more discount, shared by value, none below its floor."""
    weights, rooms = [one.running for one in parts], [one.room for one in parts]
    shares = allocate(amount, weights, rooms, [one.count for one in parts])
    after = []
    for one, pieces in zip(parts, shares, strict=True):
        place = one.place
        for count, off in pieces:
            piece = part(one, count, place)
            piece.running -= off
            piece.shares = (*one.shares, (promotion_id, off)) if off else one.shares
            after.append(piece)
            place += count
    return tuple(after)


def unpacked(runs: Sequence[Run]) -> list[Run]:
    """Return the units as the cart listed them."""
    return [one for run in runs for one in (run.parts or (run,))]


def apart(run: Run) -> tuple[Run, Run]:
    """Split units into what they cost without their surcharge, and the surcharge as units of their own."""
    line = run.line
    extra = half_up(run.running * line.surcharge, line.price) if line.price else 0
    stage = half_up(run.at_stage * line.surcharge, line.price) if line.price else 0
    amounts = [amount for _, amount in run.shares]
    pieces = allocate(line.surcharge - extra, amounts, amounts, [1] * len(amounts))
    offs = [piece[0][1] for piece in pieces]
    rest = _kept(run.shares, [amount - off for amount, off in zip(amounts, offs, strict=True)])
    own = line.at_price(line.price - line.surcharge, line.floor)
    base = Run(own, run.count, run.running - extra, run.at_stage - stage, run.place, run.sealed, rest, run.parts)
    shares, added = _kept(run.shares, offs), line.at_price(line.surcharge, 0)
    return base, Run(added, run.count, extra, stage, run.place, run.sealed, shares, run.parts)


def _kept(shares: Sequence[Share], amounts: Sequence[int]) -> tuple[Share, ...]:
    return tuple((promotion_id, amount) for (promotion_id, _), amount in zip(shares, amounts, strict=True) if amount)
