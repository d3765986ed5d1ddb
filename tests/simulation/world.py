"""A store that loses, delays and repeats, clocks that jump, and callers that die: all from one seed.

Every actor runs in a thread of its own, but only one at a time: at each request it hands over to the scheduler, which
picks who goes on. So a seed is a schedule, and the same seed is the same schedule.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from promo_cli.protocol import dsse, head, release, shard
from promo_cli.protocol.blob import Blob
from promo_cli.protocol.head import Head
from promo_cli.protocol.layout import HEAD, TOMBSTONES, release_key, sha256_hex
from promo_cli.protocol.rollout import Rollout, rollout_of
from promo_cli.storage import Entry, Found, NotModified, OutcomeUnknown, PreconditionFailed, StorageUnavailable
from tests.protocol.repository import NOW, MemoryStorage
from tests.publishing.harness import Crashed

FAULTS = 0.03
"""Share of requests that go wrong somehow."""
AT_HEAD = 0.2
"""The same where it hurts most: at HEAD."""
CRASHES = 0.004


class Violated(AssertionError):  # noqa: N818 -- reads as what happened
    """An invariant does not hold."""


@dataclass
class World:
    """The bucket, the clock, and everything that ever was HEAD."""

    seed: int
    torn_writes: bool = False
    bucket: MemoryStorage = field(default_factory=MemoryStorage)
    now: datetime = NOW
    heads: list[Head] = field(default_factory=list)
    envelopes: list[bytes] = field(default_factory=list)
    contents: dict[int, dict[str, str]] = field(default_factory=dict)
    """Bundle hashes by store, of each release number."""
    trace: list[str] = field(default_factory=list)
    repeats: list[Callable[[], None]] = field(default_factory=list)
    failure: BaseException | None = None
    steps: int = 0
    """Revisions that were a step of a rollout."""

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)
        self._actors: list[_Actor] = []
        self._back = threading.Semaphore(0)

    def begin(self) -> None:
        """Take what is live as the first thing tills can see."""
        self._remember(self.bucket.objects[HEAD])
        self._resolve()

    def start(self, name: str, work: Callable[[Client], None]) -> None:
        """Let an actor work from the next step on."""
        self._actors.append(_Actor(self, name, work, self._back))

    def run(self) -> None:
        """Run all actors to their end; raises what one of them found violated."""
        for actor in self._actors:
            actor.thread.start()
        alive = list(self._actors)
        while alive:
            self.now += timedelta(seconds=self.rng.randrange(3))
            if self.repeats and self.rng.random() < 0.1:
                self.repeats.pop(self.rng.randrange(len(self.repeats)))()
            actor = self.rng.choice(alive)
            actor.go.release()
            self._back.acquire()
            if actor.ended:
                actor.thread.join()
                alive.remove(actor)
        if self.failure is not None:
            raise self.failure

    def jump(self, by: timedelta) -> None:
        """Let time pass for everybody; not in the midst of a deletion, which a living gc ends within an hour."""
        deleting = any(b'"deleting"' in data for key, data in self.bucket.objects.items() if key.startswith(TOMBSTONES))
        if not deleting or not any(actor.name.startswith("gc") and not actor.ended for actor in self._actors):
            self.now += by

    def apply(self, key: str, work: Callable[[], Any], *, writes: bool) -> Any:
        """Do something to the bucket; whatever a till can see then must be whole."""
        before = self.bucket.objects.get(HEAD)
        result = work()
        if writes and self.bucket.objects.get(HEAD) != before:
            self._remember(self.bucket.objects[HEAD])
        if writes and self.heads and not key.startswith("ctl/"):
            self._resolve()
        return result

    def _remember(self, envelope: bytes) -> None:
        now = head.parse(dsse.open_envelope(envelope).payload)
        if self.heads and now.rev != self.heads[-1].rev + 1:
            raise Violated(f"revision {self.heads[-1].rev} is followed by {now.rev}")
        self.heads.append(now)
        live = self.bucket.objects.get(now.release.key)
        self.steps += live is not None and release.parse(live).rollout is not None
        self.envelopes.append(envelope)

    def _resolve(self) -> None:
        live = self.heads[-1]
        found = release.parse(self._whole(live.release.key, live.release.sha256))
        self.contents[live.seq] = self._stores(found.shards)
        if (under_way := rollout_of(found)) is not None:
            self._check_sides(under_way, self.contents[live.seq])

    def _check_sides(self, under_way: Rollout, live: dict[str, str]) -> None:
        """A rollout can go on and go back, and every store runs one of its two sides: that of its wave."""
        origin = under_way.before
        before = self._stores(release.parse(self._whole(release_key(origin.seq, origin.sha256), origin.sha256)).shards)
        after = self._stores(under_way.after)
        for store in {*before, *after}:
            if live.get(store) not in (before.get(store), after.get(store)):
                raise Violated(f"{store} runs neither what it ran before the rollout nor what it leads to")

    def _stores(self, shards: Iterable[Blob]) -> dict[str, str]:
        stores: dict[str, str] = {}
        for blob in shards:
            for store, entry in shard.parse(self._whole(blob.key, blob.sha256)).items():
                for one in shard.blobs_of([entry]):
                    self._whole(one.key, one.sha256)
                stores[store] = entry.bundle.sha256
        return stores

    def _whole(self, key: str, sha256: str) -> bytes:
        data = self.bucket.objects.get(key)
        if data is None or sha256_hex(data) != sha256:
            raise Violated(
                f"HEAD {self.heads[-1].rev} leads to {key}, which is {'missing' if data is None else 'torn'}"
            )
        return data


class _Actor:
    def __init__(self, world: World, name: str, work: Callable[[Client], None], back: threading.Semaphore) -> None:
        self.name = name
        self.go = threading.Semaphore(0)
        self.ended = False
        self._back = back

        def run() -> None:
            self.go.acquire()
            try:
                work(Client(world, self))
            except BaseException as error:
                world.failure = world.failure or error
            self.ended = True
            back.release()

        self.thread = threading.Thread(target=run, daemon=True)

    def hand_over(self) -> None:
        """Let somebody else go on, and wait for the next turn."""
        self._back.release()
        self.go.acquire()


class Client:
    """The storage interface as one actor sees it. After a crash nothing of its process goes on."""

    where = "simulated"

    def __init__(self, world: World, actor: _Actor) -> None:
        self.world = world
        self.name = actor.name
        self.hand_over = actor.hand_over
        self.reads_go_wrong = False

    def sleep(self, seconds: float) -> None:
        """Wait, while others go on."""
        self.world.now += timedelta(seconds=1)
        self.hand_over()

    def get(
        self, key: str, *, if_none_match: str | None = None, max_size: int | None = None
    ) -> Found | NotModified | None:
        """Read; a till may get damaged or old bytes."""
        bucket, rng = self.world.bucket, self.world.rng
        found: Found | NotModified | None = self._request(
            "get", key, lambda: bucket.get(key, if_none_match=if_none_match, max_size=max_size)
        )
        if self.reads_go_wrong and isinstance(found, Found) and rng.random() < (AT_HEAD if key == HEAD else FAULTS):
            if key == HEAD:
                old = rng.choice(self.world.envelopes)
                return Found(old, sha256_hex(old))
            at = rng.randrange(len(found.data))
            return Found(found.data[:at] + bytes([found.data[at] ^ 1]) + found.data[at + 1 :], found.etag)
        return found

    def put(self, key: str, data: bytes, *, if_match: str | None = None, if_none_match: bool = False) -> str:
        """Write; the request or its answer may be lost, and conditional writes may be sent twice."""
        bucket = self.world.bucket

        def write() -> str:
            return bucket.put(key, data, if_match=if_match, if_none_match=if_none_match)

        again = write if if_match is not None or if_none_match else None
        result: str = self._request(
            "put", key, write, again=again, torn=lambda: bucket.put(key, data[: len(data) // 2])
        )
        return result

    def list(self, prefix: str = "", *, start_after: str = "") -> Iterator[Entry]:
        """List; see the interface."""
        found: list[Entry] = self._request(
            "list", prefix, lambda: list(self.world.bucket.list(prefix, start_after=start_after))
        )
        return iter(found)

    def delete(self, key: str) -> None:
        """Delete; see the interface."""
        self._request("delete", key, lambda: self.world.bucket.delete(key))

    def _request(
        self,
        name: str,
        key: str,
        work: Callable[[], Any],
        *,
        again: Callable[[], Any] | None = None,
        torn: Callable[[], Any] | None = None,
    ) -> Any:
        world, rng = self.world, self.world.rng
        self.hand_over()
        world.trace.append(f"{self.name} {name} {key}")
        writes = name in ("put", "delete")
        if rng.random() < (5 * CRASHES if world.torn_writes else CRASHES):
            if torn is not None and world.torn_writes and key not in world.bucket.objects:
                world.apply(key, torn, writes=True)
            elif rng.random() < 0.5:
                self._quietly(key, work, writes)
            raise Crashed
        fault = rng.random() < (AT_HEAD if key == HEAD and name == "put" else FAULTS)
        if fault and rng.random() < 0.4:
            raise self._lost(name, key)
        try:
            result = world.apply(key, work, writes=writes)
            error = None
        except PreconditionFailed as failed:
            result, error = None, failed
        if again is not None and rng.random() < FAULTS:
            repeat = again
            world.repeats.append(lambda: self._quietly(key, repeat, writes=True))
        if rng.random() < 0.3:
            self.hand_over()  # the answer is under way while others go on
        if fault:
            if again is not None and rng.random() < 0.5:
                return world.apply(key, again, writes=True)  # sent twice: the second answer is what is seen
            raise self._lost(name, key)
        if error is not None:
            raise error
        return result

    def _quietly(self, key: str, work: Callable[[], Any], writes: bool) -> None:
        try:
            self.world.apply(key, work, writes=writes)
        except PreconditionFailed:
            return

    def _lost(self, name: str, key: str) -> Exception:
        return OutcomeUnknown(key, "no answer") if name == "put" else StorageUnavailable(key, "no answer")
