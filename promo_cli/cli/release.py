"""`promo release …`."""

from __future__ import annotations

from typing import Annotated, Any

import typer

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
        session.result(f"{mark} {_line(release)}")
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
        session.result(f"  {key}: {document[key]}")
    for key, value in document["source"].items():
        session.result(f"  source {key}: {value}")


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


def _line(release: dict[str, Any]) -> str:
    commit = (release["commit"] or "no commit")[:10] + (" with changes" if release["dirty"] else "")
    back = f"  back to {release['rollback_of']}" if release["rollback_of"] else ""
    if release["rollout"]:
        back += f"  wave {release['rollout']['wave']} of {release['rollout']['waves']}"
    why = f"  {release['reason']}" if release["reason"] else ""
    return (
        f"{release['seq']:>5}  {release['compiled_at']}  {commit:<12} {release['actor'] or 'unknown':<12} "
        f"{release['promotions']} promotions in {release['stores']} stores{back}{why}"
    )
