"""A small town of shops: sales are written down, become a till's uploads, and go through ingest into a warehouse."""

import datetime as dt
import gzip
import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from promo_cli.protocol import canonical
from promo_cli.protocol.layout import upload_key
from promo_cli.storage import open_storage
from promo_cli.warehouse.ingest import ingest

Event = dict[str, Any]


@dataclass(frozen=True)
class Product:
    """What is sold: price, category and brand."""

    price: int
    category: str
    brand: str


@dataclass
class Town:
    """Collects events by till and day; every amount is a whole number of major units."""

    products: Mapping[str, Product]
    brands: Mapping[str, str]
    events: dict[tuple[dt.date, str], list[Event]] = field(default_factory=dict)
    numbers: Any = field(default_factory=lambda: itertools.count(1))

    def add(self, kind: str, store: str, day: dt.date, hour: int = 10, **body: Any) -> Event:
        """One event of the store's only till."""
        number = next(self.numbers)
        event = {
            "v": 1,
            "kind": kind,
            "event_id": str(UUID(int=(0x7 << 76) | number)),
            "store_id": store,
            "brand_id": self.brands[store],
            "pos_id": "1",
            "at": f"{day}T{hour:02}:{number % 60:02}:00+00:00",
            "business_date": day.isoformat(),
            **body,
        }
        self.events.setdefault((day, store), []).append(event)
        return event

    def sell(
        self,
        store: str,
        day: dt.date,
        basket: Mapping[str, int],
        gives: Mapping[tuple[str, str], int] | None = None,
        *,
        who: str | None = None,
        hour: int = 10,
        **fields: Any,
    ) -> Event:
        """A bill; `gives` is what a promotion took off a product's line."""
        lines = []
        for number, (name, quantity) in enumerate(basket.items(), start=1):
            product = self.products[name]
            discounts = [
                {"promotion_id": promotion, "code": promotion.upper(), "amount": amount}
                for (promotion, of), amount in (gives or {}).items()
                if of == name
            ]
            listed, discount = product.price * quantity, sum(each["amount"] for each in discounts)
            lines.append(
                {
                    "line_id": str(number),
                    "product_id": name,
                    "category": product.category,
                    "brand": product.brand,
                    "quantity": quantity,
                    "price": product.price,
                    "list_amount": listed,
                    "discount": discount,
                    "net": listed - discount,
                    "discounts": discounts,
                }
            )
        total, off = sum(each["list_amount"] for each in lines), sum(each["discount"] for each in lines)
        bill = self.add(
            "bill",
            store,
            day,
            hour,
            bill_id=f"b{next(self.numbers)}",
            status="completed",
            channel="dine-in",
            customer_key=who,
            subtotal=total,
            total_discount=off,
            final_amount=total - off,
            lines=lines,
            **fields,
        )
        for promotion in sorted({promotion for promotion, _ in gives or {}}):
            amount = sum(each for (one, _), each in (gives or {}).items() if one == promotion)
            self.add(
                "usage", store, day, hour, promotion_id=promotion, bill_id=bill["bill_id"], discount_amount=amount,
                used_at=bill["at"],
            )  # fmt: skip
        return bill

    def give_back(self, kind: str, bill: Event, day: dt.date, quantities: Mapping[str, int] | None = None) -> None:
        """A void of a whole bill, or a refund of units of it with their part of the discounts."""
        lines = []
        for line in bill["lines"]:
            units = line["quantity"] if quantities is None else quantities.get(line["product_id"], 0)
            if units:
                part = {key: line[key] * units // line["quantity"] for key in ("list_amount", "discount", "net")}
                discounts = [
                    {**each, "amount": each["amount"] * units // line["quantity"]} for each in line["discounts"]
                ]
                lines.append({**line, **part, "quantity": units, "discounts": discounts})
        self.add(
            kind, bill["store_id"], day, 21, bill_id=f"r{next(self.numbers)}", original_bill_id=bill["bill_id"],
            lines=lines, total_refund=sum(each["net"] for each in lines),
        )  # fmt: skip

    def meet(self, unit: str, variant: str, store: str, day: dt.date, bill: Event | None = None) -> None:
        """A unit meets an arm of the experiment `spring`."""
        bill_id = {} if bill is None else {"bill_id": bill["bill_id"]}
        self.add("exposure", store, day, 9, experiment="spring", variant=variant, unit=unit, **bill_id)

    def close(self, store: str, day: dt.date, **changes: Any) -> None:
        """The control totals of a day as it was sold, but for `changes`."""
        events = self.events.get((day, store), [])
        bills = [each for each in events if each["kind"] == "bill"]
        totals = {
            "bills": len(bills),
            "net": sum(each["final_amount"] for each in bills),
            "discount": sum(each["total_discount"] for each in bills),
            "refunds": sum(each["total_refund"] for each in events if each["kind"] in ("refund", "void")),
        }
        self.add("day_close", store, day, 23, **totals, first_seq=1, last_seq=len(events), **changes)

    def ingest(self, folder: Path) -> Path:
        """Upload everything, a till's lines numbered in the order of days; return the warehouse."""
        seqs: dict[str, Any] = {}
        for (day, store), events in sorted(self.events.items()):
            counter = seqs.setdefault(store, itertools.count(1))
            for event in events:
                event["seq"] = next(counter)
            content = b"".join(canonical.dumps(each) + b"\n" for each in events)
            key = upload_key(day, store, "1", events[0]["seq"], events[-1]["seq"], content)
            path = folder / "bucket" / key
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(gzip.compress(content, mtime=0))
        storage = open_storage(str(folder / "bucket"), base=folder)
        now = dt.datetime(2027, 1, 1, tzinfo=dt.UTC)
        result = ingest(storage, warehouse=folder / "warehouse.duckdb", env="t", hmac_key=bytes(32), now=now)
        assert result.loaded == result.lines
        return folder / "warehouse.duckdb"
