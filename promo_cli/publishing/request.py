"""What one publication is asked to do, and what it did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from promo_cli.protocol.release import Source
from promo_cli.protocol.rollout import Rollout
from promo_cli.publishing.staging import Plan
from promo_cli.publishing.upload import Report, Uploaded
from promo_cli.publishing.writer import Writer


@dataclass(frozen=True, slots=True, kw_only=True)
class Request(Writer):
    """The arguments of one publication, as its steps need them."""

    bundles: Mapping[str, bytes]
    counters: bytes | None
    source: Source
    as_of: date
    horizon_days: int
    tool: str
    inputs_sha256: str | None
    reason: str | None
    release_hold: bool
    urgency: str
    base: str | None
    """The hash of the release this must follow; None to follow whichever is live."""
    report: Report
    stages: Plan | None = None
    """How the change reaches the stores in waves; None for all at once."""
    all_at_once: bool = False
    """Reach every store now, also where a rollout is under way, which ends by it."""


@dataclass(frozen=True, slots=True)
class Published:
    """What a publication did."""

    outcome: Literal["published", "nothing-to-publish", "rollout-under-way"]
    env: str
    where: str
    seq: int
    rev: int
    publish_id: str
    release_sha256: str
    stores: int
    bundles: int
    promotions: int
    changed_stores: tuple[str, ...]
    uploaded: Uploaded
    notices: tuple[str, ...]
    rollout: Rollout | None = None
    """The rollout this is a step of, where there is one."""
