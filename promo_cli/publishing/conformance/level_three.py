"""Level 3: roots, freshness, counters."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from promo_cli.protocol import counters
from promo_cli.protocol.counters import Counter, Counters
from promo_cli.protocol.keys import Role
from promo_cli.protocol.layout import root_key
from promo_cli.publishing.conformance.bucket import (
    HEAD_A,
    HEAD_B,
    NOW,
    ROOT_A,
    ROOT_B,
    STORE,
    STRANGER,
    bundle_of,
    promotion,
)
from promo_cli.publishing.conformance.level_one import TWO, begun, second
from promo_cli.publishing.conformance.script import Script


def level_three() -> Iterator[Script]:
    """Yield the cases."""
    yield from _rotations()
    yield from _bad_roots()
    yield from _thresholds()
    yield from _clocks()
    used = begun("counters", "What the counters call exhausted does not run.", 3)
    some = {"beta": Counter(10, 2, Decimal(50_000), True), "gamma": Counter(3, 1, Decimal(9_000), False)}
    blob = used.bucket.put_blob(counters.encode(Counters(NOW, NOW.date(), some)))
    used.bucket.publish({STORE: used.bucket.entry(TWO, counters=blob)})
    yield used.updated(TWO, without=("beta",))


def _begun(case_id: str, rule: str) -> Script:
    return begun(case_id, rule, 3)


def _rotations() -> Iterator[Script]:
    head = _begun("rotation-of-the-head-key", "Walk to root 2; its head key signs from now on.")
    head.bucket.rotate((ROOT_A,), (HEAD_B,), (ROOT_A,))
    second(head).updated(TWO)
    head.bucket.head_signers = (HEAD_A,)
    head.bucket.change_head()
    yield head.refused("signature")
    several = _begun("rotation-of-all-keys-in-three-steps", "Roots are walked one by one, each signed by old and new.")
    several.bucket.rotate((ROOT_A,), (HEAD_B,), (ROOT_A,))
    several.bucket.rotate((ROOT_B,), (HEAD_B,), (ROOT_A, ROOT_B))
    several.bucket.rotate((ROOT_B,), (HEAD_A,), (ROOT_B,))
    yield second(several).updated(TWO)
    back = _begun("head-of-the-root-before", "Once a till has walked on, HEADs of older roots are refused.")
    old = back.bucket.live
    back.bucket.rotate((ROOT_A,), (HEAD_A,), (ROOT_A,))
    second(back).updated(TWO)
    back.bucket.put_head(replace(old, rev=9))
    yield back.refused("rollback")
    thief = _begun("epoch", "A higher epoch recovers from a revision that nobody could top; revisions start over.")
    thief.bucket.change_head(rev=2**53 - 1)
    thief.updated()
    thief.bucket.rotate((ROOT_A,), (HEAD_B,), (ROOT_A,), epoch=2)
    yield second(thief, rev=1).updated(TWO)
    jump = _begun("epoch-without-a-root", "Only a root raises the epoch: the thief of a head key cannot.")
    jump.bucket.change_head(epoch=2, rev=1)
    yield jump.refused("epoch")


def _bad_roots() -> Iterator[Script]:
    def bad(name: str, reason: str, rule: str, *, signers: Any = (ROOT_A, ROOT_B), **changes: Any) -> Script:
        script = _begun(f"root-{name}", rule)
        script.bucket.rotate((ROOT_B,), (HEAD_B,), signers, **changes)
        if changes.get("version"):  # what is wrong with it must not be where it is
            script.bucket.objects[root_key(2)] = script.bucket.objects.pop(root_key(changes["version"]))
        second(script, root_version=2)
        return script.refused(reason)

    both = "The next root needs the signatures of the root keys before and of its own."
    yield bad("signed-by-the-old-keys-only", "signature", both, signers=(ROOT_A,))
    yield bad("signed-by-the-new-keys-only", "signature", both, signers=(ROOT_B,))
    yield bad("signed-by-a-stranger", "signature", both, signers=(STRANGER,))
    yield bad("of-another-version", "root", "Root n is followed by root n+1 exactly.", version=3)
    yield bad("of-another-environment", "environment", "A root is for one environment.", env="staging")
    yield bad("with-a-lower-epoch", "malformed", "Epochs begin at 1 and never fall.", epoch=0)
    missing = _begun("root-missing", "Without the root that HEAD names there is nothing to check it with.")
    missing.bucket.rotate((ROOT_A,), (HEAD_B,), (ROOT_A,))
    second(missing)
    del missing.bucket.objects[root_key(2)]
    yield missing.refused("missing")


def _thresholds() -> Iterator[Script]:
    for name, signers, good in (
        ("reached", (HEAD_A, HEAD_B), True),
        ("one-key-twice", (HEAD_A, HEAD_A), False),
        ("one-missing", (HEAD_B,), False),
    ):
        script = _begun(f"threshold-{name}", "Two head keys must sign; each counts once.")
        script.bucket.rotate((ROOT_A,), (HEAD_A, HEAD_B), (ROOT_A,))
        both = frozenset({HEAD_A.public.keyid, HEAD_B.public.keyid})
        assert script.bucket.root.roles["head"] == Role(both, 2)
        script.bucket.head_signers = signers
        second(script)
        yield script.updated(TWO) if good else script.refused("signature")


def _clocks() -> Iterator[Script]:
    data = bundle_of(promotion("beta"), promotion("fresh", require_fresh=True))

    def script(name: str, rule: str) -> Script:
        made = _begun(name, rule)
        return second(made, data).updated(data)

    late = script("late", "After fresh_until a till reports it; everything runs on.")
    yield late.unchanged(clock=NOW + timedelta(days=3), freshness="late")
    stale = script("stale", "After stale_after what is marked require_fresh stops; all else runs on.")
    yield stale.unchanged(clock=NOW + timedelta(days=15), freshness="stale", without=("fresh",))
    slow = script("slow-clock", "Now is the later of the till's clock and HEAD's issued_at.")
    times = {"issued_at": NOW, "fresh_until": NOW - timedelta(days=2), "stale_after": NOW - timedelta(days=1)}
    slow.bucket.change_head(**times)
    slow.updated(clock=NOW - timedelta(days=9), without=("fresh",))
    last = slow.steps.pop()
    slow.steps.append(replace(last, expected=replace(last.expected, freshness="stale")))
    yield slow
