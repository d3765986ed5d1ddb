"""Who writes HEAD, and the one way to do it: sign the next one, put it conditionally, settle every doubt."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from promo_cli.diagnostics import Failure
from promo_cli.protocol import dsse, head
from promo_cli.protocol.head import Head, Poll
from promo_cli.protocol.limits import LIMITS
from promo_cli.protocol.root import Root
from promo_cli.protocol.trust import Refused, TrustedState
from promo_cli.publishing import codes
from promo_cli.publishing.flip import Flip, flip
from promo_cli.publishing.keyring import KeyRing
from promo_cli.storage import Storage


@dataclass(frozen=True, slots=True)
class Timing:
    """What HEAD tells tills about time."""

    poll: Poll = field(default_factory=lambda: Poll(interval_s=300, jitter_s=60))
    fresh_for: timedelta = timedelta(hours=48)
    """After this a till reports that HEAD was not renewed."""
    stale_after: timedelta = timedelta(days=14)
    """After this promotions marked ``require_fresh`` stop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """What every change of an environment's HEAD needs. ``now`` has an offset; ``publish_id`` names the change."""

    storage: Storage
    env: str
    keys: KeyRing
    now: datetime
    publish_id: str
    timing: Timing = field(default_factory=Timing)
    sleep: Callable[[float], None] = time.sleep


def successor(writer: Writer, root: Root, old: Head) -> Head:
    """Return HEAD as it is, renewed and numbered as the next one. A raised epoch starts revisions over."""
    return replace(
        old,
        epoch=root.epoch,
        rev=old.rev + 1 if old.epoch == root.epoch else 1,
        publish_id=writer.publish_id,
        recent=(old.publish_id, *old.recent)[: LIMITS.recent],
        issued_at=writer.now,
        fresh_until=writer.now + writer.timing.fresh_for,
        stale_after=writer.now + writer.timing.stale_after,
        root_version=root.version,
        poll=writer.timing.poll,
    )


def put_head(writer: Writer, trusted: TrustedState, etag: str | None, root: Root, following: Head) -> bool:
    """Put HEAD over the one with this ETag; False for a lost race. Every head key at hand signs.

    Raises Failure: exit 2 without keys, 1 for a HEAD not to be believed, 4 for an unknown outcome.
    """
    signers = writer.keys.head_signers(root)
    envelope = dsse.sign(head.PAYLOAD_TYPE, head.encode(following), signers)
    if len(envelope) > LIMITS.head_bytes:
        message = f"HEAD would have {len(envelope)} bytes, tills take at most {LIMITS.head_bytes}"
        raise Failure([codes.HEAD_TOO_LARGE.at(None, message)], exit_code=2)
    where = writer.storage.where
    try:
        outcome = flip(writer.storage, trusted, envelope, writer.publish_id, etag, sleep=writer.sleep)
    except Refused as refused:
        raise Failure([codes.UNTRUSTED_HEAD.at(None, f"HEAD in {where}: {refused}")], 1) from refused
    if outcome is Flip.UNKNOWN:
        message = f"it is unknown whether revision {following.rev} (release {following.seq}) went live in {where}"
        raise Failure([codes.OUTCOME_UNKNOWN.at(None, message, help="run the same command again")], exit_code=4)
    return outcome is Flip.COMMITTED
