"""A simulated fleet: real tills on this machine that sync, sell to made-up customers, give back, close the day, upload.

Nothing but the customers is simulated: every till has its own state folder, checks signatures, prices with the engine
and spools what it did. The same seed, stores, days and release give the same uploads, byte for byte.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from promo_cli.diagnostics import Failure
from promo_cli.storage import Storage
from promo_cli.till import journal, spool
from promo_cli.till.journal import Event, Moment
from promo_cli.till.offer import Offer, load_offer, price
from promo_cli.till.shoppers import Member, Menu, make_cart, make_members, visits
from promo_cli.till.spool import Till
from promo_cli.till.sync import sync
from promo_cli.till.upload import upload

_MEMBERS = 400
_REFUND_SHARE = 0.012


@dataclass(frozen=True, slots=True)
class FleetStore:
    """One store with one till; ``channels`` are those it sells through, the usual one first."""

    store_id: str
    brand_id: str | None = None
    channels: tuple[str, ...] = ("dine_in", "takeaway")
    pos_id: str = "pos-1"


@dataclass(frozen=True, slots=True)
class FleetResult:
    """What the fleet did; amounts are in major units."""

    bills: int = 0
    refunds: int = 0
    events: int = 0
    net: journal.Amount = 0
    discount: journal.Amount = 0

    def __add__(self, other: FleetResult) -> FleetResult:
        return FleetResult(
            self.bills + other.bills,
            self.refunds + other.refunds,
            self.events + other.events,
            self.net + other.net,
            self.discount + other.discount,
        )


def run_fleet(
    storage: Storage,
    stores: Sequence[FleetStore],
    days: Sequence[date],
    *,
    env: str,
    folder: Path,
    rng: random.Random,
    bills_per_day: int = 40,
    report: Callable[[int, int], None] = lambda done, total: None,
) -> FleetResult:
    """Let every store sell on every day; ``folder`` holds one state folder for each store.

    The bucket's own first root is trusted, so this is for folders of one's own. ``report`` is called with the number
    of store days done and of all. Raises Failure for a till without a bundle, pricing.CartError, StorageError.
    """
    seed = rng.getrandbits(64)
    seen: set[str] = set()
    members: list[Member] | None = None
    result = FleetResult()
    for number, (day, store) in enumerate(((day, store) for day in days for store in stores), start=1):
        # A random of its own for every store and day: one more store leaves the others' carts as they are.
        own = random.Random(f"{seed}:{day.isoformat()}:{store.store_id}")  # noqa: S311 -- a simulation
        state_dir = folder / store.store_id
        offer, synced = _open(storage, state_dir, env, store, day)
        if members is None:
            members = make_members(_MEMBERS, offer.header["tiers"], random.Random(seed))  # noqa: S311
        result += _sell(state_dir, store, day, offer, synced, members, seen, own, bills_per_day)
        sent = upload(storage, state_dir, store.store_id)
        if sent.diagnostics:
            raise Failure(sent.diagnostics, sent.exit_code)
        report(number, len(days) * len(stores))
    return result


def _open(storage: Storage, state_dir: Path, env: str, store: FleetStore, day: date) -> tuple[Offer, list[Event]]:
    """Sync before the doors open, and prepare what is on offer."""
    before = datetime.combine(day, time(), tzinfo=UTC)
    result = sync(storage, state_dir, env, store.store_id, before, trust_first_root=True)
    offer = load_offer(state_dir, before)
    at = datetime.combine(day, time(6, 30), tzinfo=offer.zone)
    detail = "; ".join(one.message for one in result.diagnostics) or None
    return offer, journal.synced(result.status, detail, Moment(at, day, offer.seq))


def _sell(
    state_dir: Path,
    store: FleetStore,
    day: date,
    offer: Offer,
    synced: list[Event],
    members: Sequence[Member],
    seen: set[str],
    rng: random.Random,
    bills_per_day: int,
) -> FleetResult:
    till = Till(store.store_id, store.pos_id, store.brand_id)
    events = list(synced)
    for number, at in enumerate(visits(day, bills_per_day, rng), start=1):
        events += _visit(store, day, offer, members, seen, rng, number, at.replace(tzinfo=offer.zone))
    events.sort(key=lambda event: event["at"])
    written = spool.record(state_dir, till, events, rng.randbytes)
    totals = spool.totals(state_dir, till, day)
    closing = Moment(datetime.combine(day, time(22, 30), tzinfo=offer.zone), day, offer.seq)
    spool.record(state_dir, till, journal.day_close(totals, closing), rng.randbytes)
    refunds = sum(event["kind"] == "refund" for event in written)
    return FleetResult(totals.bills, refunds, len(written) + 1, totals.net - totals.refunds, totals.discount)


def _visit(
    store: FleetStore,
    day: date,
    offer: Offer,
    members: Sequence[Member],
    seen: set[str],
    rng: random.Random,
    number: int,
    at: datetime,
) -> Iterator[Event]:
    menu = Menu(offer.products, offer.promotions, offer.header["payments"], store.channels, store.brand_id)
    cart = make_cart(menu, at.replace(tzinfo=None), members, seen, rng)
    receipt = price({**cart, "store_id": store.store_id}, offer, at)
    member_id = cart.get("customer", {}).get("member_id")
    key = None if member_id is None else hashlib.sha256(f"fleet:{member_id}".encode()).hexdigest()
    bill_id = f"{store.store_id}-{store.pos_id}-{day:%Y%m%d}-{number:04d}"
    sold = journal.sale(cart, receipt, offer.products, bill_id, Moment(at, day, offer.seq), customer_key=key)
    yield from sold
    if rng.random() < _REFUND_SHARE:
        line = rng.choice([line for line in sold[0]["lines"] if not line.get("gift")])
        back = Moment(at + timedelta(minutes=rng.randrange(2, 20)), day, offer.seq)
        yield from journal.refund(
            sold[0],
            {line["line_id"]: len(line["unit_nets"])},
            f"{bill_id}-R",
            back,
            exponent=offer.header["currency"]["exponent"],
            reason="customer changed their mind",
        )
