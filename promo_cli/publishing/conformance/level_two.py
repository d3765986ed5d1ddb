"""Level 2: deltas. Whatever is wrong with one, the full bundle decides."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from promo_cli.protocol import canonical, delta
from promo_cli.protocol.blob import blob_of
from promo_cli.protocol.layout import sha256_hex
from promo_cli.protocol.shard import DeltaRef
from promo_cli.publishing.conformance.bucket import STORE, bundle_of, promotion
from promo_cli.publishing.conformance.level_one import ONE, TWO, begun
from promo_cli.publishing.conformance.script import Script

_MANY = [promotion(f"p{number:02}") for number in range(8)]
LONG = bundle_of(*_MANY)
NEXT = bundle_of(*_MANY[2:], promotion("p00", name="Changed"), promotion("new"))
MOVED = bundle_of(*_MANY[1:], header={"lanes": ["main", "loyalty"]}, products={"tea": {"name": "Tea", "price": 16_000}})


def level_two() -> Iterator[Script]:
    """Yield the cases. In the good ones the full bundle is not there, so that only the delta leads on."""
    yield _with(
        _script("delta", "Lines are deleted, put and sorted by id."), NEXT, NEXT, lambda data: data, whole=False
    )
    yield _with(
        _script("delta-of-header-and-products", "A delta may replace the header and the products."),
        MOVED,
        MOVED,
        lambda data: data,
        whole=False,
    )
    for name, change in _BAD.items():
        yield _with(
            _script(f"delta-{name}", "A bad delta is thrown away, and the full bundle fetched."), NEXT, NEXT, change
        )
    yield _with(
        _script("delta-from-another-bundle", "A delta that starts elsewhere is of no use; fetch the full bundle."),
        NEXT,
        NEXT,
        lambda data: data,
        base=sha256_hex(TWO),
    )
    nothing = _script("delta-bad-and-no-bundle", "Neither leads to the promised hash: refuse, keep nothing.")
    _publish(nothing, NEXT, b"{}", whole=False)
    yield nothing.refused("missing")
    same = begun("delta-needless", "The bundle is the one at hand: nothing is fetched.", 2)
    same.bucket.publish({STORE: same.bucket.entry(ONE), "store-3": same.bucket.entry(TWO)})
    del same.bucket.objects[blob_of(ONE).key]
    yield same.updated(ONE)


def _script(case_id: str, rule: str) -> Script:
    script = Script(case_id, 2, rule)
    script.bucket.publish({STORE: script.bucket.entry(LONG)})
    return script.updated(LONG)


def _with(
    script: Script,
    target: bytes,
    made_to: bytes,
    change: Callable[[bytes], bytes],
    *,
    whole: bool = True,
    base: str | None = None,
) -> Script:
    made = delta.make(LONG, made_to)
    assert made is not None, "worth it"
    _publish(script, target, change(made), whole=whole, base=base)
    return script.updated(target)


def _publish(script: Script, target: bytes, data: bytes, *, whole: bool, base: str | None = None) -> None:
    bucket = script.bucket
    ref = DeltaRef(base or sha256_hex(LONG), bucket.put_blob(data))
    bucket.publish({STORE: bucket.entry(target, deltas=(ref,))})
    if not whole:
        del bucket.objects[blob_of(target).key]


def _edited(**changes: Any) -> Callable[[bytes], bytes]:
    return lambda data: canonical.dumps({**canonical.loads(data), **changes})


_BAD: dict[str, Callable[[bytes], bytes]] = {
    "truncated": lambda data: data[:-5],
    "of-another-format": _edited(format="promo-delta/2"),
    "with-a-wrong-line": _edited(put=[canonical.dumps(promotion("evil")).decode()]),
    "that-forgets-to-delete": _edited(delete=[]),
    "to-another-bundle": _edited(to="00" * 32),
    "from-another-hash": _edited(**{"from": "00" * 32}),
    "of-no-json": lambda _: b"not json",
}
