"""What a release will hold: entries of stores, and the bytes of every new object. Pure but for reading old bundles."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from promo_cli.protocol import bundle, delta, shard
from promo_cli.protocol.blob import Blob, blob_of
from promo_cli.protocol.fields import DocumentError
from promo_cli.protocol.release import Counts
from promo_cli.protocol.shard import DeltaRef, Entry
from promo_cli.publishing.live import Live
from promo_cli.publishing.pool import in_parallel

Objects = Mapping[Blob, bytes]


@dataclass(frozen=True, slots=True)
class Contents:
    """The new entries, and the bytes behind what they name, as far as those are new."""

    entries: Mapping[str, Entry]
    objects: Objects
    changed: tuple[str, ...]
    """Stores whose entry is new or another, in order."""


def plan_contents(bundles: Mapping[str, bytes], counters: bytes | None, live: Live, commit: str | None) -> Contents:
    """Compare bundles with the live release. A store whose content did not change keeps its entry, byte for byte."""
    objects = {blob_of(data): data for data in set(bundles.values())}
    blobs = {data: blob for blob, data in objects.items()}
    old_entries = live.entries or {}
    # Without newer counts the live ones stay: a promotion that is used up must not begin again.
    counters_blob = next((entry.counters for entry in old_entries.values() if entry.counters is not None), None)
    if counters is not None:
        counters_blob = blob_of(counters)
        objects[counters_blob] = counters
    entries: dict[str, Entry] = {}
    for store_id in sorted(bundles):
        old = old_entries.get(store_id)
        blob = blobs[bundles[store_id]]
        if old is None:
            entries[store_id] = Entry(bundle=blob, counters=counters_blob, source_commit=commit)
        elif (old.bundle, old.counters) == (blob, counters_blob):
            entries[store_id] = old
        else:
            same = old.bundle == blob
            entries[store_id] = replace(
                old,
                bundle=blob,
                counters=counters_blob,
                deltas=old.deltas if same else (),
                cohort=old.cohort if same else None,
                source_commit=commit,
            )
    known = shard.blobs_of(old_entries.values())
    return Contents(
        entries=entries,
        objects={blob: data for blob, data in objects.items() if blob not in known},
        changed=changed_entries(old_entries, entries),
    )


def changed_entries(before: Mapping[str, Entry], after: Mapping[str, Entry]) -> tuple[str, ...]:
    """Return the stores whose entry is new or another, in order."""
    return tuple(store_id for store_id, entry in sorted(after.items()) if before.get(store_id) != entry)


def add_deltas(contents: Contents, live: Live, read: Callable[[Blob], bytes | None]) -> Contents:
    """Add deltas from what changed stores run now, where one is worth it.

    ``read`` returns an old bundle, or None when it cannot be had: then there is no delta, which hurts nobody.
    """
    old_entries = live.entries or {}
    steps = {
        (old_entries[store_id].bundle, contents.entries[store_id].bundle)
        for store_id in contents.changed
        if store_id in old_entries and contents.entries[store_id].bundle in contents.objects
    }
    ordered = sorted(steps, key=lambda step: (step[0].sha256, step[1].sha256))
    made = dict(in_parallel(lambda step: _delta(step, contents.objects, read), ordered))
    entries = dict(contents.entries)
    objects = dict(contents.objects)
    for store_id in contents.changed:
        entry = entries[store_id]
        old = old_entries.get(store_id)
        data = made.get((old.bundle, entry.bundle)) if old is not None else None
        if old is not None and data is not None:
            blob = blob_of(data)
            objects[blob] = data
            entries[store_id] = replace(entry, deltas=(DeltaRef(old.bundle.sha256, blob),))
    return replace(contents, entries=entries, objects=objects)


def _delta(step: tuple[Blob, Blob], objects: Objects, read: Callable[[Blob], bytes | None]) -> bytes | None:
    old = read(step[0])
    try:
        return None if old is None else delta.make(old, objects[step[1]])
    except DocumentError:  # an old bundle of another form
        return None


def counts_of(bundles: Mapping[str, bytes]) -> Counts:
    """Return how many stores, different bundles and different promotions there are."""
    different = set(bundles.values())
    # Stores share most of their lines: each is read once.
    lines = {line for data in different for line in bundle.split(data).lines}
    return Counts(len(bundles), len(different), len({bundle.promotion_id(line) for line in lines}))


def counts_in(entries: Mapping[str, Entry], leading_to: Counts) -> Counts:
    """Return the counts of a step of a rollout; the promotions are those of what it leads to."""
    return Counts(len(entries), len({entry.bundle for entry in entries.values()}), leading_to.promotions)
