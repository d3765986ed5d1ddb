"""What the promotions chosen in a lane do to the units: runs are split where their units are treated differently."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple

from promo_cli.pricing.candidate import Candidate, Choice
from promo_cli.pricing.packages import apart, packed, shared
from promo_cli.pricing.sale import Given
from promo_cli.pricing.types.base import Option
from promo_cli.pricing.units import Run, Share, discounted
from promo_cli.pricing.view import View


class _Piece(NamedTuple):
    """Units of one run that are treated alike: cut by one promotion, perhaps sealed, perhaps part of a package."""

    units: int
    share: Share
    sealed: bool
    package: int | None = None


def apply(choices: Iterable[Choice], view: View) -> None:
    """Change the sale's units as the choices say, and note what each promotion gave."""
    sale = view.sale
    pieces: dict[int, list[_Piece]] = {}
    packages: dict[int, Candidate] = {}
    for candidate, option in choices:
        sale.given.append(Given(candidate.entry, option, candidate.offer.dropped(option)))
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
        if i in pieces:
            _split(run, pieces[i], runs, inside)
        else:
            runs.append(run)
    for number, parts in inside.items():
        promotion = packages[number].promotion
        runs.append(packed(promotion.code, promotion.name, number, parts))
    sale.runs = runs


def _cut(candidate: Candidate, option: Option, pieces: dict[int, list[_Piece]]) -> None:
    promotion = candidate.promotion
    sealed = promotion.stacking.exclusive == "units"
    left = dict(option.taken) if sealed else {}
    for cut in candidate.offer.cuts(option):
        pieces.setdefault(cut.run, []).append(_Piece(cut.units, Share(promotion.id, cut.amount), sealed))
        if sealed:
            left[cut.run] -= cut.units
    for i, count in left.items():
        if count:
            pieces.setdefault(i, []).append(_Piece(count, Share(promotion.id, 0), True))


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
            cut = next(cuts)
            left -= cut.units
            piece = _Piece(cut.units, Share(promotion.id, cut.amount), sealed, view.sale.packages)
            pieces.setdefault(cut.run, []).append(piece)
        packages[view.sale.packages] = candidate
        view.sale.packages += 1


def _split(run: Run, pieces: Sequence[_Piece], runs: list[Run], inside: dict[int, list[Run]]) -> None:
    """Add a run's pieces to `runs` or to their packages; units that nothing happens to stand first in the line."""
    alone = run.count - sum(piece.units for piece in pieces)
    place = run.place + alone
    if alone:
        runs.append(replace(run, count=alone))
    for piece in pieces:
        if piece.package is None:
            runs.append(_piece(run, piece, place))
        else:
            base = run
            if run.surcharge:
                base, extra = apart(run)
                runs.append(replace(extra, count=piece.units, place=place))
            inside[piece.package].append(_piece(base, piece, place))
        place += piece.units


def _piece(run: Run, piece: _Piece, place: int) -> Run:
    parts = shared(run.parts, *piece.share) if run.parts else ()
    return discounted(run, piece.units, place, piece.share, piece.sealed, parts)
