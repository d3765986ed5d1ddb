"""A release: the index of one published set of bundles, where it came from, and the release before it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from promo_cli.protocol import canonical
from promo_cli.protocol.blob import Blob, parse_blob
from promo_cli.protocol.fields import DocumentError, Fields, format_of, read_document, time_text
from promo_cli.protocol.identifiers import ulid_time
from promo_cli.protocol.limits import LIMITS


@dataclass(frozen=True, slots=True)
class Source:
    """Provenance of the inputs; ``run_url`` and ``actor`` are the CI run and the person, where known."""

    repo: str | None
    commit: str | None
    tree: str | None
    dirty: bool
    """The work tree had changes that no commit holds."""
    run_url: str | None
    actor: str | None

    def encode(self) -> dict[str, object]:
        """Return the provenance as a release writes it."""
        return {
            "repo": self.repo,
            "commit": self.commit,
            "tree": self.tree,
            "dirty": self.dirty,
            "run_url": self.run_url,
            "actor": self.actor,
        }


@dataclass(frozen=True, slots=True)
class Counts:
    """Numbers of stores, of different bundles, and of different promotions in them."""

    stores: int
    bundles: int
    promotions: int


@dataclass(frozen=True, slots=True)
class Previous:
    """The release before: its number and hash make the releases a chain."""

    seq: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Release:
    """A release document. Times are UTC; ``as_of`` is the day the bundles were compiled for."""

    seq: int
    prev: Previous | None
    publish_id: str
    compiled_at: datetime
    as_of: date
    horizon_days: int
    shard_bits: int
    shards: tuple[Blob, ...]
    """One for every value of the first ``shard_bits`` bits of SHA-256(store id), in that order."""
    counts: Counts
    source: Source
    tool: str
    inputs_sha256: str | None
    rollout: Mapping[str, Any] | None
    rollback_of: int | None
    reason: str | None

    @property
    def live_since(self) -> datetime:
        """When it was published, by its publish id; a rollback is compiled earlier. To the millisecond."""
        return ulid_time(self.publish_id) or self.compiled_at


def parse(data: bytes) -> Release:
    """Read a release; raises DocumentError."""
    fields = read_document(data, "release")
    bits = fields.integer("shard_bits", most=LIMITS.shard_bits)
    shards = tuple(parse_blob(one, most=LIMITS.shard_bytes) for one in fields.objects("shards"))
    if len(shards) != 1 << bits:
        raise DocumentError(f"release.shards: expected {1 << bits} for {bits} bits, found {len(shards)}")
    return Release(
        seq=fields.integer("seq", least=1),
        prev=fields.optional(lambda key: _previous(fields.object(key)), "prev"),
        publish_id=fields.text("publish_id"),
        compiled_at=fields.time("compiled_at"),
        as_of=_day(fields.text("as_of")),
        horizon_days=fields.integer("horizon_days"),
        shard_bits=bits,
        shards=shards,
        counts=_counts(fields.object("counts")),
        source=_source(fields.object("source")),
        tool=fields.text("tool"),
        inputs_sha256=fields.optional(fields.sha256, "inputs_sha256"),
        rollout=fields.optional(fields.mapping, "rollout"),
        rollback_of=fields.optional(fields.integer, "rollback_of"),
        reason=fields.optional(fields.text, "reason"),
    )


def encode(release: Release) -> bytes:
    """Return the release's canonical bytes."""
    prev = release.prev
    counts = release.counts
    return canonical.dumps(
        {
            "format": format_of("release"),
            "seq": release.seq,
            "prev": None if prev is None else {"seq": prev.seq, "sha256": prev.sha256},
            "publish_id": release.publish_id,
            "compiled_at": time_text(release.compiled_at),
            "as_of": release.as_of.isoformat(),
            "horizon_days": release.horizon_days,
            "shard_bits": release.shard_bits,
            "shards": [shard.encode() for shard in release.shards],
            "counts": {"stores": counts.stores, "bundles": counts.bundles, "promotions": counts.promotions},
            "source": release.source.encode(),
            "tool": release.tool,
            "inputs_sha256": release.inputs_sha256,
            "rollout": release.rollout,
            "rollback_of": release.rollback_of,
            "reason": release.reason,
        }
    )


def _previous(fields: Fields) -> Previous:
    return Previous(fields.integer("seq", least=1), fields.sha256("sha256"))


def _counts(fields: Fields) -> Counts:
    return Counts(fields.integer("stores"), fields.integer("bundles"), fields.integer("promotions"))


def _source(fields: Fields) -> Source:
    return Source(
        repo=fields.optional(fields.text, "repo"),
        commit=fields.optional(fields.text, "commit"),
        tree=fields.optional(fields.text, "tree"),
        dirty=fields.flag("dirty"),
        run_url=fields.optional(fields.text, "run_url"),
        actor=fields.optional(fields.text, "actor"),
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise DocumentError(f"release.as_of: expected a date like 2026-02-07, found {text!r}") from None
