import copy
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from promo_cli.model.events import EVENTS
from promo_cli.warehouse.verdicts import Bad, Good

NUMBERS = [0, 1, 5, 999_999_999_999, 10**12, 2**53, 0.1, 12.5, 1.2345, 1e5, 1e-7, 1e11, -0.5, 1e300]
TEXTS = [
    *("2026-02-07", "2026-02-29", "2000-02-29", "2026-02-07T10:00:00Z", "2026-02-07T24:00:00Z", "1899-01-01T00:00:00Z"),
    *("2026-02-07T10:00:60Z", "2026-02-07 10:00:00.5+07:00", "2026-02-07T10:00:00+23:59", "2026-02-07T10:00:00+24:00"),
    *("2026-02-30T10:00:00Z", "0190A1B2-c3d4-7e5f-8a9b-0c1d2e3f4a5b", "applied", "completed", "refund", "jkt-01"),
    *("", " ", "true", "null", "5", 'q"\\/', "\\u0041", "é\U0001f600", "a" * 128, "a" * 129, "f" * 64, "+62 811-000"),
    *("\x00", "\x1f", "\x7f", "\n", "\u2028"),
]
NESTED = [[], {}, [1], [1, "2"], [None], [[]], {"a": 1}, [{"a": None}], [0.5, 3], [{"b": [1.0, 1e3]}]]
ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**64),
    st.text(max_size=8),
    st.sampled_from(NUMBERS),
    st.sampled_from(TEXTS),
    st.sampled_from(NESTED).map(copy.deepcopy),
)


@pytest.mark.parametrize("kind", sorted(EVENTS))
def test_a_usual_line_takes_the_bulk_path(event: Any, paths: Any, kind: str) -> None:
    """An ordinary event gives no doubts, so that ordinary files never pay for the exact path."""
    text = json.dumps(event(kind, 1), default=float)
    doubtful, rows = paths.in_bulk(text)
    assert not doubtful
    assert rows == paths.one_by_one(text.encode())[1]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
def test_both_paths_make_the_same_rows_and_the_fast_one_never_takes_what_the_exact_one_refuses(
    event: Any, paths: Any, data: st.DataObject
) -> None:
    """Whatever stands in a line: when the bulk path has no doubts, the models accept it and the rows are equal."""
    line = event(data.draw(st.sampled_from(sorted(EVENTS))), 1)
    for _ in range(data.draw(st.integers(1, 2))):
        objects = [line, *(item for value in line.values() if isinstance(value, list) for item in value)]
        target = data.draw(st.sampled_from([each for each in objects if isinstance(each, dict)]))
        key = data.draw(st.sampled_from([*sorted(target), "unknown", "_rescued"]))
        target[key] = data.draw(ODD)
    separators = data.draw(st.sampled_from([(", ", ": "), (",", ":")]))
    text = json.dumps(line, default=float, ensure_ascii=data.draw(st.booleans()), separators=separators)
    doubtful, rows = paths.in_bulk(text)
    verdicts, exact = paths.one_by_one(text.encode())
    assert len(verdicts) == 1
    if not doubtful:
        assert isinstance(verdicts[0], Good), verdicts
        assert rows == exact


@pytest.mark.parametrize(
    "details",
    [
        *("NaN", "[nan]", '{"a": -Infinity}', "inf", '{"a": 1, "a": 2}', '[{"b": {"a": 1, "\\u0061": 2}}]'),
        *("[1,]", "[1, ]", '{"a": 1,}', '{"a": 1,\t}', '{"a": [1,\r ]}', '"\\ud800"', "18446744073709551616"),
    ],
)
def test_what_duckdb_reads_and_json_is_not_takes_the_exact_path(event: Any, paths: Any, details: str) -> None:
    """No number that is none, no key twice in free-form JSON, and no comma before a closing bracket."""
    text = json.dumps(event("log", 1, validation_details="here"), default=float).replace('"here"', details)
    assert paths.in_bulk(text)[0]
    verdicts, _ = paths.one_by_one(text.encode())
    assert isinstance(verdicts[0], Bad)


def test_a_line_that_goes_by_itself_leaves_its_neighbours_alone(world: Any, event: Any) -> None:
    """An unusual bill beside a usual one in the same object: each has its lines and discounts once."""
    world.upload(event("bill", 1), event("bill", 2, unknown=1), event("refund", 3))
    assert world.ingest().loaded == 3
    assert world.rows("SELECT event_id, count(*) FROM bill_lines GROUP BY ALL HAVING count(*) > 1") == []
    assert (world.one("SELECT count(*) FROM bill_lines"), world.one("SELECT count(*) FROM bill_discounts")) == (2, 2)
    assert world.one("SELECT count(*) FROM refund_lines") == 1
