import copy
import datetime as dt
import gzip
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID
from zlib import crc32

import duckdb
import pytest

from promo_cli.protocol import canonical
from promo_cli.protocol.layout import upload_key
from promo_cli.storage.interface import Entry, Found, NotModified, PreconditionFailed
from promo_cli.warehouse import lines, personal, staging
from promo_cli.warehouse.database import reading
from promo_cli.warehouse.ingest import IngestResult, ingest
from promo_cli.warehouse.keys import Origin
from promo_cli.warehouse.verdicts import Bad, Good

DAY = dt.date(2026, 2, 7)
NOW = dt.datetime(2026, 2, 8, 1, 0, tzinfo=dt.UTC)
KEY = bytes(range(32))

LINE = {
    "line_id": "1",
    "product_id": "latte",
    "category": "hot-drinks",
    "brand": "kopi",
    "quantity": 2,
    "price": 45000,
    "list_amount": 90000,
    "discount": 18000,
    "net": 72000,
    "unit_nets": [36000, 36000],
    "discounts": [{"promotion_id": "p-weekend", "code": "WEEKEND20", "amount": 18000}],
}
BODIES: dict[str, dict[str, Any]] = {
    "bill": {
        "bill_id": "b1",
        "status": "completed",
        "channel": "dine-in",
        "member_id": "m1",
        "customer_key": None,
        "customer_type": "new",
        "tender": [{"method": "cash", "amount": 72000}],
        "subtotal": 90000,
        "total_discount": 18000,
        "final_amount": 72000,
        "lines": [LINE],
    },
    "refund": {"bill_id": "r1", "original_bill_id": "b1", "lines": [LINE], "total_refund": 72000},
    "void": {"bill_id": "v1", "original_bill_id": "b1", "lines": [LINE], "total_refund": 72000},
    "usage": {
        "promotion_id": "p-weekend",
        "code": "WEEKEND20",
        "bill_id": "b1",
        "member_id": None,
        "customer_phone": None,
        "discount_amount": 18000,
        "used_at": "2026-02-07T10:00:00+07:00",
    },
    "log": {
        "bill_id": "b1",
        "promotion_id": "p-weekend",
        "status": "applied",
        "reason": 'the "20 %" one',
        "validation_details": {"steps": [1, Decimal("2.5"), "x"]},
        "original_amount": 90000,
        "discount_amount": 18000,
        "final_amount": 72000,
    },
    "eligible": {"bill_id": "b1", "promotion_id": "p-lunch", "code": "LUNCH", "reason_code": "units_taken"},
    "voucher_redeem": {"voucher": "9f2c", "promotion_id": "p-weekend", "bill_id": "b1", "amount": 5000},
    "feedback": {"bill_id": "b1", "score": 5},
    "exposure": {"experiment": "spring", "variant": "a", "unit": "c1"},
    "sync": {"release_seq": 3, "status": "ok", "detail": None},
    "day_close": {"bills": 1, "net": 72000, "discount": 18000, "refunds": 0, "first_seq": 1, "last_seq": 6},
}


def make_event(kind: str, seq: int, *, store: str = "jkt-01", pos: str = "1", **changes: Any) -> dict[str, Any]:
    """An event of a till; store, till and seq fix its event_id."""
    number = crc32(f"{store}/{pos}".encode())
    return {
        "v": 1,
        "kind": kind,
        "event_id": str(UUID(int=(0x7 << 76) | (number << 32) | seq)),
        "store_id": store,
        "brand_id": "kopi",
        "pos_id": pos,
        "seq": seq,
        "at": "2026-02-07T10:00:00+07:00",
        "business_date": DAY.isoformat(),
        "release_seq": 3,
        **copy.deepcopy(BODIES[kind]),
        **changes,
    }


def ndjson(*events: dict[str, Any] | bytes) -> bytes:
    """Events as a till writes them; bytes are taken as they are."""
    return b"".join((each if isinstance(each, bytes) else canonical.dumps(each)) + b"\n" for each in events)


@dataclass
class Bucket:
    """Object storage in memory."""

    objects: dict[str, bytes] = field(default_factory=dict)
    where: str = "memory"

    def get(
        self, key: str, *, if_none_match: str | None = None, max_size: int | None = None
    ) -> Found | NotModified | None:
        """As the interface."""
        return Found(self.objects[key], "etag") if key in self.objects else None

    def put(self, key: str, data: bytes, *, if_match: str | None = None, if_none_match: bool = False) -> str:
        """As the interface."""
        if if_none_match and key in self.objects:
            raise PreconditionFailed(key, "exists")
        self.objects[key] = data
        return "etag"

    def list(self, prefix: str = "", *, start_after: str = "") -> Iterator[Entry]:
        """As the interface."""
        for key in sorted(self.objects):
            if key.startswith(prefix) and key > start_after:
                yield Entry(key, len(self.objects[key]), None)

    def delete(self, key: str) -> None:
        """As the interface."""
        self.objects.pop(key, None)


@dataclass
class World:
    """A bucket, a warehouse, and what a test does with them."""

    warehouse: Path
    bucket: Bucket = field(default_factory=Bucket)

    def upload(self, *events: dict[str, Any] | bytes, **where: Any) -> str:
        """Put one batch under the key made for it, and return the key."""
        return self.upload_bytes(ndjson(*events), **where)

    def upload_bytes(
        self,
        content: bytes,
        *,
        store: str = "jkt-01",
        pos: str = "1",
        day: dt.date = DAY,
        first: int = 1,
        last: int = 1,
        key: str | None = None,
        stored: bytes | None = None,
    ) -> str:
        """Put content, gzipped or as it is `stored`, under its key."""
        key = key or upload_key(day, store, pos, first, last, content)
        self.bucket.objects[key] = gzip.compress(content, mtime=0) if stored is None else stored
        return key

    def ingest(self, **options: Any) -> IngestResult:
        """Ingest, and check what must hold after every run."""
        settings: dict[str, Any] = {"env": "local", "hmac_key": KEY, "now": NOW, **options}
        result = ingest(self.bucket, warehouse=self.warehouse, **settings)
        assert result.lines == result.loaded + result.duplicate + result.quarantined
        assert self.one("SELECT count(*) FROM events") == self.one("SELECT coalesce(sum(loaded), 0) FROM ledger")
        assert self.one("SELECT count(*) FROM quarantine") == self.one(
            "SELECT coalesce(sum(quarantined), 0) FROM ledger"
        )
        return result

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Ask the published warehouse."""
        with reading(self.warehouse) as con:
            return con.execute(sql).fetchall()

    def one(self, sql: str) -> Any:
        """The first value of the first row."""
        return self.rows(sql)[0][0]

    def receipt(self, key: str) -> Any:
        """The receipt of an upload; None when there is none."""
        found = self.bucket.objects.get(f"receipts/v1/{key.removeprefix('uploads/v1/')}.json")
        return canonical.loads(found) if found else None

    def codes(self) -> Sequence[str]:
        """The codes in quarantine, in the order of files and lines."""
        return [code for (code,) in self.rows("SELECT code FROM quarantine ORDER BY file_id, line")]

    def tables(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every row of every table, without where and when it came in."""
        with reading(self.warehouse) as con:
            names = [name for (name,) in con.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
            unlike = {"ledger", "meta"}
            return {
                name: con.execute(
                    "SELECT COLUMNS(lambda c: c NOT IN ('file_id', 'line', 'byte_offset', 'quarantined_at',"
                    f" 'kept_file_id', 'kept_line', 'message')) FROM {name} ORDER BY ALL"
                ).fetchall()
                for name in names
                if name not in unlike
            }


@pytest.fixture
def world(tmp_path: Path) -> World:
    """An empty bucket and no warehouse yet."""
    return World(tmp_path / "warehouse.duckdb")


@pytest.fixture(name="event")
def event_fixture() -> Any:
    """The maker of events."""
    return make_event


@dataclass
class Paths:
    """The two ways a line can go, on a database in memory."""

    con: duckdb.DuckDBPyConnection

    def in_bulk(self, content: str) -> tuple[bool, dict[str, list[tuple[Any, ...]]]]:
        """Whether the bulk path has doubts, and the rows it makes."""
        staging.read(self.con, [1], [content])
        self.con.execute("CREATE TEMP TABLE origins AS SELECT 1 AS file_id, 'jkt-01' AS store_id, '1' AS pos_id")
        staging.stage_raw(self.con)
        staging.doubt_foreign_speakers(self.con)
        return bool(staging.take_doubtful(self.con)), self._rows()

    def one_by_one(self, content: bytes) -> tuple[list[Good | Bad], dict[str, list[tuple[Any, ...]]]]:
        """The verdicts of the exact path, and the rows it makes."""
        verdicts = list(lines.examine(content, Origin("jkt-01", "1", DAY)))
        staging.read_tidied(self.con, [(1, each) for each in verdicts if isinstance(each, Good)])
        staging.stage_tidied(self.con)
        return verdicts, self._rows()

    def _rows(self) -> dict[str, list[tuple[Any, ...]]]:
        rows = {
            table.name: self.con.execute(f"SELECT * EXCLUDE (clean) FROM stage_{table.name} ORDER BY ALL").fetchall()
            for table in staging.staged(self.con)
        }
        staging.drop(self.con)
        return {name: found for name, found in rows.items() if found}


@pytest.fixture(scope="module")
def paths() -> Iterator[Paths]:
    """Both paths, side by side."""
    with duckdb.connect() as con:
        personal.install(con, KEY)
        yield Paths(con)
