"""Did you mean …? The nearest of the known words, if one is near enough to be a slip of the keyboard."""

from __future__ import annotations

from collections.abc import Iterable

MOST_EQUALLY_NEAR = 3


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that `word` most likely stands for, or None.

    In this order: the same but for case and separators; the same parts in another order (`date_start`); a distance of
    at most a third of the length (the threshold of rustc); the only one that begins with what was typed.
    """
    candidates = list(known)
    folded = _fold(word)
    if not folded:
        return None
    parts = _parts(word)
    reordered = begins = None
    begin_count = 0
    for candidate in candidates:
        other = _fold(candidate)
        if other == folded:
            return candidate
        if len(parts) > 1 and _parts(candidate) == parts:
            reordered = reordered or candidate
        if len(folded) > 2 and other.startswith(folded):
            begins, begin_count = candidate, begin_count + 1
    if reordered:
        return reordered
    return _closest(folded, candidates) or (begins if begin_count == 1 else None)


def _closest(folded: str, candidates: list[str]) -> str | None:
    limit = max(len(folded), 3) // 3
    letters = set(folded)
    best: list[str] = []
    for candidate in candidates:
        other = _fold(candidate)
        # Each edit changes at most two members of the set of letters: most candidates end here.
        if abs(len(other) - len(folded)) > limit or len(letters.symmetric_difference(other)) > 2 * limit:
            continue
        distance = _distance(folded, other, limit)
        if distance is not None and distance < limit:
            best, limit = [candidate], distance
        elif distance is not None:
            best.append(candidate)
    # Numbered ids (ST-001, ST-002 …) are all equally near each other: naming one would be a guess.
    return min(best) if 0 < len(best) <= MOST_EQUALLY_NEAR else None


def _fold(word: str) -> str:
    return word.casefold().replace("_", "").replace("-", "").replace(" ", "").replace(".", "")


def _parts(word: str) -> list[str]:
    return sorted(word.casefold().replace("-", "_").replace(" ", "_").split("_"))


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
