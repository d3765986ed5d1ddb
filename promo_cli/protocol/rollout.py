"""How far a staged publication has come: the field ``rollout`` of a release. Publishers read it, tills do not.

While a rollout is under way the live shards mix two releases: stores that a wave has reached have what it leads to, all
others have what ran before. Both are named by hash, so that going on and going back need nothing but the bucket.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from promo_cli.protocol.blob import Blob, parse_blob
from promo_cli.protocol.fields import DocumentError, Fields, time_text
from promo_cli.protocol.limits import LIMITS
from promo_cli.protocol.release import Previous, Release
from promo_cli.protocol.shard import Entry


@dataclass(frozen=True, slots=True)
class Stage:
    """One wave: its cohorts, None for all stores that no other wave names; hours before the next wave."""

    cohorts: tuple[str, ...] | None
    soak_hours: int


@dataclass(frozen=True, slots=True)
class Rollout:
    """A rollout under way. Only waves that change something are in it."""

    id: str
    """The publish id of its first wave."""
    wave: int
    """The last wave that was reached, from 1."""
    wave_seq: int
    """The release with which that wave was reached."""
    started_at: datetime
    """When that was, UTC: the soak counts from here."""
    stages: tuple[Stage, ...]
    before: Previous
    """What ran before the first wave."""
    after_bits: int
    after: tuple[Blob, ...]
    """The shards it leads to; an entry's ``cohort`` says which wave brings it."""

    def stage_of(self, entry: Entry) -> int:
        """Return the wave, from 1, that brings an entry of ``after``."""
        return stage_of(self.stages, entry)

    def encode(self) -> dict[str, object]:
        """Return the rollout as a release writes it."""
        return {
            "id": self.id,
            "wave": self.wave,
            "wave_seq": self.wave_seq,
            "started_at": time_text(self.started_at),
            "waves": [{"cohorts": one.cohorts, "soak_hours": one.soak_hours} for one in self.stages],
            "before": {"seq": self.before.seq, "sha256": self.before.sha256},
            "after": {"shard_bits": self.after_bits, "shards": [blob.encode() for blob in self.after]},
        }


def stage_of(stages: Sequence[Stage], entry: Entry) -> int:
    """Return the wave, from 1, that brings an entry: that of its cohort, else the last."""
    for number, stage in enumerate(stages, start=1):
        if stage.cohorts is not None and entry.cohort in stage.cohorts:
            return number
    return len(stages)


def rollout_of(release: Release | None) -> Rollout | None:
    """Return the rollout a release is a step of. Raises DocumentError for one of another form."""
    return None if release is None or release.rollout is None else parse(release.rollout)


def parse(value: Mapping[str, Any]) -> Rollout:
    """Read the field; raises DocumentError."""
    fields = Fields(dict(value), "release.rollout")
    before, after = fields.object("before"), fields.object("after")
    stages = tuple(
        Stage(one.optional(one.texts, "cohorts"), one.integer("soak_hours")) for one in fields.objects("waves")
    )
    bits = after.integer("shard_bits", most=LIMITS.shard_bits)
    shards = tuple(parse_blob(one, most=LIMITS.shard_bytes) for one in after.objects("shards"))
    if len(shards) != 1 << bits:
        raise DocumentError(f"release.rollout.after.shards: expected {1 << bits} for {bits} bits, found {len(shards)}")
    return Rollout(
        id=fields.text("id"),
        wave=fields.integer("wave", least=1, most=len(stages)),
        wave_seq=fields.integer("wave_seq", least=1),
        started_at=fields.time("started_at"),
        stages=stages,
        before=Previous(before.integer("seq", least=1), before.sha256("sha256")),
        after_bits=bits,
        after=shards,
    )
