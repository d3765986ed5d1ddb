"""A pinned release can be rolled back to for ever; gc clears away all others."""

from datetime import timedelta
from pathlib import Path

import pytest

from promo_cli.diagnostics import Failure
from promo_cli.protocol.layout import PINS, pin_key
from promo_cli.publishing import KeyRing
from promo_cli.publishing.gc import gc
from promo_cli.publishing.pins import pin, pins_in, unpin
from promo_cli.publishing.rollback import rollback
from promo_cli.storage import Storage, open_storage
from tests.protocol.repository import make_bundle
from tests.publishing.harness import NOW, SOURCE, Watched, keys_in, put, seen_by_tills, writer

CONTENTS = [{"s1": make_bundle(f"R{n}"), "s2": make_bundle(f"Q{n}")} for n in range(4)]


@pytest.fixture
def live(tmp_path: Path) -> tuple[Storage, KeyRing]:
    """Four releases, nothing in common."""
    storage, keys = open_storage("bucket", base=tmp_path), keys_in(tmp_path)
    for content in CONTENTS:
        put(storage, keys, content)
    return storage, keys


def _sweep(storage: Storage, keys: KeyRing, begin: int = 0) -> None:
    for hours in (begin, begin + 25, begin + 50):
        at = NOW + timedelta(hours=hours)
        gc(writer(storage, keys, f"GC{hours}", now=at), lambda at=at: at, keep=0, dry_run=False)  # type: ignore[misc]


def test_gc_keeps_a_pinned_release_whole_until_it_is_unpinned(live: tuple[Storage, KeyRing]) -> None:
    """The other releases go; rolling back to the pinned one works; unpinned it goes too."""
    storage, keys = live
    assert pin(writer(storage, keys), 2, actor="ayu", reason="summer")[1]
    assert not pin(writer(storage, keys), 2, actor="budi", reason="again")[1], "it keeps its first reason"
    assert pins_in(storage)[2].reason == "summer"
    _sweep(storage, keys)
    with pytest.raises(Failure) as caught:
        rollback(writer(storage, keys), 1, actor=SOURCE, reason="test")
    assert caught.value.diagnostics[0].code == "PUB012"
    rollback(writer(storage, keys, "BACK"), 2, actor=SOURCE, reason="test")
    assert seen_by_tills(storage, keys, CONTENTS[1]) == CONTENTS[1]
    put(storage, keys, CONTENTS[3], release_hold=True)
    assert unpin(writer(storage, keys), 2)
    assert not unpin(writer(storage, keys), 2)
    _sweep(storage, keys, 100)
    with pytest.raises(Failure):
        rollback(writer(storage, keys), 2, actor=SOURCE, reason="test")


def test_a_release_that_is_gone_cannot_be_pinned(live: tuple[Storage, KeyRing]) -> None:
    """A pin promises that the release is whole, so none is left behind where it is not."""
    storage, keys = live
    _sweep(storage, keys)
    for seq, code in ((1, "PUB012"), (9, "PUB011")):
        with pytest.raises(Failure) as caught:
            pin(writer(storage, keys), seq, actor="ayu", reason="test")
        assert (caught.value.exit_code, caught.value.diagnostics[0].code) == (2, code)
    assert list(storage.list(PINS)) == []


def test_a_pin_rescues_what_gc_has_marked(live: tuple[Storage, KeyRing]) -> None:
    """Marked yesterday, pinned today: tonight's gc leaves it."""
    storage, keys = live
    gc(writer(storage, keys, "GC0"), lambda: NOW, keep=0, dry_run=False)
    pin(writer(storage, keys), 1, actor="ayu", reason="test")
    _sweep(storage, keys, 25)
    rollback(writer(storage, keys, "BACK"), 1, actor=SOURCE, reason="test")
    assert seen_by_tills(storage, keys, CONTENTS[0]) == CONTENTS[0]


def test_a_dry_run_writes_nothing(live: tuple[Storage, KeyRing]) -> None:
    """Neither pinning nor unpinning."""
    storage, keys = live
    watched = Watched(storage)
    assert pin(writer(watched, keys), 1, actor="ayu", reason="test", dry_run=True)[1]
    assert not unpin(writer(watched, keys), 1, dry_run=True)
    assert {name for name, _ in watched.requests} <= {"get", "list"}


def test_gc_does_nothing_over_a_pin_it_cannot_read(live: tuple[Storage, KeyRing]) -> None:
    """Guessing which release it keeps would risk a blob."""
    storage, keys = live
    storage.put(pin_key(2), b"{}")
    with pytest.raises(Failure) as caught:
        _sweep(storage, keys)
    assert caught.value.diagnostics[0].code == "PUB017"
