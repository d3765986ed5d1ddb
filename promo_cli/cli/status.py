"""`promo status`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from promo_cli.cli.options import Env, now
from promo_cli.cli.session import JsonFlag, Session, command, group

if TYPE_CHECKING:
    from promo_cli.pipeline.operate_status import Status

app = group("Status.")

_NAMED = 10


@command(app, "status")
def status(session: Session, env: Env, *, json: JsonFlag = False) -> None:
    """Say what is live, since when, which stores lag behind, and the exact next command."""
    from promo_cli.pipeline.operate_status import status_of

    found = status_of(session.start, env, now=now())
    if json:
        session.document(found.document())
        return
    session.result("\n".join(_lines(found)))


def _lines(found: Status) -> Iterator[str]:
    from promo_cli.protocol.fields import time_text

    head, release = found.head, found.release
    if head is None or release is None:
        yield f"{found.env} ({found.where}): nothing is published."
    else:
        back = f", back to release {release.rollback_of}" if release.rollback_of else ""
        yield f"{found.env} ({found.where}): release {head.seq}{back}, live since {time_text(release.live_since)}"
        yield f"  {release.counts.promotions} promotions in {release.counts.stores} stores"
        yield f"  commit {release.source.commit or 'none'} by {release.source.actor or 'unknown'}"
        signed, until = time_text(head.issued_at), time_text(head.fresh_until)
        yield f"  HEAD revision {head.rev}, signed {signed}, fresh until {until}"
        if head.hold is not None:
            yield f"  held since {time_text(head.hold.at)} by {head.hold.actor}: {head.hold.reason}"
        if found.rollout is not None and found.rollout.rollout is not None:
            rollout = found.rollout.rollout
            yield (
                f"  rollout: wave {rollout.wave} of {len(rollout.stages)} since {time_text(rollout.started_at)}, "
                f"the other stores have release {rollout.before.seq}"
            )
        for one in head.revoked:
            yield f"  stopped: {found.name_of(one)}"
        yield from _tills(found)
    yield f"Next: {found.next_step}   ({found.why})" if found.next_step else f"Nothing to do: {found.why}."


def _tills(found: Status) -> Iterator[str]:
    from promo_cli.protocol.fields import time_text

    if found.seen is None:
        yield "  stores: no reports here (run `promo ingest`)"
        return
    yield f"  stores: {len(found.seen)} reported, {len(found.lagging)} lag behind, {len(found.silent)} never reported"
    for one in found.lagging[:_NAMED]:
        yield f"    {one.store_id}: release {one.seq}, {one.status} at {time_text(one.at)}"
    if len(found.lagging) > _NAMED:
        yield f"    … {len(found.lagging) - _NAMED} more (--json lists all)"
