"""Publishers, gc and tills of the simulation, and what must hold for each of them."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Callable
from datetime import timedelta

from promo_cli.diagnostics import Failure
from promo_cli.protocol.blob import blob_of
from promo_cli.protocol.fields import DocumentError
from promo_cli.protocol.rollout import Stage
from promo_cli.publishing import KeyRing, Writer, publish
from promo_cli.publishing.amend import halt, lift, refresh
from promo_cli.publishing.gc import gc
from promo_cli.publishing.live import read_live
from promo_cli.publishing.rollback import rollback
from promo_cli.publishing.staging import Plan
from promo_cli.publishing.waves import advance, under_way
from promo_cli.storage import StorageError
from promo_cli.till import state, sync
from tests.protocol.repository import MemoryStorage, make_bundle
from tests.publishing.harness import SOURCE, Crashed
from tests.simulation.world import CRASHES, Client, Violated

STORES = ("s1", "s2", "s3")
STAGES = Plan(cohorts={"s1": "pilot", "s2": "city"}, stages=(Stage(("pilot",), 0), Stage(("city",), 0)))


def contents(rng: random.Random, tag: str) -> dict[str, bytes]:
    """Bundles nobody else publishes, in part made of ones that come and go."""
    own = {"s1": make_bundle(tag)}
    return own | {store: make_bundle(rng.choice("ABC"), store.upper()) for store in STORES[1:]}


def publisher(keys: KeyRing, operations: int, *, staged: bool = False) -> Callable[[Client], None]:
    """Publishes, rolls back, halts, renews; with ``staged`` also in waves. What it reports must be true."""

    def work(client: Client) -> None:
        world, rng = client.world, random.Random(f"{client.world.seed}:{client.name}")
        for number in range(operations):
            tag = f"{client.name}-{number}".upper()
            writer = Writer(
                storage=client, env="local", keys=keys, now=world.now, publish_id=tag, sleep=client.sleep
            )  # fmt: skip
            bundles = contents(rng, tag)
            act = rng.random()
            try:
                if staged and act < 0.3:
                    _publish(client, keys, bundles, rng, stages=STAGES)
                elif staged and act < 0.65:
                    _go_on(client, writer, rng)
                elif act < 0.75:
                    outcome = _publish(client, keys, bundles, rng)
                    _check_report(client, bundles, outcome)
                elif act < 0.85:
                    to = rng.randrange(1, world.heads[-1].seq + 1)
                    rollback(writer, to, actor=SOURCE, reason="test", random_bytes=rng.randbytes)
                elif act < 0.95:
                    (halt if rng.random() < 0.5 else lift)(writer, "a")
                else:
                    refresh(writer)
            except (Failure, StorageError, Crashed):
                continue

    return work


def _go_on(client: Client, writer: Writer, rng: random.Random) -> None:
    """Reach the next wave, or take a rollout back, as whoever looks at its gates would."""
    live = read_live(client, writer.keys.trusted)
    seen = under_way(client, live)
    if rng.random() < 0.3:
        rollback(writer, seen.before.seq, actor=SOURCE, reason="aborted", random_bytes=rng.randbytes)
    else:
        advance(writer, seen, actor=SOURCE, random_bytes=rng.randbytes)


def _publish(
    client: Client, keys: KeyRing, bundles: dict[str, bytes], rng: random.Random, stages: Plan | None = None
) -> str:
    try:
        return publish(
            bundles,
            storage=client,
            env="local",
            keys=keys,
            source=SOURCE,
            as_of=client.world.now.date(),
            horizon_days=14,
            now=client.world.now,
            tool="promo test",
            release_hold=True,
            stages=stages,
            all_at_once=stages is None,
            random_bytes=rng.randbytes,
            sleep=client.sleep,
        ).outcome
    except Failure as failure:
        return f"exit {failure.exit_code}"


def _check_report(client: Client, bundles: dict[str, bytes], outcome: str) -> None:
    hashes = {store: blob_of(data).sha256 for store, data in bundles.items()}
    was_live = hashes in client.world.contents.values()
    if outcome == "nothing-to-publish":
        raise Violated(f"{client.name} takes for somebody else's what it published itself")
    if outcome == "published" and not was_live:
        raise Violated(f"{client.name} reported success, but its release never was live")
    if outcome == "exit 3" and was_live:
        raise Violated(f"{client.name} reported a lost race, but its release was live")


def collector(keys: KeyRing, runs: int) -> Callable[[Client], None]:
    """Clears away again and again, with days in between."""

    def work(client: Client) -> None:
        world, rng = client.world, random.Random(f"{client.world.seed}:{client.name}")
        for number in range(runs):
            writer = Writer(
                storage=client, env="local", keys=keys, now=world.now, publish_id=f"{client.name}-{number}",
                sleep=client.sleep,
            )  # fmt: skip
            with contextlib.suppress(Failure, StorageError, Crashed):
                gc(writer, lambda: world.now, keep=rng.randrange(2), dry_run=False)
            world.jump(rng.choice((timedelta(minutes=1), timedelta(hours=25), timedelta(days=8))))
            client.hand_over()

    return work


def till(root: bytes, store: str, syncs: int) -> Callable[[Client], None]:
    """Syncs through a bad line; it never goes back, and runs only what was published."""

    def work(client: Client) -> None:
        world, rng = client.world, random.Random(f"{client.world.seed}:{client.name}")
        client.reads_go_wrong = True
        disk = _Disk(rng)
        order = (0, 0)
        for _ in range(syncs):
            try:
                sync.sync_on(client, disk, "local", store, world.now, root, False)
            except Crashed:
                pass  # what was written stays, since each write is atomic
            except DocumentError as error:
                raise Violated(f"{client.name} keeps what cannot be read: {error}") from error
            known = state.load(disk)
            now = known.trusted.head if known is not None else None
            if now is None:
                continue
            if now.order < order:
                raise Violated(f"{client.name} went back from {order} to {now.order}")
            order = now.order
            found = state.at_hand(disk)
            if found is not None:
                _, running, data = found
                if world.contents[running.seq].get(store) != blob_of(data).sha256:
                    raise Violated(f"{client.name} runs something that release {running.seq} does not hold")

    return work


class _Disk(MemoryStorage):
    """A till's disk: now and then the till loses power before or after a write."""

    def __init__(self, rng: random.Random) -> None:
        super().__init__()
        self._rng = rng

    def put(self, key: str, data: bytes, *, if_match: str | None = None, if_none_match: bool = False) -> str:
        """Write, or die."""
        fate = self._rng.random()
        if fate < CRASHES:
            raise Crashed
        etag = super().put(key, data, if_match=if_match, if_none_match=if_none_match)
        if fate > 1 - CRASHES:
            raise Crashed
        return etag
