"""`promo release …`."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from promo_cli.cli.operating import DryRun, Yes, confirmer
from promo_cli.cli.options import Env, now
from promo_cli.cli.session import JsonFlag, Session, command, group, show

app = group("Releases: what was live when, what differs, is it all still there.")

Seq = Annotated[int | None, typer.Argument(metavar="[SEQ]", help="A release's number.  [default: the live one]")]


@command(app, "list")
def list_(
    session: Session,
    env: Env,
    *,
    limit: Annotated[int, typer.Option("--limit", metavar="N", min=1, help="At most so many.")] = 20,
    json: JsonFlag = False,
) -> None:
    """List releases, the newest first."""
    from promo_cli.pipeline.operate_releases import list_releases

    document = list_releases(session.start, env, limit=limit, now=now())
    if json:
        session.document(document)
        return
    for release in document["releases"]:
        mark = "*" if release["seq"] == document["live"] else " "
        pinned = "" if not release["pin"] else f"  pinned: {release['pin']['reason']}".removesuffix(": pinned")
        session.result(f"{mark} {_line(release)}{pinned}")
    session.note(f"* is live in {env} ({document['target']}). To go back: promo rollback --env {env} --to SEQ")


@command(app, "show")
def show_release(session: Session, env: Env, seq: Seq = None, *, json: JsonFlag = False) -> None:
    """Show where a release comes from and what it holds."""
    from promo_cli.pipeline.operate_releases import show_release

    document = show_release(session.start, env, seq, now=now())
    if json:
        session.document(document)
        return
    session.result(_line(document))
    for key in ("sha256", "publish_id", "as_of", "horizon_days", "shards", "tool", "inputs_sha256", "run_url"):
        if document[key] is not None:
            session.result(f"  {key}: {document[key]}")
    for key, value in document["source"].items():
        if value is not None:
            session.result(f"  source {key}: {'yes' if value is True else 'no' if value is False else value}")


@command(app, "diff")
def diff(
    session: Session,
    env: Env,
    old: Annotated[int, typer.Argument(metavar="OLD", help="The earlier release.")],
    new: Annotated[int | None, typer.Argument(metavar="[NEW]", help="The later one.  [default: the live one]")] = None,
    *,
    json: JsonFlag = False,
) -> None:
    """Show what changed for which stores between two releases."""
    from promo_cli.cli.changes import change_lines
    from promo_cli.pipeline.operate_releases import diff_releases

    upto, found = diff_releases(session.start, env, old, new, now=now())
    if json:
        document = {"schema": "promo.release-diff/1", "env": env, "old": old, "new": upto}
        session.document({**document, **found.document()})
        return
    if found.empty:
        session.result(f"Releases {old} and {upto} of {env} hold the same.")
    for line in change_lines(found):
        session.result(line)


@command(app, "verify")
def verify(session: Session, env: Env, *, json: JsonFlag = False) -> None:
    """Walk the whole chain of hashes and read every object of the live release. Exits with 1 for damage."""
    from promo_cli.pipeline.operate_releases import verify_releases

    seq, count, findings = verify_releases(session.start, env, now=now())
    if json:
        document = {"env": env, "live": seq, "releases": count, "sound": not findings}
        problems = [found.message for found in findings]
        session.document({"schema": "promo.release-verify/1", **document, "problems": problems})
    elif findings:
        show(session, findings)
    else:
        session.result(f"{env}: {count} releases, one proving the other; every object of release {seq} is sound.")
    if findings:
        raise typer.Exit(1)


@command(app, "pin")
def pin(
    session: Session,
    env: Env,
    seq: Annotated[int, typer.Argument(metavar="SEQ", min=1, help="The release's number.")],
    *,
    reason: Annotated[str, typer.Option("--reason", help="Why; `promo release list` shows it.")] = "pinned",
    dry_run: DryRun = False,
    yes: Yes = False,
    json: JsonFlag = False,
) -> None:
    """Keep a release whole, however old it gets, so that it can be rolled back to."""
    _pin(session, env, seq, reason, undo=False, dry_run=dry_run, yes=yes, json=json)


@command(app, "unpin")
def unpin(
    session: Session,
    env: Env,
    seq: Annotated[int, typer.Argument(metavar="SEQ", min=1, help="The release's number.")],
    *,
    dry_run: DryRun = False,
    yes: Yes = False,
    json: JsonFlag = False,
) -> None:
    """Keep a release no longer than any other: gc clears it away once it is old enough."""
    _pin(session, env, seq, "", undo=True, dry_run=dry_run, yes=yes, json=json)


def _pin(
    session: Session, env: str, seq: int, reason: str, *, undo: bool, dry_run: bool, yes: bool, json: bool
) -> None:
    from promo_cli.pipeline.operate_releases import pin_release

    where, changed = pin_release(
        session.start,
        env,
        seq,
        reason=reason,
        undo=undo,
        now=now(),
        confirm=confirmer(session, yes=yes),
        dry_run=dry_run,
    )
    if json:
        document = {"env": env, "target": where, "seq": seq, "pinned": not undo, "changed": changed}
        session.document({"schema": "promo.release-pin/1", **document, "dry_run": dry_run})
        return
    state = "is not pinned" if undo else "is pinned"
    if not changed:
        session.result(f"Nothing to do: release {seq} {state} in {env} ({where}).")
    elif dry_run:
        session.result(f"Would {'unpin' if undo else 'pin'} release {seq} in {env} ({where}).")
    elif undo:
        session.result(f"Release {seq} is not pinned any more in {env} ({where}); gc keeps it as any other.")
    else:
        session.result(f"Release {seq} is pinned in {env} ({where}): gc keeps all of it until it is unpinned.")


def _line(release: dict[str, Any]) -> str:
    commit = (release["commit"] or "no commit")[:10] + (" with changes" if release["dirty"] else "")
    back = f"  back to {release['rollback_of']}" if release["rollback_of"] else ""
    if release["rollout"]:
        back += f"  wave {release['rollout']['wave']} of {release['rollout']['waves']}"
    why = f"  {release['reason']}" if release["reason"] else ""
    return (
        f"{release['seq']:>5}  {release['published_at']}  {commit:<12} {release['actor'] or 'unknown':<12} "
        f"{release['promotions']} promotions in {release['stores']} stores{back}{why}"
    )
