from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promo_cli.protocol import canonical

numbers = st.integers(-(2**63), 2**63 - 1) | st.decimals(
    allow_nan=False, allow_infinity=False, min_value=-(10**18), max_value=10**18, places=6
)
values = st.recursive(
    st.none() | st.booleans() | numbers | st.text(st.characters(exclude_categories=("Cs",))),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(exclude_categories=("Cs",))), inner),
    max_leaves=20,
)


@given(values)
def test_what_is_written_reads_back_equal_and_writes_the_same_bytes(value: object) -> None:
    """Reading canonical bytes gives an equal value, and writing that value gives the same bytes."""
    data = canonical.dumps(value)
    again = canonical.loads(data)
    assert again == value
    assert canonical.dumps(again) == data


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (Decimal("20.00"), b"20"),
        (Decimal("0.10"), b"0.1"),
        (Decimal("1E+3"), b"1000"),
        (Decimal("-0.00"), b"0"),
        (Decimal("1234567890123456789.123456789"), b"1234567890123456789.123456789"),
        (20, b"20"),
    ],
)
def test_a_number_has_one_text(number: object, text: bytes) -> None:
    """Decimals are exact, without exponent, trailing zeros or a negative zero."""
    assert canonical.dumps(number) == text


def test_keys_are_sorted_by_code_point_whatever_their_order() -> None:
    """The order in which a dict was filled does not show in the bytes."""
    data = canonical.dumps({"é": 1, "b": 2, "a": {"z": 1, "y": (1, 2)}})
    assert data == '{"a":{"y":[1,2],"z":1},"b":2,"é":1}'.encode()


class _Named(dict[str, object]):
    pass


@pytest.mark.parametrize(
    "value",
    [
        1.0,
        {"a": [1.5]},
        (float("nan"),),
        {1, 2},
        Decimal("NaN"),
        Decimal("1e99999"),
        2**64,
        Decimal(2**63),
        _Named(a=1.5),
    ],
)
def test_values_without_an_exact_text_are_refused(value: object) -> None:
    """Floats, sets, non-finite and absurd numbers never reach the wire."""
    with pytest.raises(canonical.CanonicalError):
        canonical.dumps(value)


@pytest.mark.parametrize(
    "data",
    [b'{"a":1,"a":2}', b"NaN", b"[1", b"\xff", b"\xef\xbb\xbf{}", "[" * 100_000, b"1e99999999999999999999", b'"a'],
)
def test_bytes_that_are_not_our_json_are_refused(data: bytes | str) -> None:
    """Duplicate keys, NaN, bad UTF-8, a byte order mark, bottomless nesting: one kind of error for all."""
    with pytest.raises(canonical.CanonicalError):
        canonical.loads(data)
