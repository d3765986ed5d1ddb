"""What each wave of a rollout gives to whom: which stores get the new entry, and which keep the old one. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from promo_cli.protocol import shard
from promo_cli.protocol.blob import Blob, blob_of
from promo_cli.protocol.rollout import Rollout, Stage, stage_of
from promo_cli.protocol.shard import Entry
from promo_cli.publishing.contents import Contents

Entries = Mapping[str, Entry]


@dataclass(frozen=True, slots=True)
class Plan:
    """How publications are staged: the cohort of each store that has one, and the waves that name cohorts."""

    cohorts: Mapping[str, str]
    stages: Sequence[Stage]


@dataclass(frozen=True, slots=True)
class Staged:
    """A rollout about to begin: what it leads to, its waves, and the shards that hold what it leads to."""

    after: Entries
    stages: tuple[Stage, ...]
    bits: int
    shards: tuple[Blob, ...]
    data: Mapping[Blob, bytes]


def new_content(before: Entries, after: Entries) -> list[str]:
    """Return the stores that come, go, or get another bundle; counters of their own are no new content."""
    return [
        store
        for store in sorted({*before, *after})
        if store not in before or store not in after or before[store].bundle != after[store].bundle
    ]


def stage(plan: Plan, before: Entries, contents: Contents, current_bits: int | None) -> Staged | None:
    """Return the rollout to these contents; None where all stores that change are of one wave.

    Waves in which no store changes are left out: they would prove nothing.
    """
    wave_of = {cohort: number for number, one in enumerate(plan.stages) for cohort in one.cohorts or ()}
    rest = len(plan.stages)
    changed = new_content(before, contents.entries)
    numbers = {store: wave_of.get(plan.cohorts.get(store, ""), rest) for store in changed if store in contents.entries}
    numbers |= {store: rest for store in changed if store not in contents.entries}
    if len(used := sorted(set(numbers.values()))) < 2:
        return None
    after = {
        store: replace(entry, cohort=plan.cohorts.get(store)) if store in numbers else entry
        for store, entry in contents.entries.items()
    }
    stages = [plan.stages[number] if number < rest else Stage(None, 0) for number in used]
    if used[-1] < rest:  # after its last wave a rollout is over: there is nothing to wait for
        stages[-1] = Stage(stages[-1].cohorts, 0)
    bits = shard.shard_bits_for(len(after), current_bits)
    data = {blob_of(one): one for one in map(shard.encode, shard.split_into_shards(after, bits))}
    shards = tuple(blob_of(shard.encode(one)) for one in shard.split_into_shards(after, bits))
    return Staged(after, tuple(stages), bits, shards, data)


def waves_of(stages: Sequence[Stage], before: Entries, after: Entries) -> list[tuple[str, ...]]:
    """Return the stores that each wave brings something new, or takes out of the release."""
    waves: list[list[str]] = [[] for _ in stages]
    for store in new_content(before, after):
        leaving = store not in after
        waves[(len(stages) if leaving else stage_of(stages, after[store])) - 1].append(store)
    return [tuple(one) for one in waves]


def mixed(rollout: Rollout, wave: int, before: Entries, after: Entries, counters: Blob | None) -> dict[str, Entry]:
    """Return every store's entry once a wave is reached. Counters are those of everybody, whatever the wave."""
    last = wave >= len(rollout.stages)
    found: dict[str, Entry] = {}
    for store in sorted({*before, *after}):
        if store in after and (last or rollout.stage_of(after[store]) <= wave):
            found[store] = replace(after[store], counters=counters)
        elif store in before and not last:
            found[store] = replace(before[store], counters=counters)
    return found


def counters_in(entries: Entries) -> Blob | None:
    """Return the counters that stores have; all have the same."""
    return next((entry.counters for entry in entries.values() if entry.counters is not None), None)
