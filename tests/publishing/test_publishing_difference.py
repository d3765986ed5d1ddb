"""What differs between two sets of bundles, told by promotion, store and field."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from promo_cli.publishing.difference import Field, difference
from tests.protocol.repository import make_bundle
from tests.till.shop import promotion, shop_bundle


def _percent(code: str, percent: int) -> dict[str, Any]:
    one = promotion(code)
    return {**one, "rules": {**one["rules"], "discount_percent": percent}, "version": f"{percent:012}"}


def test_a_changed_field_is_named_once_with_all_its_stores() -> None:
    """Equal steps of several stores are one change; hashes that only follow are not shown."""
    before = {store: shop_bundle(_percent("A", 20), _percent("B", 10)) for store in ("s1", "s2", "s3")}
    after = {**before, **{store: shop_bundle(_percent("A", 25), _percent("B", 10)) for store in ("s1", "s3")}}
    (change,) = difference(before, after).changes
    assert (change.kind, change.code, change.stores) == ("changed", "A", ("s1", "s3"))
    assert change.fields == (Field("rules.discount_percent", 20, 25),)
    assert (change.start_date, change.end_date) == ("2026-01-01", None)


def test_added_removed_and_moved_promotions_and_stores() -> None:
    """A promotion that only changes stores shows as removed there and added here."""
    found = difference(
        {"s1": make_bundle("A"), "s2": make_bundle(), "gone": make_bundle("A")},
        {"s1": make_bundle(), "s2": make_bundle("A"), "new": make_bundle("B")},
    )
    assert [(one.kind, one.code, one.stores) for one in found.changes] == [
        ("added", "A", ("s2",)),
        ("removed", "A", ("gone", "s1")),
        ("added", "B", ("new",)),
    ]
    assert (found.stores_added, found.stores_removed) == (("new",), ("gone",))


def test_other_products_or_settings_are_named_by_store() -> None:
    """They change prices too, without any promotion changing."""
    found = difference({"s1": make_bundle("A")}, {"s1": make_bundle("A", header={"schema_version": 2, "requires": []})})
    assert (found.changes, found.catalogue_stores, found.empty) == ((), ("s1",), False)


_FLEETS = st.dictionaries(st.sampled_from(["s1", "s2", "s3"]), st.frozensets(st.sampled_from("ABCD")), max_size=3)


@given(_FLEETS, _FLEETS)
def test_a_difference_accounts_for_every_promotion_of_every_store(
    old: dict[str, frozenset[str]], new: dict[str, frozenset[str]]
) -> None:
    """What is added and removed, applied to the old fleet, gives the new one."""
    found = difference(*({store: make_bundle(*codes) for store, codes in side.items()} for side in (old, new)))
    now = {store: set(codes) for store, codes in old.items()}
    for change in found.changes:
        for store in change.stores:
            (now.setdefault(store, set()).add if change.kind == "added" else now[store].remove)(change.code)
    assert {store: codes for store, codes in now.items() if codes} == {s: set(c) for s, c in new.items() if c}
    assert found.empty == (old == new)
