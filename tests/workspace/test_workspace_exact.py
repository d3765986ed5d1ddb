from decimal import Decimal

from hypothesis import example, given
from hypothesis import strategies as st

from promo_cli.workspace.exact import from_json, to_json

DECIMALS = st.decimals(allow_nan=False, allow_infinity=False, places=3) | st.sampled_from(
    [Decimal("20.0"), Decimal("20"), Decimal("1E+3"), Decimal("1E-9"), Decimal("0E-2"), Decimal("-0.0")]
)
WHOLE = st.integers(-(10**18), 10**18)
PLAIN = st.recursive(
    st.none() | st.booleans() | WHOLE | DECIMALS | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from("abcd"), inner, max_size=4),
    max_leaves=12,
)


def kinds(value: object) -> object:
    """Return a value with the type of each part, which `==` does not look at."""
    if isinstance(value, dict):
        return {key: kinds(part) for key, part in value.items()}
    if isinstance(value, list):
        return [kinds(part) for part in value]
    return type(value), value


@given(PLAIN)
@example(["CAFE-1", 12])
@example(["a.b", 12, True, None])
def test_a_value_is_the_same_after_it_was_kept(value: object) -> None:
    """Whole numbers stay whole, decimals stay decimals of the same worth, and texts may hold anything."""
    assert kinds(from_json(to_json(value))) == kinds(value)
