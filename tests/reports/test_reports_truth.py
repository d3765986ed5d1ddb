"""Worlds whose truth is known: intervals have to hold it as often as they say."""

import datetime as dt
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import pytest

from promo_cli.reports.reference import PromotionFacts, Reference
from promo_cli.reports.result import Blank, ReportResult
from promo_cli.reports.run import run_report
from promo_cli.reports.statistics.intervals import Sample
from promo_cli.reports.statistics.lift import Arms, difference
from promo_cli.reports.statistics.synthetic import synthetic_control
from promo_cli.warehouse.database import writing
from promo_cli.warehouse.writing import insert

SEEDS = 200 if os.environ.get("PROMO_PROOF") == "full" else 8
START = dt.date(2026, 3, 2)
OFFER = PromotionFacts(
    "p", "TRUTH", "Truth", "percent_discount", START, START + dt.timedelta(days=27),
    triggers=("kopi",), benefits=("roti",), window_days=7,
)  # fmt: skip
KNOWN = Reference(promotions=[OFFER])
PRICES = {"latte": 100, "tea": 50, "cake": 30}
pytestmark = pytest.mark.slow


class Ledger:
    """Collects bills and exposures by column, and writes them to a warehouse at once."""

    def __init__(self) -> None:
        self.bills: list[dict[str, Any]] = []
        self.lines: list[dict[str, Any]] = []
        self.discounts: list[dict[str, Any]] = []
        self.exposures: list[dict[str, Any]] = []
        self.number = 0

    def _event(self, store: str, day: int, brand: str) -> dict[str, Any]:
        self.number += 1
        date = START + dt.timedelta(days=day)
        at = dt.datetime.combine(date, dt.time(12)) + dt.timedelta(seconds=self.number % 3600)
        return {
            "file_id": 1, "line": self.number, "event_id": UUID(int=self.number), "payload_hash": self.number,
            "store_id": store, "brand_id": brand, "pos_id": "1", "seq": self.number, "at_utc": at, "at_local": at,
            "business_date": date,
        }  # fmt: skip

    def sell(
        self,
        store: str,
        day: int,
        units: Mapping[str, float],
        who: str | None = None,
        *,
        off: float = 0,
        brand: str = "kopi",
    ) -> None:
        """A bill; `off` is taken off the whole of its lattes."""
        event = self._event(store, day, brand)
        total = sum(PRICES[name] * count for name, count in units.items())
        amounts = {"subtotal": total, "total_discount": off, "final_amount": total - off}
        self.bills.append(
            {**event, "bill_id": f"b{self.number}", "status": "completed", "customer_key": who, **amounts}
        )
        for position, (name, count) in enumerate(units.items(), start=1):
            taken = off if name == "latte" else 0
            listed = PRICES[name] * count
            self.lines.append(
                {
                    "event_id": event["event_id"], "position": position, "line_id": str(position), "product_id": name,
                    "category": "cakes" if name == "cake" else "drinks", "quantity": count, "price": PRICES[name],
                    "list_amount": listed, "discount": taken, "net": listed - taken, "brand": brand,
                }
            )  # fmt: skip
            if taken:
                self.discounts.append(
                    {"event_id": event["event_id"], "position": position, "promotion_id": "p", "code": "TRUTH",
                     "amount": taken}
                )  # fmt: skip

    def meet(self, unit: str, variant: str, store: str, bill: str | None) -> None:
        """A unit meets its arm on the first day."""
        self.exposures.append(
            {**self._event(store, 0, "kopi"), "experiment": "e", "variant": variant, "unit": unit, "bill_id": bill}
        )

    def write(self, path: Path) -> Path:
        """Make the warehouse."""
        with writing(path, b"key") as con:
            for table, rows in (
                ("bills", self.bills), ("bill_lines", self.lines), ("bill_discounts", self.discounts),
                ("exposures", self.exposures),
            ):  # fmt: skip
                if rows:
                    insert(con, table, **{name: [row[name] for row in rows] for name in rows[0]})
        return path


def customers(seed: int, path: Path) -> Path:
    """500 customers, half of them held out, who differ in how much they buy, before as well as after.

    Each of mean appetite 1 buys 1 latte at 100 and 0.8 teas at 50; with the promotion 1.6 lattes at 80 and 0.5 teas.
    Of those held out 20 % buy a cake at 30 at the other brand within days, of the others 35 %. So the truth per
    customer is 153 + 10.5 - (140 + 6) = 17.5 net, a cannibalisation of 0.3 / 0.6, and 15 points of conversion.
    """
    rng = np.random.default_rng(seed)
    ledger = Ledger()
    for number in range(500):
        who, treated, appetite = f"c{number}", number % 2 == 0, rng.gamma(4, 1 / 4)
        ledger.sell("K1", int(rng.integers(-28, 0)), {"tea": int(rng.poisson(3 * appetite)) + 1}, who)
        lattes, teas = (
            rng.poisson((1.6 if treated else 1.0) * appetite),
            rng.poisson((0.5 if treated else 0.8) * appetite),
        )
        # Everybody comes in for nothing on the first day: the trigger of the offer across brands.
        ledger.sell("K1", 0, {"latte": int(lattes), "tea": int(teas)}, who, off=20 * int(lattes) if treated else 0)
        ledger.meet(who, "on" if treated else "control", "K1", f"b{ledger.number}")
        if rng.random() < (0.35 if treated else 0.20):
            ledger.sell("R1", int(rng.integers(1, 8)), {"cake": 1}, who, brand="roti")
    ledger.sell("K1", 60, {"tea": 1})
    return ledger.write(path)


def shops(seed: int, path: Path) -> Path:
    """24 stores over eight weeks; half run the promotion in the last four, and it is worth 40 a day to each.

    All of them grow by 60 a day at the same time, which is not the promotion's doing, and each drifts a little by
    itself, so that stores and not days are what can be compared.
    """
    rng = np.random.default_rng(seed)
    ledger = Ledger()
    for store in range(24):
        level, drift = rng.normal(1000, 200), rng.normal(0, 25)
        for day in range(-28, 28):
            after = day >= 0
            net = level + rng.normal(0, 60) + (60 + drift if after else 0) + (40 if after and store % 2 else 0)
            promoted = after and store % 2 == 1
            off = 100 if promoted else 0
            ledger.sell(f"s{store:02}", day, {"latte": round((net + off) / PRICES["latte"], 3)}, off=off)
    return ledger.write(path)


def row(result: ReportResult, section: str) -> dict[str, Any]:
    """The only row of a section."""
    (found,) = (each for each in result.sections if each.name == section)
    return dict(zip((column.name for column in found.columns), found.rows[0], strict=True))


def holds(found: Mapping[str, Any], name: str, truth: float) -> bool:
    """Whether an interval holds the truth; one that is undefined claims nothing."""
    low, high = found[f"{name}_low"], found[f"{name}_high"]
    return isinstance(low, Blank) or low <= truth <= high


def enough(hits: int) -> bool:
    """Whether so many of SEEDS are what 95 % coverage gives, but for a chance of one in a thousand."""
    slack = 3.3 * (SEEDS * 0.95 * 0.05) ** 0.5
    return SEEDS * 0.95 - slack <= hits <= min(SEEDS, SEEDS * 0.95 + slack)


@pytest.fixture
def paths(tmp_path: Path) -> Iterator[Path]:
    """Names of warehouses, one after the other."""
    return (tmp_path / f"{number}.duckdb" for number in range(SEEDS))


def test_a_holdout_tells_the_truth(paths: Iterator[Path]) -> None:
    """Lift, cannibalisation and conversion between brands: each 95 % interval holds its truth 95 times in 100."""
    hits = {"change": 0, "cannibalised": 0, "lift": 0}
    for seed, path in enumerate(paths):
        warehouse = customers(seed, path)
        result = run_report("promotion", {"promotions": "TRUTH"}, warehouse, known=KNOWN)
        found = row(result, "lift")
        assert (found["grade"], found["called"]) == ("A", "incremental")
        hits["change"] += holds(found, "change", 17.5 * 250)
        hits["cannibalised"] += holds(row(result, "effects"), "cannibalised", 0.5)
        offers = run_report("cross-brand", {"promotions": "TRUTH"}, warehouse, known=KNOWN)
        hits["lift"] += holds(row(offers, "offers"), "lift", 0.15)
        path.unlink()
    assert all(map(enough, hits.values())), hits


def test_stores_tell_the_truth_and_a_change_does_not(paths: Iterator[Path]) -> None:
    """Against other stores the interval holds 40 a day and store; against the weeks before growth counts as well.

    So grade E misses it, and says itself that it is no effect: it is never called incremental, and has no return.
    """
    truth, hits, misled = 40 * 28 * 12, 0, 0
    for seed, path in enumerate(paths):
        warehouse = shops(seed, path)
        change = row(run_report("promotion", {"promotions": "TRUTH", "design": "C"}, warehouse, known=KNOWN), "lift")
        assert change["grade"] in ("C", "none")
        hits += change["grade"] == "none" or holds(change, "change", truth)
        result = run_report("promotion", {"promotions": "TRUTH", "design": "E"}, warehouse, known=KNOWN)
        found = row(result, "lift")
        assert (found["grade"], found["called"]) == ("E", "change vs baseline, not incremental")
        assert any("It is not incremental" in each for each in result.caveats)
        assert row(result, "effects")["halo"] is None
        misled += not holds(found, "change", truth)
        roi = row(run_report("roi", {"promotions": "TRUTH", "design": "E"}, warehouse, known=KNOWN), "roi")
        assert roi["roi"] is None
        path.unlink()
    assert enough(hits), hits
    assert misled > SEEDS / 2


def test_placebos_hold_as_much_as_they_say() -> None:
    """Grade D: of stores that are alike, a gap is larger than those of all 19 placebos once in 20, and not more."""
    rounds, hits = max(SEEDS, 60), 0
    for seed in range(rounds):
        rng = np.random.default_rng(seed)
        market = np.cumsum(rng.normal(0, 5, 42))
        stores = [100 + rng.normal(0, 10) + rng.uniform(0.5, 1.5) * market + rng.normal(0, 6, 42) for _ in range(20)]
        own, donors = stores[0].tolist(), [(each[:28].tolist(), each[28:].tolist()) for each in stores[1:]]
        found = synthetic_control(own[:28], [value + 30 for value in own[28:]], donors)
        hits += abs(found.gap - 30) <= found.half_width
        assert found.coverage == 0.95
    slack = 3.3 * (rounds * 0.95 * 0.05) ** 0.5
    assert hits >= rounds * 0.95 - slack, hits


def test_drawn_stores_hold_as_much_as_they_say() -> None:
    """Grade B: 10 stores of each arm, whose bills are alike within a store; the store is what is counted."""
    rounds, hits, naive = 400, 0, 0
    for seed in range(rounds):
        rng = np.random.default_rng(seed)
        bills = [rng.normal(100 + rng.normal(0, 10) + (7 if store % 2 else 0), 20, 50) for store in range(20)]
        means = [float(each.mean()) for each in bills]
        found = difference(Arms(_of(means[1::2]), _of(means[::2])), "B")
        hits += found.low <= 7 <= found.high
        pooled = difference(Arms(_of(np.concatenate(bills[1::2])), _of(np.concatenate(bills[::2]))), "B")
        naive += pooled.low <= 7 <= pooled.high
    slack = 3.3 * (rounds * 0.95 * 0.05) ** 0.5
    assert abs(hits - rounds * 0.95) <= slack
    assert naive < rounds * 0.7  # counting bills instead would claim far too much


def _of(values: Any) -> Sample:
    numbers = np.asarray(values, float)
    return Sample(len(numbers), float(numbers.mean()), float(numbers.var(ddof=1)))
