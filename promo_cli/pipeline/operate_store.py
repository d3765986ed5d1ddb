"""Rights in the bucket, from the environment's target: of roles, and of tills without credentials."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from promo_cli.diagnostics import Failure, Location
from promo_cli.pipeline import codes
from promo_cli.pipeline.environment import check_store, environment, storage_of
from promo_cli.pipeline.operate import trusted_of
from promo_cli.publishing.grant import grant
from promo_cli.publishing.live import nothing_live, read_live
from promo_cli.publishing.policy import policy
from promo_cli.workspace import Workspace, load


def store_policy(start: Path, env: str, role: str, store_id: str | None) -> dict[str, Any]:
    """Return the IAM policy of a role in an environment's bucket. Raises Failure (exit 2) for a folder target."""
    workspace = load(start)
    rest = _bucket(workspace, env, "policies are")
    if store_id is not None:
        check_store(workspace, store_id)
    bucket, _, prefix = rest.partition("/")
    return policy(role, bucket, prefix, store_id)


def store_grant(start: Path, env: str, store_id: str, *, hours: int, now: dt.datetime) -> dict[str, Any]:
    """Return URLs and upload forms for the tills of one store. `now` is UTC.

    Raises Failure (exit 2) for a folder target, an unknown store, or before the first publication.
    """
    from promo_cli.storage.s3 import S3Storage

    workspace = load(start)
    _bucket(workspace, env, "grants are")
    check_store(workspace, store_id)
    storage, trusted = storage_of(workspace, env), trusted_of(workspace, env, now)
    assert isinstance(storage, S3Storage), "the target is s3://"
    assert trusted is not None, "only a folder may have no root"
    live = read_live(storage, trusted)
    if live.head is None:
        raise nothing_live(storage)
    return grant(storage, live, env, store_id, now, hours)


def _bucket(workspace: Workspace, env: str, what: str) -> str:
    """Return the bucket and prefix of an S3 target; raises Failure (exit 2) for a folder."""
    target = environment(workspace, env).target
    scheme, _, rest = target.partition("://")
    if scheme != "s3":
        place = Location("promo.yaml", pointer=f"/environments/{env}/target")
        message = f"{env} is a folder ({target}); {what} for s3:// targets"
        raise Failure([codes.UNKNOWN_ENVIRONMENT.at(place, message)], exit_code=2)
    return rest
