"""What decides where a search would take too long: the better of greedy with local swaps, and priority."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from promo_cli.pricing.candidate import Candidate, Choice, compatible, without, worth
from promo_cli.pricing.types.base import Free, Option


def fallback(candidates: Sequence[Candidate], free: Free, budget: int) -> tuple[Choice, ...]:
    """Return a good choice without proof, in bounded work.

    Greedy with local swaps: what `greedy` finds; then each candidate left out, by rank, is put in front of each that
    applies and shares a run with it, and those behind it choose anew; what saves more is kept, and it begins again,
    until nothing saves more or a hundredth of the step budget is used up, a step being a run in the reach of a
    candidate asked. Of this and priority the better, of equals priority.
    """
    swapped = _swapped(greedy(candidates, free), candidates, free, budget // 100)
    turns = in_turn(candidates, free)
    return swapped if worth(swapped) > worth(turns) else turns


def in_turn(candidates: Iterable[Candidate], free: Free) -> tuple[Choice, ...]:
    """Return what `strategy: priority` gives: each candidate in its order takes what it can of what is free."""
    choices: list[Choice] = []
    for candidate in candidates:
        if _joins(candidate, choices):
            option = candidate.opening(free)
            if option is not None:
                choices.append((candidate, option))
                free = without(free, option)
    return tuple(choices)


def _joins(candidate: Candidate, choices: Sequence[Choice]) -> bool:
    own = candidate.promotion
    for other, _ in choices:
        theirs = other.promotion
        if (own.choosy or theirs.choosy) and not compatible(own, theirs):
            return False
    return True


def greedy(candidates: Sequence[Candidate], free: Free) -> tuple[Choice, ...]:
    """Return the choices of again and again the option that saves the most; of equals the first by rank."""
    left, choices = list(candidates), list[Choice]()
    best: dict[Candidate, Option | None] = {candidate: candidate.best(free) for candidate in left}
    while True:
        able = [(candidate, option) for candidate in left if (option := best[candidate]) is not None]
        if not able:
            return tuple(choices)
        chosen, option = max(able, key=lambda choice: choice[1].worth)
        choices.append((chosen, option))
        free = without(free, option)
        left = [candidate for candidate in left if candidate is not chosen and _joins(candidate, choices[-1:])]
        for candidate in left:
            if candidate.mask & chosen.mask:
                best[candidate] = candidate.best(free)


def _swapped(
    choices: tuple[Choice, ...], candidates: Sequence[Candidate], free: Free, budget: int
) -> tuple[Choice, ...]:
    improved = True
    while improved:
        improved = False
        for swap in _swaps(choices, candidates, free):
            budget -= swap.cost
            if budget < 0:
                return choices
            if swap.gain > 0:
                choices, improved = swap.choices(choices), True
                break
    return choices


@dataclass(frozen=True)
class _Swap:
    """A candidate with its option in front of the choice at `place`, and what the choices behind it change to."""

    gain: int
    cost: int
    place: int
    choice: Choice
    changed: Mapping[int, Option | None]

    def choices(self, old: Sequence[Choice]) -> tuple[Choice, ...]:
        behind = [(old[k][0], self.changed.get(k, old[k][1])) for k in range(self.place, len(old))]
        return (*old[: self.place], self.choice, *((one, option) for one, option in behind if option is not None))


def _swaps(choices: tuple[Choice, ...], candidates: Sequence[Candidate], free: Free) -> Iterator[_Swap]:
    """Yield what comes of each candidate left out in front of each that applies and shares a run with it."""
    frees = [free]
    for _, taken in choices:
        frees.append(without(frees[-1], taken))
    applied = {candidate for candidate, _ in choices}
    for candidate in candidates:
        if candidate not in applied:
            for place, (other, _) in enumerate(choices):
                if candidate.mask & other.mask and _joins(candidate, choices[:place]):
                    option = candidate.opening(frees[place])
                    if option is not None:
                        yield _swap((candidate, option), place, choices, frees)


def _swap(choice: Choice, place: int, choices: Sequence[Choice], frees: Sequence[Free]) -> _Swap:
    """Play the choices behind a place anew; `more` is how many more units than before are free, by run."""
    candidate, option = choice
    more = {i: -count for i, count in option.taken}
    touched = sum([1 << i for i in more])
    gain, cost, changed = option.worth, len(candidate.offer.reach), dict[int, Option | None]()
    for k in range(place, len(choices)):
        other, old = choices[k]
        if not other.mask & touched and _joins(other, [choice]):
            continue
        new: Option | None = None
        if _joins(other, [choice]):
            left = list(frees[k])
            for i, count in more.items():
                left[i] += count
            new, cost = other.opening(tuple(left)), cost + len(other.offer.reach)
        changed[k] = new
        gain += (new.worth if new else 0) - old.worth
        for taken, sign in ((old.taken, 1), (new.taken if new else (), -1)):
            for i, count in taken:
                more[i] = more.get(i, 0) + sign * count
        touched = sum([1 << i for i, count in more.items() if count])
    return _Swap(gain, cost, place, choice, changed)
