"""Changes of what is live that need no compiling: stop a promotion, go back, renew HEAD."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from promo_cli.compiler import promotion_id
from promo_cli.diagnostics import Failure
from promo_cli.diagnostics.suggest import nearest
from promo_cli.pipeline import codes
from promo_cli.pipeline.environment import environment
from promo_cli.pipeline.operate import Confirm, consent, writer_for
from promo_cli.pipeline.provenance import provenance
from promo_cli.protocol.blob import Blob
from promo_cli.protocol.bundle import read_line, split
from promo_cli.protocol.head import Head
from promo_cli.protocol.trust import accept_blob
from promo_cli.publishing import Writer
from promo_cli.publishing.amend import halt, lift, refresh
from promo_cli.publishing.live import read_live, read_live_head
from promo_cli.publishing.pool import in_parallel
from promo_cli.publishing.rollback import RolledBack, rollback
from promo_cli.till.pull import read_blob
from promo_cli.workspace import Workspace, load


@dataclass(frozen=True, slots=True)
class Changed:
    """HEAD after an operation, where it is, and whether something had to change."""

    env: str
    where: str
    head: Head
    changed: bool
    promotion_id: str | None = None


def halt_promotion(
    start: Path, env: str, name: str, *, lifting: bool, now: dt.datetime, confirm: Confirm, dry_run: bool = False
) -> Changed:
    """Stop a promotion in the whole fleet, by code or id, or let it run again. Works on a workspace with errors too.

    Raises Failure: exit 1 for a promotion that is neither in the workspace nor live, 2 without consent or keys,
    4 for an unknown outcome.
    """
    workspace = load(start)
    chosen = environment(workspace, env)
    writer = writer_for(workspace, env, now)
    trusted, _ = read_live_head(writer.storage, writer.keys.trusted)
    assert trusted.head is not None, "an accepted HEAD is remembered"
    known = _promotion(workspace, writer, name, trusted.head.revoked)
    if dry_run:
        needed = (known in trusted.head.revoked) is lifting
        return Changed(env, writer.storage.where, trusted.head, needed, known)
    consent(env, chosen, f"{'Let' if lifting else 'Stop'} {name}{' run again' if lifting else ''}", confirm)
    done = (lift if lifting else halt)(writer, known)
    return Changed(env, writer.storage.where, done.head, done.changed, known)


def refresh_environment(start: Path, env: str, *, now: dt.datetime, confirm: Confirm, dry_run: bool = False) -> Changed:
    """Sign HEAD anew, as it is; a hold stays. Raises Failure: exit 2 without consent or keys, 4 unknown outcome."""
    workspace = load(start)
    chosen = environment(workspace, env)
    writer = writer_for(workspace, env, now)
    if dry_run:
        trusted, _ = read_live_head(writer.storage, writer.keys.trusted)
        assert trusted.head is not None, "an accepted HEAD is remembered"
        return Changed(env, writer.storage.where, trusted.head, changed=True)
    consent(env, chosen, "Sign HEAD anew", confirm)
    return Changed(env, writer.storage.where, refresh(writer).head, changed=True)


def rollback_environment(
    start: Path, env: str, to: int, *, reason: str, now: dt.datetime, confirm: Confirm, dry_run: bool = False
) -> tuple[str, RolledBack]:
    """Make an earlier release live again and hold publishing; returns where, and what happened.

    Raises Failure: exit 2 for a release that is unknown or cleared away, or without consent; 3, 4 as publishing does.
    """
    workspace = load(start)
    chosen = environment(workspace, env)
    writer = writer_for(workspace, env, now)
    actor, _ = provenance(workspace.root)
    if not dry_run:
        consent(env, chosen, f"Roll back to release {to}", confirm)
    return writer.storage.where, rollback(writer, to, actor=actor, reason=reason, dry_run=dry_run)


def _promotion(workspace: Workspace, writer: Writer, name: str, revoked: tuple[str, ...]) -> str:
    """Return a promotion's id. What is live decides where the workspace does not know the name any more."""
    if name in revoked:
        return name
    company = workspace.settings.company.id
    known = {promotion.code.lower(): promotion_id(company, promotion) for promotion in workspace.promotions}
    if name.lower() in known:
        return known[name.lower()]
    live = _live_codes(writer)
    if name in live.values():
        return name
    if name.lower() in live:
        return live[name.lower()]
    guess = nearest(name, sorted(code.upper() for code in {*known, *live}))
    advice = f"did you mean {guess}?" if guess else "give the promotion's code or id"
    raise Failure([codes.UNKNOWN_PROMOTION.at(None, f"no promotion is called {name!r}", help=advice)], exit_code=1)


def _live_codes(writer: Writer) -> dict[str, str]:
    """Return the ids of all live promotions by code in lower case."""
    entries = read_live(writer.storage, writer.keys.trusted).entries or {}

    def read(blob: Blob) -> bytes:
        return accept_blob(blob, read_blob(writer.storage, blob), "bundle")

    bundles = in_parallel(read, {entry.bundle for entry in entries.values()})
    lines = {line for _, data in bundles for line in split(data).lines}
    return {found["code"].lower(): found["id"] for found in map(read_line, lines)}
