"""What the promotions chosen in a lane do to the units: runs are split where their units are treated differently."""

from __future__ import annotations

from collections.abc import Iterable

from promo_cli.pricing.candidate import Candidate, Choice
from promo_cli.pricing.packages import apart, packed, shared
from promo_cli.pricing.sale import Given
from promo_cli.pricing.types.base import Option
from promo_cli.pricing.units import Run, Share, discounted, part, whole
from promo_cli.pricing.view import View


class _Piece:
    """Units of one run that are treated alike: how many, cut by what, sealed or not, in which package (-1: none)."""

    __slots__ = ("package", "sealed", "share", "units")

    def __init__(self, units: int, share: Share, sealed: bool, package: int) -> None:
        self.units = units
        self.share = share
        self.sealed = sealed
        self.package = package


_Pieces = dict[int, list[_Piece]]


def apply(choices: Iterable[Choice], view: View) -> None:
    """Change the sale's units as the choices say, and note what each promotion gave."""
    sale = view.sale
    pieces: _Pieces = {}
    packages: dict[int, Candidate] = {}
    for candidate, option in choices:
        sale.given.append(Given(candidate.entry, option, candidate.offer.dropped(option)))
        if candidate.promotion.choosy:
            sale.refused = True
        for gift in option.gifts:
            sale.gifts.append((candidate.entry, gift))
        if option.sets:
            _pack(candidate, option, pieces, packages, view)
        else:
            _cut(candidate, option, pieces)
    if not pieces:
        return
    runs: list[Run] = []
    inside: dict[int, list[Run]] = {number: [] for number in packages}
    for i in range(len(view.runs)):
        run, own = view.runs[i], pieces.get(i)
        if own is None:
            runs.append(run)
            continue
        piece = own[0]
        if piece.units == run.count and len(own) == 1 and piece.package < 0 and not run.parts:
            runs.append(whole(run, piece.share, piece.sealed))
        else:
            _split(run, own, runs, inside)
    for number, parts in inside.items():
        promotion = packages[number].promotion
        runs.append(packed(promotion.code, promotion.name, number, parts))
    sale.runs = runs


def _cut(candidate: Candidate, option: Option, pieces: _Pieces) -> None:
    promotion = candidate.promotion
    name, sealed = promotion.id, promotion.stacking.exclusive == "units"
    left = dict(option.taken) if sealed else {}
    for i, units, amount in candidate.offer.cuts(option):
        _add(pieces, i, _Piece(units, (name, amount), sealed, -1))
        if sealed:
            left[i] -= units
    for i, count in left.items():
        if count:
            _add(pieces, i, _Piece(count, (name, 0), True, -1))


def _add(pieces: _Pieces, i: int, piece: _Piece) -> None:
    own = pieces.get(i)
    if own is None:
        pieces[i] = [piece]
    else:
        own.append(piece)


def _pack(
    candidate: Candidate,
    option: Option,
    pieces: _Pieces,
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
            _add(pieces, i, _Piece(count, (promotion.id, amount), sealed, view.sale.packages))
        packages[view.sale.packages] = candidate
        view.sale.packages += 1


def _split(run: Run, pieces: list[_Piece], runs: list[Run], inside: dict[int, list[Run]]) -> None:
    """Add a run's pieces to `runs` or to their packages; units that nothing happens to stand first in the line."""
    alone = run.count
    for piece in pieces:
        alone -= piece.units
    place = run.place + alone
    if alone:
        runs.append(part(run, alone, run.place))
    for piece in pieces:
        units, share, sealed = piece.units, piece.share, piece.sealed
        if piece.package < 0:
            parts = shared(run.parts, *share) if run.parts else ()
            runs.append(discounted(run, units, place, share, sealed, parts))
        else:
            base = run
            if run.line.surcharge:
                base, extra = apart(run)
                runs.append(part(extra, units, place))
            parts = shared(base.parts, *share) if base.parts else ()
            inside[piece.package].append(discounted(base, units, place, share, sealed, parts))
        place += units
