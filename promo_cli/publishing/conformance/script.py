"""A case of the pack: what a till finds, one sync after the other, and what it must have made of it each time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

from promo_cli.protocol.bundle import promotion_id, split
from promo_cli.protocol.layout import sha256_hex
from promo_cli.publishing.conformance.bucket import NOW, Bucket

Decision = Literal["updated", "unchanged", "kept", "refused"]


@dataclass(frozen=True, slots=True)
class Expected:
    """What holds after a sync; everything None before the first that was good."""

    decision: Decision
    reason: str | None = None
    alarm: bool = False
    root_version: int = 1
    epoch: int | None = None
    rev: int | None = None
    seq: int | None = None
    bundle_sha256: str | None = None
    runs: tuple[str, ...] = ()
    freshness: Literal["fresh", "late", "stale"] | None = None

    def encode(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "decision": self.decision,
            "reason": self.reason,
            "alarm": self.alarm,
            "root_version": self.root_version,
            "epoch": self.epoch,
            "rev": self.rev,
            "seq": self.seq,
            "bundle_sha256": self.bundle_sha256,
            "runs": list(self.runs),
            "freshness": self.freshness,
        }


@dataclass(frozen=True, slots=True)
class Step:
    """One sync: every object of the bucket, the till's clock, and what must come of it."""

    objects: Mapping[str, bytes]
    clock: datetime
    expected: Expected


@dataclass(slots=True)
class Script:
    """A case under construction. ``state`` is what a till has by now."""

    id: str
    level: int
    rule: str
    bucket: Bucket = field(default_factory=Bucket)
    steps: list[Step] = field(default_factory=list)
    state: Expected = Expected("refused")

    def updated(self, bundle: bytes | None = None, *, clock: datetime = NOW, without: Sequence[str] = ()) -> Script:
        """HEAD is accepted, and ``bundle`` runs if the release is new, ``without`` some of its promotions."""
        head = self.bucket.live
        known = self.state.bundle_sha256, self.state.seq, self._ids
        if bundle is not None:
            self._ids = tuple(promotion_id(line) for line in split(bundle).lines)
            known = sha256_hex(bundle), head.seq, self._ids
        self.state = Expected(
            "unchanged" if bundle is None else "updated",
            root_version=self.bucket.root.version,
            epoch=head.epoch,
            rev=head.rev,
            seq=known[1],
            bundle_sha256=known[0],
            runs=tuple(one for one in known[2] if one not in (*head.revoked, *without)),
            freshness="fresh",
        )
        return self._step(clock)

    _ids: tuple[str, ...] = ()

    def refused(self, reason: str, *, alarm: bool = False) -> Script:
        """Nothing is kept: all is as after the step before."""
        before = self.state
        self.state = replace(before, decision="refused", reason=reason, alarm=alarm)
        self._step(NOW)
        self.state = before
        return self

    def kept(self, reason: str) -> Script:
        """HEAD is accepted, and its stops hold; the bundle is the one before."""
        self.updated()
        self.steps.pop()
        self.state = replace(self.state, decision="kept", reason=reason)
        return self._step(NOW)

    def unchanged(self, *, clock: datetime = NOW, freshness: Any = "fresh", without: Sequence[str] = ()) -> Script:
        """HEAD has the ETag that the till knows: a 304. Only the clock has gone on."""
        runs = tuple(one for one in self.state.runs if one not in without)
        self.state = replace(self.state, decision="unchanged", reason=None, freshness=freshness, runs=runs)
        return self._step(clock)

    def _step(self, clock: datetime) -> Script:
        self.steps.append(Step(dict(self.bucket.objects), clock, self.state))
        return self
