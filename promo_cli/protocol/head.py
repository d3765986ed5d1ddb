"""HEAD: the one mutable object, polled by every till. It names the current release and the rules of polling."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from promo_cli.protocol import canonical
from promo_cli.protocol.fields import DocumentError, Fields, format_of, read_document, time_text
from promo_cli.protocol.layout import release_key
from promo_cli.protocol.limits import LIMITS

PAYLOAD_TYPE = "application/vnd.promo.head+json"
URGENCIES = ("normal", "force")


@dataclass(frozen=True, slots=True)
class ReleaseRef:
    """Where the release is, and what it must hash to; size in bytes."""

    key: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Poll:
    """How often a till asks for HEAD, in seconds: every ``interval_s``, plus a random part of ``jitter_s``."""

    interval_s: int
    jitter_s: int


@dataclass(frozen=True, slots=True)
class Hold:
    """Why publishing is stopped: set by a rollback, so that the nightly job does not undo it."""

    at: datetime
    actor: str
    reason: str


@dataclass(frozen=True, slots=True)
class Head:
    """HEAD's payload. Times are UTC."""

    env: str
    epoch: int
    rev: int
    """Grows with every write of HEAD."""
    seq: int
    """The release's number; grows only with a release."""
    publish_id: str
    """ULID of the write that made this HEAD."""
    recent: tuple[str, ...]
    """The publish ids before this one, newest first."""
    issued_at: datetime
    fresh_until: datetime
    """After it a till reports that it may be out of date."""
    stale_after: datetime
    """After it promotions marked ``require_fresh`` stop."""
    release: ReleaseRef
    root_version: int
    min_client: int
    """The lowest protocol version of a client that understands this release."""
    poll: Poll
    revoked: tuple[str, ...]
    """Ids of promotions stopped in the whole fleet."""
    urgency: str
    hold: Hold | None

    @property
    def order(self) -> tuple[int, int]:
        """What must never go backwards on a till."""
        return self.epoch, self.rev


def parse(data: bytes) -> Head:
    """Read HEAD's payload; raises DocumentError."""
    fields = read_document(data, "head")
    head = Head(
        env=fields.text("env"),
        epoch=fields.integer("epoch", least=1),
        rev=fields.integer("rev", least=1),
        seq=fields.integer("seq", least=1),
        publish_id=fields.text("publish_id"),
        recent=fields.texts("recent", most=LIMITS.recent),
        issued_at=fields.time("issued_at"),
        fresh_until=fields.time("fresh_until"),
        stale_after=fields.time("stale_after"),
        release=_release_ref(fields.object("release")),
        root_version=fields.integer("root_version", least=1),
        min_client=fields.integer("min_client", least=1),
        poll=_poll(fields.object("poll")),
        revoked=fields.texts("revoked", most=LIMITS.revoked),
        urgency=fields.one_of("urgency", URGENCIES),
        hold=fields.optional(lambda key: _hold(fields.object(key)), "hold"),
    )
    if head.release.key != release_key(head.seq, head.release.sha256):
        raise DocumentError(f"head.release.key: expected the key of release {head.seq}, found {head.release.key}")
    return head


def encode(head: Head) -> bytes:
    """Return the payload's canonical bytes."""
    hold: dict[str, Any] | None = None
    if head.hold is not None:
        hold = {"at": time_text(head.hold.at), "actor": head.hold.actor, "reason": head.hold.reason}
    return canonical.dumps(
        {
            "format": format_of("head"),
            "env": head.env,
            "epoch": head.epoch,
            "rev": head.rev,
            "seq": head.seq,
            "publish_id": head.publish_id,
            "recent": head.recent,
            "issued_at": time_text(head.issued_at),
            "fresh_until": time_text(head.fresh_until),
            "stale_after": time_text(head.stale_after),
            "release": {"key": head.release.key, "sha256": head.release.sha256, "size": head.release.size},
            "root_version": head.root_version,
            "min_client": head.min_client,
            "poll": {"interval_s": head.poll.interval_s, "jitter_s": head.poll.jitter_s},
            "revoked": head.revoked,
            "urgency": head.urgency,
            "hold": hold,
        }
    )


def _release_ref(fields: Fields) -> ReleaseRef:
    return ReleaseRef(
        key=fields.text("key"),
        sha256=fields.sha256("sha256"),
        size=fields.integer("size", least=1, most=LIMITS.release_bytes),
    )


def _poll(fields: Fields) -> Poll:
    return Poll(interval_s=fields.integer("interval_s", least=1), jitter_s=fields.integer("jitter_s"))


def _hold(fields: Fields) -> Hold:
    return Hold(at=fields.time("at"), actor=fields.text("actor"), reason=fields.text("reason"))
