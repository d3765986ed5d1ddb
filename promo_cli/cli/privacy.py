"""`promo privacy …`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from promo_cli.cli.operating import DryRun, Yes, confirmer
from promo_cli.cli.options import Env, now
from promo_cli.cli.session import JsonFlag, Session, command, group

if TYPE_CHECKING:
    from promo_cli.pipeline.privacy import Erased, Removed

app = group("Personal data: erase a member, and what is older than its retention.")


@app.callback()
def privacy() -> None:
    """Erase a member for good, or what is older than its retention."""


@command(app, "erase")
def erase(
    session: Session,
    env: Env,
    member: Annotated[str, typer.Argument(metavar="MEMBER", help="A member id, or a phone as tills typed it.")],
    *,
    phone: Annotated[bool, typer.Option("--phone", help="It is a phone.  [default: as it looks]")] = False,
    member_id: Annotated[bool, typer.Option("--member-id", help="It is a member id.  [default: as it looks]")] = False,
    dry_run: DryRun = False,
    yes: Yes = False,
    json: JsonFlag = False,
) -> None:
    """Erase one member from the warehouse for good: late uploads, replay and rebuild do not bring them back.

    Sales stay, as sales to nobody: no amount and no count of bills or uses changes. This cannot be undone.
    """
    from promo_cli.pipeline.privacy import erase_member

    if phone and member_id:
        raise typer.BadParameter("expected one of --phone and --member-id, found both")
    erased = erase_member(
        session.start,
        env,
        member,
        kind="phone" if phone else "member" if member_id else None,
        now=now(),
        confirm=confirmer(session, yes=yes),
        dry_run=dry_run,
    )
    done = erased.done
    if json:
        session.document(
            {
                "schema": "promo.privacy-erase/1",
                "env": env,
                "target": erased.where,
                "dry_run": dry_run,
                "names": list(done.subjects),
                "new_tombstones": done.new,
                "shared_names": done.shared,
                "warehouse": done.warehouse,
                "rows": dict(done.rows),
                "uploads": done.uploads,
            }
        )
        return
    for line in _told(env, erased, dry_run=dry_run):
        session.result(line)
    for line in _next(env, erased, member, dry_run=dry_run):
        session.note(line)


@command(app, "retain")
def retain(
    session: Session,
    env: Env,
    *,
    apply: Annotated[bool, typer.Option("--apply", help="Do it. Without it nothing is written.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would change, which is the default.")
    ] = False,
    yes: Yes = False,
    json: JsonFlag = False,
) -> None:
    """Remove what is older than the retention in promo.yaml: uploads from the bucket, names from the warehouse.

    Amounts stay for ever. Uploads whose lines are not all in this warehouse stay as well. Run it every night.
    """
    from promo_cli.pipeline.privacy import retain_environment

    apply = apply and not dry_run
    removed = retain_environment(session.start, env, now=now(), confirm=confirmer(session, yes=yes), apply=apply)
    done = removed.done
    if json:
        session.document(
            {
                "schema": "promo.privacy-retain/1",
                "env": env,
                "target": removed.where,
                "dry_run": not apply,
                "uploads_before": _day(done.until.uploads_before),
                "personal_before": _day(done.until.personal_before),
                "uploads": done.uploads,
                "bytes": done.size,
                "waiting": done.waiting,
                "rows": dict(done.rows),
            }
        )
        return
    for line in _removed(env, removed, apply=apply):
        session.result(line)
    if done.waiting:
        session.note(
            f"{done.waiting:,} older uploads stay: they are not ingested here, have refused lines, or no receipt. "
            "Look: promo ingest quarantine"
        )
    if not apply and (done.uploads or done.rows):
        session.note(f"Nothing was written. To do it: promo privacy retain --env {env} --apply")
    elif done.uploads:
        session.note("Their rows live on in this warehouse alone. Keep a copy: promo warehouse export --to …")


def _removed(env: str, removed: Removed, *, apply: bool) -> Iterator[str]:
    from promo_cli.cli.grid import grid

    done, would = removed.done, "" if apply else "would be "
    yield f"{env} ({removed.where}):"
    if (day := _day(done.until.uploads_before)) is not None:
        yield f"Uploads of before {day}: {done.uploads:,} {would}deleted ({done.size:,} bytes)."
    if (day := _day(done.until.personal_before)) is not None:
        yield f"Rows of before {day}: {sum(done.rows.values()):,} {would}freed of names and free text."
        if done.rows:
            yield grid(("table", "rows"), [(name, f"{count:,}") for name, count in done.rows.items()], right=(1,))


def _day(day: dt.date) -> str | None:
    return None if day == dt.date.min else day.isoformat()


def _told(env: str, erased: Erased, *, dry_run: bool) -> Iterator[str]:
    from promo_cli.cli.grid import grid

    done = erased.done
    if not done.new and not done.rows:
        yield f"Nothing to do: this member is erased in {env} ({erased.where}) already."
        return
    words = {"member": "member id", "phone": "phone"}
    known = ", ".join(f"{done.subjects.count(kind)} {word}" for kind, word in words.items() if kind in done.subjects)
    would = "would be " if dry_run else ""
    yield f"Known by {known}; {done.new:,} tombstones {would}written to {env} ({erased.where})."
    if done.rows:
        yield f"Rows {would}freed of names and free text in {erased.warehouse.name}:"
        yield grid(("table", "rows"), [(name, f"{count:,}") for name, count in done.rows.items()], right=(1,))
    elif done.warehouse:
        yield "No row in the warehouse names the member; tombstones hold for what comes later."


def _next(env: str, erased: Erased, member: str, *, dry_run: bool) -> Iterator[str]:
    done = erased.done
    if done.shared:
        yield f"{done.shared:,} names are shared with other members and were left; --phone erases a phone by itself."
    if not done.warehouse:
        yield f"There is no warehouse of {env} here, so phones of this member are not known: run promo ingest first."
    if dry_run:
        yield f"Nothing was written. To do it: promo privacy erase {member} --env {env}"
        return
    if done.uploads:
        yield (
            f"{done.uploads:,} uploads in the bucket hold lines of this member until their retention ends: "
            f"promo privacy retain --env {env}"
        )
    if done.new or done.rows:
        yield "Exports and reports that were made before still hold what they held: make them again, delete the old."
        yield "Other machines follow at their next promo ingest."
