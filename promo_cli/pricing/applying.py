"""What the promotions chosen in a lane do to the units: runs are split where their units are treated differently."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from promo_cli.pricing.candidate import Candidate, Choice
from promo_cli.pricing.packages import apart, packed, shared
from promo_cli.pricing.sale import Given
from promo_cli.pricing.types.base import Option
from promo_cli.pricing.units import Run, Share, discounted, part, whole
from promo_cli.pricing.view import View

_Piece = tuple[int, Share, bool, int]
"""Units of one run that are treated alike: how many, cut by what, sealed or not, and in which package (-1: none)."""


def apply(choices: Iterable[Choice], view: View) -> None:
    """Change the sale's units as the choices say, and note what each promotion gave."""
    sale = view.sale
    pieces: dict[int, list[_Piece]] = {}
    packages: dict[int, Candidate] = {}
    for candidate, option in choices:
        sale.given.append(Given(candidate.entry, option, candidate.offer.dropped(option)))
        sale.refused |= candidate.promotion.choosy
        sale.gifts += [(candidate.entry, gift) for gift in option.gifts]
        if option.sets:
            _pack(candidate, option, pieces, packages, view)
        else:
            _cut(candidate, option, pieces)
    if not pieces:
        return
    runs: list[Run] = []
    inside: dict[int, list[Run]] = {number: [] for number in packages}
    for i, run in enumerate(view.runs):
        own = pieces.get(i)
        if own is None:
            runs.append(run)
        elif len(own) == 1 and own[0][0] == run.count and own[0][3] < 0 and not run.parts:
            runs.append(whole(run, own[0][1], own[0][2]))
        else:
            _split(run, own, runs, inside)
    for number, parts in inside.items():
        promotion = packages[number].promotion
        runs.append(packed(promotion.code, promotion.name, number, parts))
    sale.runs = runs


def _cut(candidate: Candidate, option: Option, pieces: dict[int, list[_Piece]]) -> None:
    promotion = candidate.promotion
    sealed = promotion.stacking.exclusive == "units"
    left = dict(option.taken) if sealed else {}
    for i, units, amount in candidate.offer.cuts(option):
        piece = (units, (promotion.id, amount), sealed, -1)
        if i in pieces:
            pieces[i].append(piece)
        else:
            pieces[i] = [piece]
        if sealed:
            left[i] -= units
    for i, count in left.items():
        if count:
            pieces.setdefault(i, []).append((count, (promotion.id, 0), True, -1))


def _pack(
    candidate: Candidate,
    option: Option,
    pieces: dict[int, list[_Piece]],
    packages: dict[int, Candidate],
    view: View,
) -> None:
    """Cuts come package by package, so counting units tells where the next one begins."""
    promotion = candidate.promotion
    sealed = promotion.stacking.exclusive == "units"
    cuts = iter(candidate.offer.cuts(option))
    for units in (one for times, one in option.sets for _ in range(times)):
        left = sum(count for _, count in units)
        while left:
            i, count, amount = next(cuts)
            left -= count
            pieces.setdefault(i, []).append((count, (promotion.id, amount), sealed, view.sale.packages))
        packages[view.sale.packages] = candidate
        view.sale.packages += 1


def _split(run: Run, pieces: Sequence[_Piece], runs: list[Run], inside: dict[int, list[Run]]) -> None:
    """Add a run's pieces to `runs` or to their packages; units that nothing happens to stand first in the line."""
    alone = run.count - sum([piece[0] for piece in pieces])
    place = run.place + alone
    if alone:
        runs.append(part(run, alone, run.place))
    for units, share, sealed, package in pieces:
        if package < 0:
            parts = shared(run.parts, *share) if run.parts else ()
            runs.append(discounted(run, units, place, share, sealed, parts))
        else:
            base = run
            if run.line.surcharge:
                base, extra = apart(run)
                runs.append(part(extra, units, place))
            parts = shared(base.parts, *share) if base.parts else ()
            inside[package].append(discounted(base, units, place, share, sealed, parts))
        place += units
