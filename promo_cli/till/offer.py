"""Pricing at the till: the bundle on its disk, less what must not run now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from promo_cli import pricing
from promo_cli.diagnostics import Failure
from promo_cli.protocol import bundle, counters
from promo_cli.protocol.counters import Counters
from promo_cli.protocol.fields import DocumentError, time_text
from promo_cli.protocol.head import Head
from promo_cli.protocol.limits import FEATURES
from promo_cli.storage import Storage
from promo_cli.till import codes, state
from promo_cli.till.state import Running
from promo_cli.till.sync import clock


@dataclass(frozen=True, slots=True)
class Withheld:
    """A promotion of the bundle that does not run on this till now, whatever the cart."""

    promotion_id: str
    code: str
    reason_code: str
    """``revoked``, ``unsupported``, ``stale`` or ``exhausted``."""
    reason: str


@dataclass(frozen=True, slots=True)
class Offer:
    """Everything a till needs to price carts, prepared once and used for many."""

    store_id: str
    env: str
    seq: int
    header: Mapping[str, Any]
    products: Mapping[str, Any]
    promotions: tuple[Mapping[str, Any], ...]
    """Those that run."""
    prepared: pricing.PreparedBundle
    withheld: tuple[Withheld, ...]
    usage: Mapping[str, Mapping[str, int | Decimal]]
    """Counters that limits are decided on, by promotion id."""

    @property
    def zone(self) -> ZoneInfo:
        """The store's time zone."""
        return ZoneInfo(self.header["timezone"])


def load_offer(state_dir: Path, now: datetime) -> Offer:
    """Prepare what the till in this folder may offer at ``now`` (with an offset).

    Raises Failure when the till has no usable bundle, pricing.BundleError for one that cannot be priced with.
    """
    disk = state.open_disk(state_dir)
    at_hand = state.at_hand(disk)
    if at_hand is None:
        message = "this till has no bundle"
        raise Failure([codes.NO_BUNDLE.at(None, message, help="sync it; until then it sells at list price")], 1)
    known, running, data = at_hand
    head = known.trusted.head
    assert head is not None, "a bundle is only ever kept with the HEAD it came from"
    parts = bundle.split(data)
    header = bundle.read_object(parts.header, "header")
    lines = {line: bundle.read_line(line) for line in parts.lines}
    snapshot = _counters(disk, running)
    withheld = []
    for promotion in lines.values():
        found = _withheld(promotion, head, snapshot, clock(now, known.trusted))
        if found is not None:
            withheld.append(found)
    gone = {one.promotion_id for one in withheld}
    running_lines = [line for line, one in lines.items() if one["id"] not in gone]
    return Offer(
        store_id=known.store_id,
        env=known.env,
        seq=running.seq,
        header=header,
        products=bundle.read_object(parts.products, "products"),
        promotions=tuple(lines[line] for line in running_lines),
        prepared=pricing.prepare(bundle.join(parts.header, parts.products, running_lines)),
        withheld=tuple(withheld),
        usage={} if snapshot is None else _usage(snapshot, now.astimezone(ZoneInfo(header["timezone"])).date()),
    )


def price(cart: Mapping[str, Any], offer: Offer, now: datetime, *, trace: bool = False) -> dict[str, Any]:
    """Price a cart; a cart without ``at`` is priced at ``now``, without ``usage`` on the counters the till has.

    Returns the receipt with ``withheld``, the promotions this till stopped before pricing, and why. Raises
    pricing.CartError.
    """
    known = {"at": now.astimezone(offer.zone).strftime("%Y-%m-%dT%H:%M:%S"), "usage": dict(offer.usage)}
    receipt = pricing.price({**known, **cart}, offer.prepared, trace=trace)
    stopped = [
        {"promotion_id": one.promotion_id, "code": one.code, "reason_code": one.reason_code, "reason": one.reason}
        for one in offer.withheld
    ]
    return {**receipt, "withheld": stopped}


def _usage(snapshot: Counters, day: date) -> dict[str, dict[str, int | Decimal]]:
    """Return the counters as a cart's `usage`. Another day's uses of the day say nothing about this one."""
    return {
        promotion_id: {
            "total": one.total,
            "today": one.today if snapshot.day == day else 0,
            "discount": one.discount,
        }
        for promotion_id, one in snapshot.promotions.items()
    }


def _withheld(promotion: Mapping[str, Any], head: Head, snapshot: Counters | None, moment: datetime) -> Withheld | None:
    def because(reason_code: str, reason: str) -> Withheld:
        return Withheld(promotion["id"], promotion["code"], reason_code, reason)

    if promotion["id"] in head.revoked:
        return because("revoked", "stopped by the head office")
    if unknown := [name for name in promotion.get("requires", ()) if name not in FEATURES]:
        return because("unsupported", f"this till does not know {', '.join(unknown)} yet")
    if promotion.get("require_fresh") and moment > head.stale_after:
        return because("stale", f"the till has not heard from the head office since {time_text(head.issued_at)}")
    counter = None if snapshot is None else snapshot.promotions.get(promotion["id"])
    if counter is not None and counter.exhausted:
        return because("exhausted", "its limit of uses is reached")
    return None


def _counters(disk: Storage, running: Running) -> Counters | None:
    """Return the snapshot; limits fall back to what the cart says when it is missing or damaged."""
    data = None if running.counters is None else state.read(disk, running.counters)
    try:
        return None if data is None else counters.parse(data)
    except DocumentError:
        return None
