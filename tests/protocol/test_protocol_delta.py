import pytest
from hypothesis import given
from hypothesis import strategies as st

from promo_cli.protocol import bundle, canonical, delta
from promo_cli.protocol.fields import DocumentError
from tests.protocol.repository import make_bundle

promotions = st.dictionaries(
    st.text("abcdefgh", min_size=1, max_size=4),
    st.integers(0, 3) | st.text(st.characters(exclude_categories=("Cs",)), max_size=5),
    max_size=12,
)
headers = st.fixed_dictionaries({"schema_version": st.just(1), "day": st.integers(1, 3)})


def _bundle(lines: dict[str, object], header: dict[str, object], price: int) -> bytes:
    return bundle.join(
        canonical.dumps(header),
        canonical.dumps({"latte": {"price": price}}),
        [canonical.dumps({"id": key, "value": lines[key], "filler": "x" * 200}) for key in sorted(lines)],
    )


@given(promotions, promotions, headers, headers, st.integers(1, 2), st.integers(1, 2))
def test_a_delta_leads_to_the_very_bytes_or_is_not_made(
    old: dict[str, object],
    new: dict[str, object],
    old_header: dict[str, object],
    new_header: dict[str, object],
    old_price: int,
    new_price: int,
) -> None:
    """Whatever was added, changed, deleted: applying gives the new bundle exactly."""
    before, after = _bundle(old, old_header, old_price), _bundle(new, new_header, new_price)
    made = delta.make(before, after)
    if made is not None:
        assert delta.apply(before, made) == after
        assert len(made) * 2 < len(after)


def test_a_small_change_in_a_large_bundle_is_worth_a_delta() -> None:
    """One promotion of many costs one line; deleted ids are named."""
    old = make_bundle(*(f"C{n:02}" for n in range(40)), filler="x" * 100)
    new = make_bundle(*(f"C{n:02}" for n in range(1, 41)), filler="x" * 100)
    made = delta.make(old, new)
    assert made is not None
    document = canonical.loads(made)
    assert document["delete"] == ["c00"]
    assert len(document["put"]) == 1
    assert "header" not in document
    assert "products" not in document


def test_another_bundle_altogether_is_not_worth_a_delta() -> None:
    """Then the full bundle serves."""
    assert delta.make(make_bundle("A", "B"), make_bundle("C", "D")) is None


@pytest.mark.parametrize(
    "change",
    [
        {"to": "0" * 64},
        {"from": "0" * 64},
        {"delete": ["c01"]},
        {"put": []},
        {"put": ["not json"]},
        {"put": ['{"no":"id"}']},
        {"header": "{}"},
        {"format": "promo-delta/2"},
        {"delete": None},
    ],
)
def test_a_delta_that_does_not_lead_to_its_hash_is_refused(change: dict[str, object]) -> None:
    """The result's hash is the proof; nothing else of a delta is believed."""
    old = make_bundle(*(f"C{n:02}" for n in range(40)), filler="x" * 100)
    new = make_bundle(*(f"C{n:02}" for n in range(41)), filler="x" * 100)
    made = delta.make(old, new)
    assert made is not None
    with pytest.raises(DocumentError):
        delta.apply(old, canonical.dumps({**canonical.loads(made), **change}))


@given(promotions, headers)
def test_a_bundle_taken_apart_and_joined_is_the_same(lines: dict[str, object], header: dict[str, object]) -> None:
    """Splitting loses nothing, also for a bundle without promotions."""
    data = _bundle(lines, header, 20_000)
    parts = bundle.split(data)
    assert bundle.join(parts.header, parts.products, parts.lines) == data
    assert [bundle.promotion_id(line) for line in parts.lines] == sorted(lines)
    assert bundle.read_header(data) == header
    assert canonical.loads(data)["promotions"] == [canonical.loads(line) for line in parts.lines]


@pytest.mark.parametrize(
    "data",
    [b"", b"{}", b'{"header":{},\n"products":{},\n"promotions":[]}\n', make_bundle("A", "B").replace(b",\n{", b"\n{")],
)
def test_bytes_of_another_form_are_no_bundle(data: bytes) -> None:
    """JSON of the same meaning on other lines is not a bundle."""
    with pytest.raises(DocumentError):
        bundle.split(data)
