"""Publishers, gc and tills over a bad store, in thousands of schedules; and the protocol broken on purpose."""

import os
from collections.abc import Callable
from typing import Any

import pytest

from promo_cli.protocol import dsse, root, trust
from promo_cli.protocol.keys import Role, Signer
from promo_cli.protocol.layout import blob_key
from promo_cli.protocol.root import Root
from promo_cli.publishing import KeyRing, commit, flip, pool, tombstones
from promo_cli.publishing import gc as gc_module
from tests.protocol.repository import NOW
from tests.publishing.harness import put
from tests.simulation.actors import STORES, collector, contents, publisher, till
from tests.simulation.world import Violated, World

FULL = os.environ.get("PROMO_PROOF") == "full"
SCHEDULES = 5000 if FULL else 60
ENOUGH = 3000
"""Schedules within which every mutation must be caught."""


def _keys() -> KeyRing:
    root_signer, head_signer = Signer(b"r" * 32), Signer(b"h" * 32)
    document = Root(
        env="local",
        version=1,
        epoch=1,
        issued_at=NOW,
        keys={one.public.keyid: one.public for one in (root_signer, head_signer)},
        roles={
            "root": Role(frozenset({root_signer.public.keyid}), 1),
            "head": Role(frozenset({head_signer.public.keyid}), 1),
        },
    )
    envelope = dsse.sign(root.PAYLOAD_TYPE, root.encode(document), [root_signer])
    return KeyRing(trust.enrol(envelope, "local"), (root_signer, head_signer))


KEYS = _keys()


@pytest.fixture(autouse=True)
def _one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Within an actor nothing runs at once, so that the seed decides everything."""
    monkeypatch.setattr(pool, "POOL", 1)


def _play(seed: int, *, torn_writes: bool = False, staged: bool = False) -> World:
    world = World(seed, torn_writes=torn_writes)
    put(world.bucket, KEYS, contents(world.rng, "FIRST"), random_bytes=world.rng.randbytes)
    world.begin()
    for number in range(3):
        world.start(f"publisher-{number}", publisher(KEYS, 4, staged=staged))
    for number in range(2):
        world.start(f"gc-{number}", collector(KEYS, 4))
    for store in STORES[:2]:
        world.start(f"till-{store}", till(KEYS.trusted.root_envelope, store, 6))
    world.run()
    return world


def test_every_schedule_keeps_the_promises(capsys: pytest.CaptureFixture[str]) -> None:
    """Every HEAD resolves completely at all times, reports are true, no till goes back or runs the unpublished."""
    requests = revisions = steps = 0
    for seed in range(SCHEDULES):
        world = _play(seed, staged=seed % 2 == 1)
        requests += len(world.trace)
        revisions += len(world.heads)
        steps += world.steps
    with capsys.disabled():
        print(  # noqa: T201
            f"\nsimulation: {SCHEDULES} schedules, {requests} requests, {revisions} revisions of HEAD, {steps} of "
            "them steps of rollouts"
        )
    assert revisions > 3 * SCHEDULES, "something happened"
    assert steps > SCHEDULES / 4, "rollouts were among it"


@pytest.mark.parametrize("seed", [87, 4274])
def test_schedules_that_once_found_a_fault_stay_good(seed: int) -> None:
    """What they found: a rollback looked for its blobs before its intent was written, and gc took one in between (87);
    a gc dated its deletions by its own start, and another finished one that was long done (4274).
    """
    _play(seed)


def test_a_seed_is_a_schedule() -> None:
    """The same seed gives the same requests in the same order, so a failure can be played again."""
    assert _play(7).trace == _play(7).trace
    assert _play(7).trace != _play(8).trace


def _no_read_back(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(flip, "_read_back", lambda *args: flip.Flip.LOST)


def _delete_on_unwind(patch: pytest.MonkeyPatch) -> None:
    real = commit.put_head

    def unwinding(writer: Any, *args: Any) -> bool:
        done = False
        try:
            done = real(writer, *args)
        finally:
            if not done:
                writer.storage.delete(args[-1].release.key)
        return done

    patch.setattr(commit, "put_head", unwinding)


def _persist_before_hashes(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(trust, "_check_blob", lambda expected, data, what: None)


def _persist_before_order(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(trust, "_check_order", lambda last, candidate: None)


def _no_tombstones(patch: pytest.MonkeyPatch) -> None:
    def at_once(writer: Any, sha256: str, mark: Any, needed: bool, *, dry_run: bool) -> str | None:
        if needed:
            return None
        writer.storage.delete(blob_key(sha256))
        return "deleted"

    patch.setattr(gc_module, "_one", at_once)


def _no_claim(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(tombstones, "claim", lambda *args: None)


def _rollout_forgotten(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(gc_module, "rollout_of", lambda release: None)


def _no_intents(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(gc_module, "_intents", lambda storage, now: (set(), []))
    patch.setattr(tombstones, "claim", lambda *args: None)


MUTATIONS = [
    _no_read_back,
    _delete_on_unwind,
    _persist_before_hashes,
    _persist_before_order,
    _no_tombstones,
    _no_claim,
    _no_intents,
    _rollout_forgotten,
]


@pytest.mark.parametrize("break_it", MUTATIONS, ids=lambda one: one.__name__.strip("_"))
def test_the_protocol_broken_on_purpose_is_caught(
    break_it: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each rule is there for a reason: without it some schedule breaks a promise."""
    break_it(monkeypatch)
    _first_violation()


def test_a_torn_write_is_caught() -> None:
    """A store that leaves half an object under its name when the writer dies."""
    _first_violation(torn_writes=True)


def _first_violation(*, torn_writes: bool = False) -> None:
    for seed in range(ENOUGH):
        try:
            _play(seed, torn_writes=torn_writes, staged=seed % 2 == 1)
        except Violated:
            return
    pytest.fail(f"not caught by {ENOUGH} schedules")
