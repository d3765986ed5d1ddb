from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from promo_cli.model.events import EVENTS
from promo_cli.warehouse import lines


def test_every_kind_lands_in_its_table(world: Any, event: Any) -> None:
    """One event of each kind is loaded, and its fields are the columns of its table."""
    world.upload(*(event(kind, seq) for seq, kind in enumerate(EVENTS, start=1)))
    result = world.ingest()
    assert (result.files, result.lines, result.loaded, result.quarantined) == (1, 11, 11, 0)
    counts = dict(world.rows("SELECT kind, count(*) FROM events GROUP BY kind"))
    assert counts == dict.fromkeys(EVENTS, 1)
    assert world.rows("SELECT bill_id, status, channel, member_id, customer_type, final_amount FROM bills") == [
        ("b1", "completed", "dine-in", "m1", "new", Decimal("72000.000"))
    ]
    assert world.rows("SELECT position, product_id, quantity, net, unit_nets, gift FROM bill_lines") == [
        (1, "latte", Decimal(2), Decimal(72000), [Decimal(36000), Decimal(36000)], None)
    ]
    assert world.rows("SELECT position, promotion_id, code, amount FROM bill_discounts") == [
        (1, "p-weekend", "WEEKEND20", Decimal(18000))
    ]
    assert world.rows("SELECT position, method, amount FROM tenders") == [(1, "cash", Decimal(72000))]
    assert world.rows("SELECT kind, bill_id, original_bill_id FROM refunds ORDER BY kind") == [
        ("refund", "r1", "b1"),
        ("void", "v1", "b1"),
    ]
    assert world.one("SELECT count(*) FROM refund_discounts") == 2
    assert world.rows("SELECT reason, validation_details FROM logs") == [('the "20 %" one', '{"steps":[1,2.5,"x"]}')]
    assert world.rows("SELECT bills, net, first_seq, last_seq FROM day_closes") == [(1, Decimal(72000), 1, 6)]


def test_moments_are_kept_as_utc_and_as_the_till_s_clock(world: Any, event: Any) -> None:
    """10:00 in Jakarta is 03:00 UTC, whatever zone this machine is in."""
    world.upload(event("bill", 1))
    world.ingest()
    assert world.rows("SELECT at_utc::VARCHAR, at_local::VARCHAR, business_date::VARCHAR FROM bills") == [
        ("2026-02-07 03:00:00", "2026-02-07 10:00:00", "2026-02-07")
    ]


@given(st.lists(st.sampled_from([b"\n", b"\r", b"\t", b" ", b"a", b"\x0b", b"\x0c", b"\xe2\x80\xa8"])))
def test_counting_lines_and_splitting_them_agree(pieces: list[bytes]) -> None:
    """The count that everything has to add up to is made in another way than the lines themselves."""
    content = b"".join(pieces)
    assert lines.count(content) == len(list(lines.split(content)))
