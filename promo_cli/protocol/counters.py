"""The counters blob: how often limited promotions were used, as far as the back office knows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from promo_cli.protocol import canonical
from promo_cli.protocol.fields import DocumentError, Fields, format_of, read_document, time_text


@dataclass(frozen=True, slots=True)
class Counter:
    """Uses of one promotion in the whole chain; ``discount`` in major units."""

    total: int
    today: int
    """Uses on the counters' day."""
    discount: Decimal
    exhausted: bool
    """A limit is reached: tills skip the promotion."""


@dataclass(frozen=True, slots=True)
class Counters:
    """A snapshot: everything ingested before ``as_of`` (UTC)."""

    as_of: datetime
    day: date
    promotions: Mapping[str, Counter]


def parse(data: bytes) -> Counters:
    """Read a counters blob; raises DocumentError."""
    fields = read_document(data, "counters")
    day = fields.text("day")
    try:
        found = date.fromisoformat(day)
    except ValueError:
        raise DocumentError(f"counters.day: expected a date like 2026-02-07, found {day!r}") from None
    promotions = {
        promotion_id: _counter(Fields(value, f"counters.promotions.{promotion_id}"))
        for promotion_id, value in fields.mapping("promotions").items()
    }
    return Counters(fields.time("as_of"), found, promotions)


def encode(counters: Counters) -> bytes:
    """Return the blob's canonical bytes."""
    return canonical.dumps(
        {
            "format": format_of("counters"),
            "as_of": time_text(counters.as_of),
            "day": counters.day.isoformat(),
            "promotions": {
                promotion_id: {
                    "total": one.total,
                    "today": one.today,
                    "discount": one.discount,
                    "exhausted": one.exhausted,
                }
                for promotion_id, one in counters.promotions.items()
            },
        }
    )


def _counter(fields: Fields) -> Counter:
    return Counter(
        total=fields.integer("total"),
        today=fields.integer("today"),
        discount=fields.amount("discount"),
        exhausted=fields.flag("exhausted"),
    )
