"""What to apply in which order, and which of equal totals comes first.

Of equal totals the first order by rank wins, compared like words in a dictionary: by the first promotion that differs,
a shorter order before its continuations; of one order, the one with more sets.

Parts of a lane that cannot get in each other's way are decided apart and then joined, each keeping its order, into the
first order there is. Which of two plans of a part leads to it can depend on the other parts only if one continues the
other: 2 sets of A, or 1 set of A and then K. Beside a part that ends with C, A-C comes before A-C-K; beside one that
ends with Z, A-K-Z comes before A-Z. So a part is decided by a *chain*: its first plan, the first of those that continue
it, the first of those that continue that one, and so on. Nearly always there is only one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce

from promo_cli.pricing.candidate import Choice


class Plan:
    """What is worth how much: places in rank in the order applied, and the number of sets of each, negative."""

    __slots__ = ("choices", "order", "times", "worth")

    def __init__(
        self,
        worth: int = 0,
        order: tuple[int, ...] = (),
        times: tuple[int, ...] = (),
        choices: tuple[Choice, ...] = (),
    ) -> None:
        self.worth = worth
        self.order = order
        self.times = times
        self.choices = choices

    def behind(self, choice: Choice) -> Plan:
        """Return the plan in which a promotion takes an option before all this."""
        candidate, option = choice
        return Plan(
            option.worth + self.worth,
            (candidate.entry.place, *self.order),
            (-option.times, *self.times),
            (choice, *self.choices),
        )


Chain = tuple[Plan, ...]
"""Plans that save the same, each continuing the one before."""

NOTHING: Chain = (Plan(),)


def only(choices: tuple[Choice, ...]) -> Chain:
    """Return choices as the one plan of their part."""
    worth = 0
    for _, option in choices:
        worth += option.worth
    order = tuple([candidate.entry.place for candidate, _ in choices])
    times = tuple([-option.times for _, option in choices])
    return (Plan(worth, order, times, choices),)


def best(plans: Iterable[Plan]) -> Chain:
    """Return the chain of those plans that save most."""
    most: list[Plan] = []
    for plan in plans:
        if not most or plan.worth > most[0].worth:
            most = [plan]
        elif plan.worth == most[0].worth:
            most.append(plan)
    if len(most) == 1:
        return tuple(most)
    most.sort(key=_reading)
    chain = most[:1]
    for plan in most[1:]:
        last = chain[-1].order
        if len(plan.order) > len(last) and plan.order[: len(last)] == last:
            chain.append(plan)
    return tuple(chain)


def joined(parts: Sequence[Chain]) -> Chain:
    """Return the chain of parts that do not touch each other."""
    if len(parts) == 1:
        return parts[0]
    if all(len(part) == 1 for part in parts):
        return (_merged([part[0] for part in parts]),)
    return reduce(lambda left, right: best(_merged([one, other]) for one in left for other in right), parts, NOTHING)


def _merged(plans: Iterable[Plan]) -> Plan:
    """Join plans into the first order by rank that keeps each of them."""
    # Backwards, so that the next choice of each is its last.
    waiting = [[*reversed(plan.choices)] for plan in plans if plan.order]
    choices: list[Choice] = []
    while waiting:
        first = waiting[0]
        for plan in waiting:
            if plan[-1][0].entry.place < first[-1][0].entry.place:
                first = plan
        choices.append(first.pop())
        if not first:
            waiting.remove(first)
    return only(tuple(choices))[0]


def _reading(plan: Plan) -> tuple[tuple[int, ...], tuple[int, ...]]:
    return plan.order, plan.times
