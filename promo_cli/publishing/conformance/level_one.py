"""Level 1: HEAD, one pinned key, the whole bundle."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from promo_cli.protocol import canonical, dsse, release, root
from promo_cli.protocol.blob import blob_of
from promo_cli.protocol.layout import HEAD, release_key
from promo_cli.protocol.limits import LIMITS
from promo_cli.protocol.trust import shard_of
from promo_cli.publishing.conformance.bucket import (
    HEAD_A,
    HEAD_B,
    ROOT_A,
    STORE,
    STRANGER,
    Bucket,
    bundle_of,
    promotion,
)
from promo_cli.publishing.conformance.script import Script

ONE = bundle_of(promotion("alpha"), promotion("beta"))
TWO = bundle_of(promotion("beta"), promotion("gamma"))
OTHER = bundle_of(promotion("other"))


def begun(case_id: str, rule: str, level: int = 1) -> Script:
    """Return a case whose first sync is good: release 1 with `alpha` and `beta`."""
    script = Script(case_id, level, rule)
    script.bucket.publish({STORE: script.bucket.entry(ONE), "store-2": script.bucket.entry(OTHER)})
    return script.updated(ONE)


def second(script: Script, data: bytes = TWO, **changes: Any) -> Script:
    """Publish the second release; nobody has synced it yet."""
    bucket = script.bucket
    bucket.publish({STORE: bucket.entry(data), "store-2": bucket.entry(OTHER)}, **changes)
    return script


def level_one() -> Iterator[Script]:
    """Yield the cases."""
    yield begun("first-sync", "A new till takes the release HEAD names.")
    yield begun("unchanged", "An unchanged poll is a 304 and changes nothing.").unchanged()
    yield second(begun("second-release", "The list is replaced whole: what is not in it has gone.")).updated(TWO)
    stop = begun("revoked", "What HEAD revokes stops at once, whatever the bundle says.")
    stop.bucket.change_head(revoked=("alpha",))
    stop.updated()
    stop.bucket.change_head(revoked=())
    yield stop.updated()
    extra = begun("unknown-fields", "Fields that a client does not know are ignored.")
    head = extra.bucket.change_head()
    extra.bucket.put_payload({**extra.bucket.payload, "later": {"than": "this"}})
    assert head is extra.bucket.live
    yield extra.updated()
    both = begun("two-signatures", "While keys are exchanged HEAD has two signatures; the one pinned is enough.")
    both.bucket.head_signers = (HEAD_B, HEAD_A)
    both.bucket.change_head()
    yield both.updated()
    some = begun("unknown-requirement", "A promotion that requires what the till does not know is skipped alone.")
    data = bundle_of(promotion("beta"), promotion("delta", requires=["teleport"]))
    yield second(some, data).updated(data, without=("delta",))
    first = Script("nothing-published", 1, "Without HEAD there is nothing to run; sell at list price.")
    yield first.refused("nothing-published")
    yield from _refused()
    yield from _kept()


def _kept() -> Iterator[Script]:
    """Genuine releases that this client cannot use: HEAD is accepted, with its stops, and the bundle stays."""
    for name, header in (("schema", {"schema_version": 2}), ("requires", {"requires": ["teleport"]})):
        script = begun(f"kept-{name}", "HEAD holds, the bundle at hand stays: we cannot read the new one.")
        yield second(script, bundle_of(promotion("gamma"), header=header), revoked=("alpha",)).kept(name)
    newer = begun("kept-client-too-old", "HEAD holds, the bundle at hand stays: the release asks for a newer client.")
    yield second(newer, min_client=2).kept("client-too-old")
    gone = begun("kept-not-listed", "HEAD holds, the bundle at hand stays: the release has nothing for this store.")
    gone.bucket.publish({"store-2": gone.bucket.entry(OTHER)}, revoked=("beta",))
    yield gone.kept("not-listed")


def _refused() -> Iterator[Script]:
    for name, reason, spoil in _SPOILT:
        script = second(begun(name, "What cannot be proved is refused, and nothing of it is kept."))
        good = dict(script.bucket.objects)
        live = script.bucket.live
        spoil(script.bucket)
        script.refused(reason)
        script.bucket.objects, script.bucket.head, script.bucket.head_signers = good, live, (HEAD_A,)
        yield script.updated(TWO)
    yield from _history()


def _history() -> Iterator[Script]:
    """Attacks that only a till with a memory can notice."""
    back = begun("rollback-of-head", "(epoch, rev) never goes back.")
    old = dict(back.bucket.objects)
    second(back).updated(TWO)
    back.bucket.objects = {**back.bucket.objects, HEAD: old[HEAD]}
    yield back.refused("rollback")
    seq = begun("rollback-of-the-release", "A higher rev cannot name an older release.")
    first = seq.bucket.live
    second(seq).updated(TWO)
    seq.bucket.change_head(seq=first.seq, release=first.release)
    yield seq.refused("rollback")
    two = begun("two-heads-of-one-revision", "Equal (epoch, rev) with another payload: refuse, and raise an alarm.")
    two.bucket.put_head(replace(two.bucket.live, revoked=("beta",)))
    yield two.refused("equivocation", alarm=True)
    fork = begun("two-releases-of-one-number", "Equal seq with another release: refuse, and raise an alarm.")
    other = Bucket()
    forged = other.publish({STORE: other.entry(OTHER)})
    fork.bucket.objects |= other.objects
    fork.bucket.put_head(replace(forged, rev=fork.bucket.live.rev + 1))
    yield fork.refused("equivocation", alarm=True)


def _tampered(key: Callable[[Bucket], str], change: Callable[[bytes], bytes]) -> Callable[[Bucket], None]:
    def spoil(bucket: Bucket) -> None:
        bucket.objects[key(bucket)] = change(bucket.objects[key(bucket)])

    return spoil


def _missing(key: Callable[[Bucket], str]) -> Callable[[Bucket], None]:
    def spoil(bucket: Bucket) -> None:
        del bucket.objects[key(bucket)]

    return spoil


def _signed(*signers: Any) -> Callable[[Bucket], None]:
    def spoil(bucket: Bucket) -> None:
        bucket.head_signers = signers
        bucket.put_head(bucket.live)

    return spoil


def _payload(**changes: Any) -> Callable[[Bucket], None]:
    """Sign a payload with fields changed, or left out where they are Ellipsis."""
    return lambda bucket: bucket.put_payload(
        {name: value for name, value in {**bucket.payload, **changes}.items() if value is not ...}
    )


def _other_payload(bucket: Bucket) -> None:
    """The envelope of one HEAD with the payload of another: the signature is not over it."""
    envelope = dsse.open_envelope(bucket.objects[HEAD])
    forged = Bucket()
    forged.head_signers = (STRANGER,)
    forged.put_head(replace(bucket.live, revoked=("beta",)))
    stolen = dsse.open_envelope(forged.objects[HEAD])
    bucket.objects[HEAD] = canonical.dumps(
        {
            "payload": base64.b64encode(stolen.payload).decode(),
            "payloadType": envelope.payload_type,
            "signatures": [
                {"keyid": one.keyid, "sig": base64.b64encode(one.sig).decode()} for one in envelope.signatures
            ],
        }
    )


def _other_number(bucket: Bucket) -> None:
    live = bucket.live
    ref = replace(live.release, key=release_key(live.seq + 1, live.release.sha256))
    bucket.objects[ref.key] = bucket.objects[live.release.key]
    bucket.put_head(replace(live, seq=live.seq + 1, release=ref))


def _release(bucket: Bucket) -> str:
    return bucket.live.release.key


def _shard(bucket: Bucket) -> str:
    return shard_of(release.parse(bucket.objects[_release(bucket)]), STORE).key


def _bundle(bucket: Bucket) -> str:
    return blob_of(TWO).key


_SPOILT: tuple[tuple[str, str, Callable[[Bucket], None]], ...] = (
    ("head-truncated", "malformed", _tampered(lambda _: HEAD, lambda data: data[:-30])),
    ("head-oversized", "too-large", _tampered(lambda _: HEAD, lambda data: data + b" " * LIMITS.head_bytes)),
    ("head-of-another-kind", "malformed", lambda bucket: bucket.objects.update({HEAD: bucket.objects["root/1.json"]})),
    (
        "head-signed-as-a-root",
        "malformed",
        lambda bucket: bucket.put_payload(bucket.payload, root.PAYLOAD_TYPE),
    ),
    ("head-unsigned", "signature", _signed()),
    ("head-signed-by-a-stranger", "signature", _signed(STRANGER)),
    ("head-signed-by-a-root-key", "signature", _signed(ROOT_A)),
    ("head-with-another-payload", "signature", _other_payload),
    ("head-of-another-environment", "environment", _payload(env="staging")),
    ("head-of-another-epoch", "epoch", _payload(epoch=2)),
    ("head-of-another-format", "malformed", _payload(format="promo-head/2")),
    ("head-without-a-field", "malformed", _payload(release=...)),
    ("head-with-a-text-for-a-number", "malformed", _payload(rev="3")),
    ("release-missing", "missing", _missing(_release)),
    ("release-truncated", "hash", _tampered(_release, lambda data: data[:-1])),
    ("release-oversized", "too-large", _tampered(_release, lambda data: data + b" ")),
    ("release-tampered", "hash", _tampered(_release, lambda data: data.replace(b"conformance", b"conformancf"))),
    ("release-of-another-number", "hash", _other_number),
    ("shard-missing", "missing", _missing(_shard)),
    ("shard-tampered", "hash", _tampered(_shard, lambda data: data.replace(STORE.encode(), b"store-9"))),
    ("bundle-missing", "missing", _missing(_bundle)),
    ("bundle-truncated", "hash", _tampered(_bundle, lambda data: data[:-1])),
    ("bundle-oversized", "too-large", _tampered(_bundle, lambda data: data + b"\n")),
    ("bundle-tampered", "hash", _tampered(_bundle, lambda data: data.replace(b"45000", b"45001"))),
    ("bundle-of-another-store", "hash", _tampered(_bundle, lambda _: OTHER.ljust(len(TWO))[: len(TWO)])),
    ("bundle-of-the-release-before", "hash", _tampered(_bundle, lambda _: ONE.ljust(len(TWO))[: len(TWO)])),
)
