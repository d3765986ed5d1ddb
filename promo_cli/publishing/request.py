"""What one publication is asked to do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from promo_cli.protocol.head import Poll
from promo_cli.protocol.release import Source
from promo_cli.publishing.keyring import KeyRing
from promo_cli.publishing.upload import Report
from promo_cli.storage import Storage


@dataclass(frozen=True, slots=True)
class Timing:
    """What HEAD tells tills about time."""

    poll: Poll = field(default_factory=lambda: Poll(interval_s=300, jitter_s=60))
    fresh_for: timedelta = timedelta(hours=48)
    """After this a till reports that HEAD was not renewed."""
    stale_after: timedelta = timedelta(days=14)
    """After this promotions marked ``require_fresh`` stop."""


@dataclass(frozen=True, slots=True)
class Request:
    """The arguments of one publication, as its steps need them."""

    bundles: Mapping[str, bytes]
    counters: bytes | None
    storage: Storage
    env: str
    keys: KeyRing
    source: Source
    as_of: date
    horizon_days: int
    now: datetime
    tool: str
    inputs_sha256: str | None
    reason: str | None
    timing: Timing
    publish_id: str
    report: Report
    sleep: Callable[[float], None]
