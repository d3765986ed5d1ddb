"""Did you mean …? The nearest of the known words, if one is near enough to be a slip of the keyboard."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache
from heapq import nsmallest
from typing import NamedTuple

MOST_EQUALLY_NEAR = 3
"""Words equally near to what was typed; of more, naming one would be a guess."""

MOST_MEASURED = 500
"""Words whose distance is worked out, so that a catalogue of any size is searched in bounded time."""


class _Word(NamedTuple):
    """A known word, without case and separators, and the set of its letters as bits."""

    letters: int
    folded: str
    word: str


class _Index(NamedTuple):
    folded: dict[str, str]
    parts: dict[tuple[str, ...], str]
    by_length: dict[int, list[_Word]]


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that `word` most likely stands for, or None.

    In this order: the same but for case and separators; the same parts in another order (`date_start`); a distance of
    at most a third of the length (the threshold of rustc); the only one that begins with what was typed.
    """
    folded = _fold(word)
    if not folded:
        return None
    index = _index(known if isinstance(known, frozenset) else frozenset(known))
    parts = _parts(word)
    found = index.folded.get(folded) or (index.parts.get(parts) if len(parts) > 1 else None)
    return found or _closest(folded, index) or _begun(folded, index)


@lru_cache(maxsize=32)
def _index(known: frozenset[str]) -> _Index:
    index = _Index({}, {}, defaultdict(list))
    for word in sorted(known):
        folded = _fold(word)
        index.folded.setdefault(folded, word)
        index.parts.setdefault(_parts(word), word)
        index.by_length[len(folded)].append(_Word(_letters(folded), folded, word))
    return index


def _closest(folded: str, index: _Index) -> str | None:
    limit = max(len(folded), 3) // 3
    letters = _letters(folded)
    lengths = range(len(folded) - limit, len(folded) + limit + 1)
    # Each edit changes at most two members of the set of letters: most words end here.
    similar = (
        ((one.letters ^ letters).bit_count(), one)
        for length in lengths
        for one in index.by_length.get(length, ())
        if (one.letters ^ letters).bit_count() <= 2 * limit
    )
    best: list[str] = []
    for _, candidate in nsmallest(MOST_MEASURED, similar):
        distance = _distance(folded, candidate.folded, limit)
        if distance is not None and distance < limit:
            best, limit = [candidate.word], distance
        elif distance is not None:
            best.append(candidate.word)
    return min(best) if 0 < len(best) <= MOST_EQUALLY_NEAR else None


def _begun(folded: str, index: _Index) -> str | None:
    if len(folded) < 3:
        return None
    found = [word for other, word in index.folded.items() if other.startswith(folded)]
    return found[0] if len(found) == 1 else None


def _fold(word: str) -> str:
    return word.casefold().replace("_", "").replace("-", "").replace(" ", "").replace(".", "")


def _parts(word: str) -> tuple[str, ...]:
    return tuple(sorted(word.casefold().replace("-", "_").replace(" ", "_").split("_")))


def _letters(folded: str) -> int:
    bits = 0
    for char in folded:
        bits |= 1 << (ord(char) & 127)
    return bits


def _distance(a: str, b: str, limit: int) -> int | None:
    """Optimal string alignment distance (edits, and swaps of two neighbours), None above `limit`."""
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        previous, row = row, [i]
        for j, y in enumerate(b, 1):
            cost = min(previous[j] + 1, row[j - 1] + 1, previous[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        if min(row) > limit:
            return None
        before = previous
    return row[-1] if row[-1] <= limit else None
