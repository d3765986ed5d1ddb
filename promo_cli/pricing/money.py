"""Exact money: major units at the edge, whole minor units inside, shares by largest remainder.

No binary float is involved anywhere, and decimals are computed in a context of their own that rounds nothing, so every
machine gets the same digits.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Context, Decimal, Inexact
from typing import Final

LARGEST: Final = 10**15
"""Amounts in a cart or bundle are below this many major units."""

EXACT: Final = Context(prec=60, traps=[Inexact])
"""Wide enough for what 100,000 units of the largest amount cost; whatever context the caller has set, products of
amounts are exact in here."""

_FINEST: Final = -12  # decimal places a number may carry; a text like 1e-999999 must not become a million digits


def whole(number: object, places: int) -> int | None:
    """Return `number` times 10^`places` if that is a whole number in range, otherwise None.

    Takes int and Decimal, and a float for the decimal it prints as: JSON read without care has 25000.0.
    """
    if type(number) is int:
        return number * 10**places if -LARGEST < number < LARGEST else None
    if type(number) is float:
        number = Decimal(repr(number))
    if not isinstance(number, Decimal) or not number.is_finite():
        return None
    if not number:
        return 0
    exponent = number.as_tuple().exponent
    if not isinstance(exponent, int) or exponent < _FINEST or number.adjusted() >= 15:
        return None
    above, below = number.as_integer_ratio()
    scaled, rest = divmod(above * 10**places, below)
    return None if rest else scaled


def major(minor: int, exponent: int) -> int | Decimal:
    """Return minor units as the number receipts carry: an int, or a Decimal without trailing zeros."""
    scale: int = 10**exponent
    units, rest = divmod(minor, scale)
    if not rest:
        return units
    places = exponent
    while not minor % 10:
        minor //= 10
        places -= 1
    return Decimal(f"{minor}E-{places}")


def half_up(above: int, below: int) -> int:
    """Return the fraction `above`/`below`, neither negative, rounded to a whole number, halves up."""
    return (2 * above + below) // (2 * below)


def allocate(
    total: int, weights: Sequence[int], rooms: Sequence[int], counts: Sequence[int]
) -> list[list[tuple[int, int]]]:
    """Share `total` over groups of equal units in proportion to their weights, none above its room.

    Group i holds `counts[i]` units of weight `weights[i]` and room `rooms[i]` each; for each group the result lists
    (units, amount of each). What a unit has no room for goes to the others in proportion; what nobody can take is
    left out. The whole minor units that remain go one by one to the largest remainders (Hamilton's method), among
    equals to the units that come first.
    """
    takers = [i for i in range(len(weights)) if weights[i] > 0 and rooms[i] > 0]
    left = total = min(total, sum(rooms[i] * counts[i] for i in takers))
    shares = [[(count, 0)] for count in counts]
    while takers:
        base = sum(weights[i] * counts[i] for i in takers)
        full = [i for i in takers if left * weights[i] >= rooms[i] * base]
        if not full:
            return _by_remainder(left, base, weights, counts, takers, shares)
        for i in full:
            shares[i] = [(counts[i], rooms[i])]
            left -= rooms[i] * counts[i]
        filled = set(full)
        takers = [i for i in takers if i not in filled]
    return shares


def _by_remainder(
    left: int,
    base: int,
    weights: Sequence[int],
    counts: Sequence[int],
    takers: Sequence[int],
    shares: list[list[tuple[int, int]]],
) -> list[list[tuple[int, int]]]:
    """Whole shares for all, then one more minor unit each for the largest remainders; written into `shares`."""
    spare = left
    remainders = []
    for i in takers:
        amount, rest = divmod(left * weights[i], base)
        count = counts[i]
        spare -= amount * count
        shares[i] = [(count, amount)]
        if rest:
            remainders.append((-rest, i))
    remainders.sort()
    for _, i in remainders:
        if not spare:
            break
        count, (_, amount) = counts[i], shares[i][0]
        more = min(spare, count)
        spare -= more
        shares[i] = [(more, amount + 1)] if more == count else [(more, amount + 1), (count - more, amount)]
    return shares
