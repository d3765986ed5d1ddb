"""Rights in the bucket, from the environment's target."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from promo_cli.diagnostics import Failure, Location
from promo_cli.pipeline import codes
from promo_cli.pipeline.environment import check_store, environment
from promo_cli.publishing.policy import policy
from promo_cli.workspace import load


def store_policy(start: Path, env: str, role: str, store_id: str | None) -> dict[str, Any]:
    """Return the IAM policy of a role in an environment's bucket. Raises Failure (exit 2) for a folder target."""
    workspace = load(start)
    target = environment(workspace, env).target
    scheme, _, rest = target.partition("://")
    if scheme != "s3":
        place = Location("promo.yaml", pointer=f"/environments/{env}/target")
        message = f"{env} is a folder ({target}); policies are for s3:// targets"
        raise Failure([codes.UNKNOWN_ENVIRONMENT.at(place, message)], exit_code=2)
    if store_id is not None:
        check_store(workspace, store_id)
    bucket, _, prefix = rest.partition("/")
    return policy(role, bucket, prefix, store_id)
