"""Packages as units: several units become one, and what is taken off it later is shared by its parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from promo_cli.pricing.catalogue import Product
from promo_cli.pricing.money import allocate, half_up
from promo_cli.pricing.units import Run, Share


def packed(code: str, name: str, number: int, parts: Sequence[Run]) -> Run:
    """Return one unit made of parts, whose discount as a package they already carry."""
    running = sum(part.running * part.count for part in parts)
    return Run(
        line=-1 - number,
        product=Product(code, name, running, 0, False, True, None, (), frozenset()),
        count=1,
        price=sum(part.price * part.count for part in parts),
        running=running,
        at_stage=sum(part.at_stage * part.count for part in parts),
        floor=sum(min(part.floor, part.running) * part.count for part in parts),
        each=running,
        surcharge=0,
        ordered_at=min(part.ordered_at for part in parts),
        order=(code, "", min(part.ordered_at for part in parts), "|".join(str(part.order) for part in parts)),
        place=0,
        sealed=any(part.sealed for part in parts),
        parts=tuple(parts),
    )


def shared(parts: Sequence[Run], promotion_id: str, amount: int) -> tuple[Run, ...]:
    """Return a package's parts with one more discount, shared by value, none below its floor."""
    weights, rooms = [part.running for part in parts], [part.room for part in parts]
    shares = allocate(amount, weights, rooms, [part.count for part in parts])
    after = []
    for part, pieces in zip(parts, shares, strict=True):
        place = part.place
        for count, off in pieces:
            given = (*part.shares, Share(promotion_id, off)) if off else part.shares
            after.append(replace(part, count=count, place=place, running=part.running - off, shares=given))
            place += count
    return tuple(after)


def unpacked(runs: Sequence[Run]) -> list[Run]:
    """Return the units as the cart listed them."""
    return [part for run in runs for part in (run.parts or (run,))]


def apart(run: Run) -> tuple[Run, Run]:
    """Split units into what they cost without their surcharge, and the surcharge as units of their own."""
    extra = half_up(run.running * run.surcharge, run.price) if run.price else 0
    stage = half_up(run.at_stage * run.surcharge, run.price) if run.price else 0
    amounts = [share.amount for share in run.shares]
    pieces = allocate(run.surcharge - extra, amounts, amounts, [1] * len(amounts))
    offs = [piece[0][1] for piece in pieces]
    base = replace(
        run,
        price=run.price - run.surcharge,
        running=run.running - extra,
        at_stage=run.at_stage - stage,
        surcharge=0,
        shares=_kept(run.shares, [share.amount - off for share, off in zip(run.shares, offs, strict=True)]),
    )
    return base, replace(
        run,
        price=run.surcharge,
        running=extra,
        at_stage=stage,
        floor=0,
        surcharge=0,
        shares=_kept(run.shares, offs),
    )


def _kept(shares: Sequence[Share], amounts: Sequence[int]) -> tuple[Share, ...]:
    return tuple(Share(share.promotion_id, amount) for share, amount in zip(shares, amounts, strict=True) if amount)
