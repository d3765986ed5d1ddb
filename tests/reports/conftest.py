import datetime as dt
import itertools
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from promo_cli.warehouse.database import writing
from promo_cli.warehouse.writing import insert

D1, D2 = dt.date(2026, 2, 6), dt.date(2026, 2, 7)
LATTE, CAKE = 45000, 30000
CODES = {"p1": "WEEKEND20", "p2": "BOGO", "p3": "POINTS"}


class Shop:
    """Fills a warehouse with rows of which every figure can be worked out by hand."""

    def __init__(self, con: Any) -> None:
        self.con = con
        self.numbers = itertools.count(1)

    def event(self, table: str, store: str, day: dt.date, hour: int = 10, **fields: Any) -> UUID:
        """One row of an event's table; returns its event_id."""
        number = next(self.numbers)
        at = dt.datetime.combine(day, dt.time(hour))
        row = {
            "file_id": 1,
            "line": number,
            "event_id": UUID(int=number),
            "payload_hash": number,
            "store_id": store,
            "pos_id": "1",
            "seq": number,
            "at_utc": at - dt.timedelta(hours=7),
            "at_local": at,
            "business_date": day,
            **fields,
        }
        insert(self.con, table, **{name: [value] for name, value in row.items()})
        return UUID(int=number)

    def bill(
        self,
        bill_id: str,
        store: str,
        day: dt.date,
        hour: int,
        product: str,
        quantity: int,
        *,
        tender: dict[str, int] | None = None,
        gives: dict[str, int] | None = None,
        **fields: Any,
    ) -> None:
        """A bill of one line, with what each promotion gave on it."""
        amount = quantity * {"latte": LATTE, "cake": CAKE}[product]
        discount = sum((gives or {}).values())
        event_id = self.event(
            "bills",
            store,
            day,
            hour,
            bill_id=bill_id,
            status="completed",
            subtotal=amount,
            total_discount=discount,
            final_amount=amount - discount,
            **{"channel": "dine-in", **fields},
        )
        self.lines("bill", event_id, product, quantity, gives or {})
        for position, (method, paid) in enumerate((tender or {}).items(), start=1):
            insert(self.con, "tenders", event_id=[event_id], position=[position], method=[method], amount=[paid])

    def give_back(
        self, kind: str, original: str | None, store: str, product: str, quantity: int, gives: dict[str, int]
    ) -> None:
        """A refund or a void of one line, on the second day."""
        net = quantity * {"latte": LATTE, "cake": CAKE}[product] - sum(gives.values())
        fields = {"kind": kind, "bill_id": "back", "original_bill_id": original, "total_refund": net}
        self.lines("refund", self.event("refunds", store, D2, 20, **fields), product, quantity, gives)

    def lines(self, of: str, event_id: UUID, product: str, quantity: int, gives: dict[str, int]) -> None:
        """The line of a bill or refund, and its discounts."""
        price = {"latte": LATTE, "cake": CAKE}[product]
        discount = sum(gives.values())
        insert(
            self.con,
            f"{of}_lines",
            event_id=[event_id],
            position=[1],
            line_id=["1"],
            product_id=[product],
            quantity=[quantity],
            price=[price],
            list_amount=[price * quantity],
            discount=[discount],
            net=[price * quantity - discount],
        )
        for promotion, amount in gives.items():
            insert(
                self.con,
                f"{of}_discounts",
                event_id=[event_id],
                position=[1],
                promotion_id=[promotion],
                code=[CODES[promotion]],
                amount=[amount],
            )


@pytest.fixture(scope="package")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two stores, two days, six bills, stacked promotions, a void, returns with and without a bill."""
    path: Path = tmp_path_factory.mktemp("reports") / "warehouse.duckdb"
    with writing(path, b"key") as con:
        shop = Shop(con)
        new, returning = {"customer_type": "new"}, {"customer_type": "returning", "member_id": "m1"}
        shop.bill("b1", "A", D1, 10, "latte", 2, gives={"p1": 18000}, tender={"cash": 72000}, **returning)
        shop.bill("b2", "A", D1, 12, "cake", 1, channel="takeaway")
        shop.bill(
            "b3", "A", D2, 11, "latte", 2, gives={"p1": 9000, "p2": 45000}, tender={"card": 30000, "cash": 6000},
            member_id="m2", **new,
        )  # fmt: skip
        shop.bill("b4", "B", D2, 10, "latte", 1, gives={"p1": 9000}, tender={"cash": 36000}, member_id="m1", **new)
        shop.bill("b5", "B", D2, 10, "latte", 1, gives={"p1": 9000}, tender={"cash": 36000})
        points = '[{"promotion_id":"p3","code":"POINTS","type":"points","amount":30}]'
        shop.bill("b6", "B", D2, 13, "cake", 1, rewards=points, tender={"cash": 30000})
        shop.give_back("void", "b4", "B", "latte", 1, {"p1": 9000})
        shop.give_back("refund", "b5", "B", "latte", 1, {"p1": 9000})
        shop.give_back("refund", "b1", "A", "latte", 1, {"p1": 9000})
        shop.give_back("refund", None, "B", "latte", 1, {"p1": 9000})
        shop.event("eligible", "A", D1, 12, bill_id="b2", promotion_id="p1", code="WEEKEND20")
        totals = {"net": 0, "discount": 0, "refunds": 0, "first_seq": 1, "last_seq": 1}
        shop.event("day_closes", "A", D1, 22, bills=2, **totals)
        shop.event("day_closes", "A", D2, 21, bills=9, **totals)
        shop.event("day_closes", "A", D2, 22, bills=2, **totals)
        shop.event("syncs", "A", D2, 22, release_seq=1, status="ok", seq=20)
    return path
