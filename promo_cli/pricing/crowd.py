"""A crowd as it stands in a lane: all would take the same units, so one of them applies, or none."""

from __future__ import annotations

from collections.abc import Iterable

from promo_cli.pricing.candidate import Candidate
from promo_cli.pricing.eligibility import ground_refusal
from promo_cli.pricing.ground import Able, Ground, Level, told_all
from promo_cli.pricing.reasons import Reason, Refusal
from promo_cli.pricing.types.base import Option, Pool
from promo_cli.pricing.types.spread import Spread
from promo_cli.pricing.units import Run
from promo_cli.pricing.verdicts import Verdicts
from promo_cli.pricing.view import View


class Crowd:
    """Those of a ground that stand ready; `mask` has a bit for every run in reach."""

    __slots__ = ("level", "mask", "pool", "runs")

    def __init__(self, level: Level, pool: Pool, mask: int, runs: list[Run]) -> None:
        self.level = level
        self.pool = pool
        self.mask = mask
        self.runs = runs

    def first(self, best_deal: bool) -> Able | None:
        """Return who applies if nobody else wants the units: who saves the most, or the first by rank."""
        base = self.pool.base
        most, best = 0, None
        for able in self.level.rivals:
            saving = able.worth(base)
            if saving > most:
                if not best_deal:
                    return able
                most, best = saving, able
        return best

    def candidates(self, some: Iterable[Able]) -> list[Candidate]:
        """Return some of the crowd as candidates of their own."""
        return [self.candidate(able, able.worth(self.pool.base)) for able in some]

    def candidate(self, able: Able, saving: int) -> Candidate:
        """Return one of the crowd as a candidate, given what it saves at the lane's start."""
        promotion, taken = able.entry.promotion, self.pool.taken
        offer = Spread(self.runs, self.pool, able.rung.formula, promotion.rules.terms)
        return Candidate(able.entry, promotion, offer, None, Option(saving, taken, 1, taken), self.mask)

    def idle(self, verdicts: Verdicts) -> None:
        """Note who of the crowd would save nothing on units as cheap as these."""
        level, base = self.level, self.pool.base
        if base < level.surely:
            idle = [able.entry for able in level.ready if not able.worth(base)]
            verdicts.keep_out(told_all(idle, Refusal(Reason.NO_SAVING)))


def gather(ground: Ground, view: View, verdicts: Verdicts) -> tuple[Crowd | None, list[Candidate]]:
    """Return the crowd of a ground as it stands in this cart, and note why the others of it are not ready.

    Where a least price keeps a promotion from its full discount, each is a candidate of its own instead.
    """
    why = ground_refusal(ground, view)
    if why is not None:
        verdicts.keep_out(ground.told(why))
        return None, []
    spent = view.spent(ground.scope, ground.how, ground.window)
    level = ground.level(spent)
    verdicts.keep_out(ground.taken)  # who lacks something is told so instead, who applies is acquitted
    for able in level.short:
        verdicts.short(able, able.least - spent)
    if level.lost:
        verdicts.keep_out(level.lost)
    if not level.ready:
        return None, []
    reach = view.in_hours(view.discountable(ground.benefit), ground.window)
    pool = view.pool(reach)
    if not pool.taken:
        nothing = Refusal(Reason.NO_SAVING if reach else Reason.NOTHING_IN_SCOPE)
        verdicts.keep_out(told_all([able.entry for able in level.ready], nothing))
        return None, []
    crowd = Crowd(level, pool, view.mask(reach), view.runs)
    return (None, _floored(crowd, view)) if pool.floored else (crowd, [])


def _floored(crowd: Crowd, view: View) -> list[Candidate]:
    made = crowd.candidates(crowd.level.ready)
    for candidate in made:
        first = candidate.offer.first(view.free)
        assert first is not None  # something of the pool can give something
        candidate.first = first
    return made
