"""Is everything in place to publish? Where each setting comes from, the storage's word, keys, the clock."""

from __future__ import annotations

import datetime as dt
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from promo_cli import pricing
from promo_cli.diagnostics import Failure
from promo_cli.pipeline.environment import environment, storage_of
from promo_cli.pipeline.operate import is_folder, key_folder, trusted_of, writer_for
from promo_cli.pipeline.secret import VARIABLE, secret_in_use
from promo_cli.protocol.fields import time_text
from promo_cli.publishing.keyring import KEY_VARIABLE, ROOT_VARIABLE
from promo_cli.publishing.live import newest_root, read_live_head
from promo_cli.publishing.probe import check_conditional_writes, noted
from promo_cli.storage.interface import StorageError
from promo_cli.workspace import Workspace, load

_CLOCK_SLACK = dt.timedelta(minutes=5)
_PLAIN = ("PROMO_WORKSPACE", "PROMO_ENV", "PROMO_KEYS", "PROMO_ENGINE", "AWS_PROFILE", "AWS_REGION", "AWS_ENDPOINT_URL")
_SECRET = (ROOT_VARIABLE, KEY_VARIABLE, VARIABLE)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at: `source` says where the value comes from, `help` what to do about a problem."""

    name: str
    verdict: Literal["ok", "note", "problem"]
    detail: str
    source: str | None = None
    help: str | None = None


def examine(start: Path, env: str, *, now: dt.datetime, probe: bool) -> list[Check]:
    """Look at everything a publication needs; with `probe` also try conditional writes, which writes under ctl/."""
    workspace = load(start)
    return [*_settings(workspace, env), *_guarded("storage", lambda: _storage(workspace, env, now, probe=probe))]


def _settings(workspace: Workspace, env: str) -> Iterator[Check]:
    chosen = environment(workspace, env)
    yield Check("python", "ok", f"{sys.version.split()[0]} at {sys.executable}")
    native = len(pricing.__path__) > 1
    yield Check("pricing engine", "ok", "compiled" if native else "Python sources; `make native` compiles them")
    found_by = "PROMO_WORKSPACE or --workspace" if os.environ.get("PROMO_WORKSPACE") else "walking up, or --workspace"
    yield Check("workspace", "ok", str(workspace.root), found_by)
    kind = "a folder" if is_folder(chosen) else "S3"
    yield Check("target", "ok", f"{chosen.target} ({kind})", f"promo.yaml, environments/{env}")
    declared = "promo.yaml" if env in workspace.settings.environments else "default"
    yield Check("protected", "ok", "yes" if chosen.protected else "no", declared)
    yield Check("horizon", "ok", f"{workspace.settings.horizon_days} days", "promo.yaml, horizon_days (default 14)")
    where = "PROMO_KEYS" if os.environ.get("PROMO_KEYS") else "default"
    yield Check("key folder", "ok", str(key_folder(workspace.root, env)), where)
    for name in (*_PLAIN, *_SECRET):
        if value := os.environ.get(name):
            yield Check(name, "ok", "set" if name in _SECRET else value, "environment variable")
    yield _ingest_secret(workspace.root, env, own_folder=is_folder(chosen))


def _ingest_secret(root: Path, env: str, *, own_folder: bool) -> Check:
    """Look at what turns phones into keyed hashes; only ingest needs it."""
    advice = f"set {VARIABLE} to the secret that {env} has had from the beginning; it never changes"
    secret = secret_in_use(root, env)
    if secret is None:
        made = "; the first ingest makes one" if own_folder else ", which promo ingest needs"
        return Check("ingest secret", "note", f"none{made}", help=None if own_folder else advice)
    if secret.key_id is None:
        return Check("ingest secret", "problem", "expected 64 hex digits, found something else", secret.source, advice)
    return Check("ingest secret", "ok", f"key {secret.key_id}", secret.source)


def _storage(workspace: Workspace, env: str, now: dt.datetime, *, probe: bool) -> Iterator[Check]:
    storage = storage_of(workspace, env)
    trusted = trusted_of(workspace, env, now)
    if trusted is None:
        yield Check(
            "root",
            "note",
            "none yet; the first publication makes a development root",
            help=f"promo publish --env {env}",
        )
        return
    writer = writer_for(workspace, env, now)
    root = newest_root(storage, trusted).root
    yield Check("root", "ok", f"version {root.version}, epoch {root.epoch}, issued {time_text(root.issued_at)}")
    yield from _guarded("head keys", lambda: _keys(len(writer.keys.head_signers(root)), root.roles["head"].threshold))
    if probe:
        check_conditional_writes(storage, writer.publish_id, now)
    if noted(storage):
        yield Check("conditional writes", "ok", f"{storage.where} enforces them", "ctl/probe")
    else:
        yield Check(
            "conditional writes", "note", "not tried yet", help="promo doctor --probe; publishing tries them too"
        )
    head = read_live_head(storage, trusted)[0].head
    if head is not None:
        late = head.issued_at - now > _CLOCK_SLACK
        advice = "set this machine's clock; HEAD was signed in its future" if late else None
        detail = f"{time_text(now)}, HEAD was signed at {time_text(head.issued_at)}"
        yield Check("clock", "problem" if late else "ok", detail, help=advice)
        if now > head.fresh_until:
            yield Check(
                "freshness",
                "problem",
                f"ended {time_text(head.fresh_until)}",
                help=f"promo publish --env {env} --refresh",
            )
        if head.hold is not None:
            yield Check(
                "hold",
                "note",
                f"{head.hold.actor}: {head.hold.reason}",
                help=f"promo publish --env {env} --release-hold",
            )


def _keys(found: int, threshold: int) -> Iterator[Check]:
    yield Check("head keys", "ok", f"{found} at hand, {threshold} needed")


def _guarded(name: str, checks: Callable[[], Iterator[Check]]) -> Iterator[Check]:
    """Yield checks; what stops them is a check of its own, so that one problem does not hide the others."""
    try:
        yield from checks()
    except Failure as failure:
        for found in failure.diagnostics:
            yield Check(name, "problem", f"{found.code}: {found.message}", help=found.help)
    except StorageError as error:
        yield Check(name, "problem", str(error), help="check target, network and credentials")
