import json
from typing import Any

import pytest

from promo_cli.protocol import canonical


def test_each_bad_line_is_named_and_the_good_ones_around_it_are_loaded(world: Any, event: Any) -> None:
    """Line, byte offset, code and pointer are those of the very line, and nothing else of the object is lost."""
    good, other = event("usage", 1), event("usage", 2)
    wrong = event("usage", 3, discount_amount="18000")
    lines = [
        canonical.dumps(good),
        b"",
        b'{"v":1,"kind":"usage"',
        canonical.dumps(wrong),
        b"\xff\xfe\x00",
        canonical.dumps(other) + b"\r",
    ]
    content = b"\n".join(lines)
    world.upload_bytes(content)
    result = world.ingest()
    assert (result.lines, result.loaded, result.quarantined) == (5, 2, 3)
    found = world.rows("SELECT line, byte_offset, code, pointer, seq FROM quarantine ORDER BY line")
    offsets = [content.index(line) for line in (lines[2], lines[3], lines[4])]
    assert found == [
        (3, offsets[0], "ING004", None, None),
        (4, offsets[1], "ING008", "/discount_amount", 3),
        (5, offsets[2], "ING004", None, None),
    ]


@pytest.mark.parametrize(
    ("line", "code", "pointer"),
    [
        (b"null", "ING004", None),
        (b"[1]", "ING004", None),
        (b"{} {}", "ING004", None),
        (b'{"v":1,"v":1,"kind":"sync"}', "ING004", None),
        (b"[" * 100_000 + b"]" * 100_000, "ING004", None),
        (b'{"kind":"sync","x":' + b"[" * 100 + b"]" * 100 + b"}", "ING004", None),
        (b'{"kind":"sync","x":"' + b"a" * 2**20 + b'"}', "ING005", None),
        (b'{"kind":"party"}', "ING006", "/kind"),
        (b'{"kind":7}', "ING006", "/kind"),
        (b"{}", "ING006", "/kind"),
        (b'{"kind":"sync","v":2}', "ING007", "/v"),
        (b'{"kind":"sync","v":"1"}', "ING008", "/v"),
        ({"v": True}, "ING008", "/v"),
        ({"seq": None}, "ING008", "/seq"),
        ({"seq": 1.7}, "ING008", "/seq"),
        ({"seq": 2**53}, "ING008", "/seq"),
        ({"bill_id": 12}, "ING008", "/bill_id"),
        ({"bill_id": "x" * 129}, "ING008", "/bill_id"),
        ({"final_amount": float("nan")}, "ING004", None),
        ({"final_amount": -1}, "ING008", "/final_amount"),
        ({"final_amount": 0.1234}, "ING008", "/final_amount"),
        ({"final_amount": 10**12}, "ING008", "/final_amount"),
        ({"at": "2026-02-07 10:00"}, "ING008", "/at"),
        ({"at": "2026-02-30T10:00:00Z"}, "ING008", "/at"),
        ({"business_date": "2026-02-30"}, "ING008", "/business_date"),
        ({"event_id": "0"}, "ING008", "/event_id"),
        ({"status": "open"}, "ING008", "/status"),
        ({"lines": None}, "ING008", "/lines"),
        ({"lines": [None]}, "ING008", "/lines/0"),
        ({"lines": [[]]}, "ING008", "/lines/0"),
        ({"lines": [{"line_id": "1"}]}, "ING008", "/lines/0/product_id"),
        ({"tender": [{"method": "cash", "amount": "1"}]}, "ING008", "/tender/0/amount"),
        ({"store_id": "jkt-02"}, "SEC501", "/store_id"),
        ({"pos_id": "2"}, "SEC501", "/pos_id"),
    ],
)
def test_what_is_wrong_with_a_line_has_a_code_and_a_place(
    event: Any, paths: Any, line: bytes | dict[str, Any], code: str, pointer: str | None
) -> None:
    """Each way of being wrong is found by the bulk path as doubtful, and by the exact path for what it is."""
    if isinstance(line, dict):
        line = json.dumps({**event("bill", 1), **line}).encode()
    doubtful, _ = paths.in_bulk(line.decode())
    assert doubtful
    verdicts, _ = paths.one_by_one(line)
    assert [(each.code, each.pointer) for each in verdicts] == [(code, pointer)]
