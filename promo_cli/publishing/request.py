"""What one publication is asked to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from promo_cli.protocol.release import Source
from promo_cli.publishing.upload import Report
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
