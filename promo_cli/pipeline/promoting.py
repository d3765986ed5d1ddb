"""What runs in one environment, to be published to another: the very bytes, without compiling."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace

from promo_cli.diagnostics import Failure, Location
from promo_cli.pipeline import codes
from promo_cli.pipeline.environment import storage_of
from promo_cli.pipeline.operate import cache_folder, trusted_elsewhere
from promo_cli.pipeline.operate_releases import read_bundles
from promo_cli.pipeline.provenance import provenance
from promo_cli.protocol.trust import Refused
from promo_cli.publishing import Source
from promo_cli.publishing import codes as publishing_codes
from promo_cli.publishing.cached import Cached
from promo_cli.publishing.live import broken, nothing_live, read_live
from promo_cli.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Promoted:
    """The content of a live release, with where it came from: equal inputs, named by the same hash."""

    bundles: Mapping[str, bytes]
    source: Source
    """Of the commit that was compiled, with who promotes it now."""
    as_of: dt.date
    horizon_days: int
    tool: str
    inputs_sha256: str
    reason: str


def promoted(workspace: Workspace, to: str, origin: str, now: dt.datetime) -> Promoted:
    """Read what every store runs in the environment `origin`, to be published to `to`.

    Raises Failure: exit 2 for one environment twice, or before its first publication, 3 while a rollout is under way
    there, 4 for a live release that cannot be read.
    """
    if origin == to:
        raise Failure([codes.UNKNOWN_ENVIRONMENT.at(None, f"{to} cannot be promoted to itself")], exit_code=2)
    storage = storage_of(workspace, origin)
    trusted = trusted_elsewhere(workspace, origin, now)
    live = None if trusted is None else read_live(Cached(storage, cache_folder(workspace, origin)), trusted)
    if live is None or live.head is None or live.release is None or live.entries is None:
        raise nothing_live(storage)
    release = live.release
    if release.rollout is not None:
        message = f"a rollout is under way in {origin}: its stores do not run the same yet"
        advice = f"promo rollout status --env {origin}"
        raise Failure([publishing_codes.UNDER_WAY.at(None, message, help=advice)], exit_code=3)
    if live.head.revoked:
        message = f"{len(live.head.revoked)} promotions are stopped in {origin}: {', '.join(live.head.revoked[:3])}"
        advice = f"repair and publish to {origin} first, then lift the stops: promo status --env {origin}"
        raise Failure([codes.STOPPED_THERE.at(Location("promo.yaml"), message, help=advice)], exit_code=3)
    try:
        bundles, _ = read_bundles(storage, {store: entry.bundle for store, entry in live.entries.items()}, {})
    except Refused as refused:
        raise broken(storage, live.head.seq, refused) from refused
    actor, _ = provenance(workspace.root)
    return Promoted(
        bundles=bundles,
        source=replace(release.source, actor=actor.actor, run_url=actor.run_url),
        as_of=release.as_of,
        horizon_days=release.horizon_days,
        tool=release.tool,
        inputs_sha256=release.inputs_sha256 or "",
        reason=f"release {release.seq} of {origin}",
    )
