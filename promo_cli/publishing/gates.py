"""May the next wave begin? What is known of the stores that have the change, held against promo.yaml. Pure.

A gate is passed only by figures: where there are none, it is as closed as if they were bad.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Literal

from promo_cli.model.settings import Gates
from promo_cli.protocol.fields import time_text
from promo_cli.protocol.rollout import Rollout

Verdict = Literal["passed", "failed", "missing"]
BEFORE = timedelta(days=7)
"""How far back a wave's stores are compared with themselves."""


@dataclass(frozen=True, slots=True)
class Sales:
    """Completed bills of some stores in some time; amounts in major units."""

    bills: int
    subtotal: Decimal
    discount: Decimal

    @property
    def discount_percent(self) -> Decimal | None:
        """The discounts' share of what was sold at list price, in percent; None without sales."""
        return self.discount * 100 / self.subtotal if self.subtotal else None


@dataclass(frozen=True, slots=True)
class Facts:
    """What the warehouse knows of the stores that have the change, since the last wave was reached."""

    stores: int
    reporting: int
    """Stores whose tills all run the wave's release, by their last report, of at least one till."""
    failing: int
    """Stores with a till whose last sync was refused, or that kept an old bundle."""
    heard: int
    """Stores with a till that reported at all."""
    decisions: int
    """Promotions that tills applied or rejected."""
    unsupported: int
    """Decisions in which a till did not know what a promotion requires."""
    sales: Sales
    earlier: Sales
    """Of the same stores, in the 7 days before."""


@dataclass(frozen=True, slots=True)
class Gate:
    """One condition: what it needs, and what was found."""

    name: str
    verdict: Verdict
    needed: str
    found: str


def gates_of(rollout: Rollout, wanted: Gates, facts: Facts | None, why: str, now: datetime) -> list[Gate]:
    """Return every gate with its verdict; ``facts`` None where nothing is known, and ``why`` says so."""
    stage = rollout.stages[rollout.wave - 1]
    until = rollout.started_at + timedelta(hours=stage.soak_hours)
    soak = Gate("soak", "passed" if now >= until else "failed", f"until {time_text(until)}", f"it is {time_text(now)}")
    return [soak, *_from_facts(rollout, wanted, facts, why)]


def _from_facts(rollout: Rollout, wanted: Gates, facts: Facts | None, why: str) -> Iterator[Gate]:
    def gate(name: str, needed: str, judge: Callable[[Facts], tuple[Verdict, str]]) -> Gate:
        if facts is None:
            return Gate(name, "missing", needed, why)
        verdict, found = judge(facts)
        return Gate(name, verdict, needed, found)

    yield gate(
        "reporting",
        f"{wanted.reporting_percent} % of its stores report release {rollout.wave_seq} or later",
        lambda known: (
            _at_least(known.reporting, known.stores, wanted.reporting_percent),
            f"{known.reporting} of {known.stores} stores",
        ),
    )
    yield gate(
        "failed syncs",
        f"in at most {wanted.max_failed_sync_percent} % of its stores",
        lambda known: (
            _at_most(known.failing, known.heard, wanted.max_failed_sync_percent),
            f"{known.failing} of {known.heard} stores that reported",
        ),
    )
    yield gate(
        "bills",
        f"at least {wanted.min_bills} with the new release",
        lambda known: ("passed" if known.sales.bills >= wanted.min_bills else "missing", f"{known.sales.bills}"),
    )
    yield gate(
        "unsupported promotions",
        f"in at most {wanted.max_unsupported_percent} % of the tills' decisions",
        lambda known: (
            _at_most(known.unsupported, known.decisions, wanted.max_unsupported_percent),
            f"{known.unsupported} of {known.decisions} decisions",
        ),
    )
    if (rise := wanted.max_discount_rise) is not None:
        yield gate("discounts", f"at most {rise} points above the 7 days before", lambda known: _rise(known, rise))


def _at_least(part: int, whole: int, percent: Decimal) -> Verdict:
    return "missing" if not whole or part * 100 < percent * whole else "passed"


def _at_most(part: int, whole: int, percent: Decimal) -> Verdict:
    return "missing" if not whole else "passed" if part * 100 <= percent * whole else "failed"


def _rise(known: Facts, most: Decimal) -> tuple[Verdict, str]:
    now, before = known.sales.discount_percent, known.earlier.discount_percent
    if now is None or before is None:
        return "missing", f"no sales {'with the new release' if now is None else 'in the 7 days before'}"
    return "passed" if now - before <= most else "failed", f"{before:.2f} % before, {now:.2f} % now"
