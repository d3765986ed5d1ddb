"""`promo key …`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from promo_cli.cli.operating import DryRun, Yes, confirmer
from promo_cli.cli.options import Env, now
from promo_cli.cli.session import JsonFlag, Session, command, group

app = group("Keys that sign what tills believe: make, change, show.")

Keys = Annotated[
    Path | None,
    typer.Option("--keys", metavar="DIR", help="The key folder.  [default: $PROMO_KEYS or out/keys/ENV]"),
]


@command(app, "init")
def init(
    session: Session,
    env: Env,
    *,
    keys: Keys = None,
    root_keys: Annotated[int, typer.Option("--root-keys", metavar="N", min=1, help="How many root keys.")] = 1,
    root_threshold: Annotated[
        int, typer.Option("--root-threshold", metavar="N", min=1, help="How many of them have to sign a new root.")
    ] = 1,
    head_keys: Annotated[int, typer.Option("--head-keys", metavar="N", min=1, help="How many head keys.")] = 1,
    head_threshold: Annotated[
        int, typer.Option("--head-threshold", metavar="N", min=1, help="How many of them have to sign HEAD.")
    ] = 1,
    dry_run: DryRun = False,
    json: JsonFlag = False,
) -> None:
    """Make an environment's keys and its first root, readable by you alone."""
    from promo_cli.pipeline.operate_keys import init_keys

    shape = {"root": (root_keys, root_threshold), "head": (head_keys, head_threshold)}
    made = init_keys(session.start, env, keys, shape, now=now(), dry_run=dry_run)
    if json:
        document = {"env": env, "folder": str(made.folder), "files": list(made.files), "dry_run": dry_run}
        session.document({"schema": "promo.key-init/1", **document})
        return
    if dry_run:
        session.result(f"Would make {root_keys} root and {head_keys} head keys for {env} in {made.folder}.")
        return
    session.result(f"Made keys for {env} in {made.folder}: {', '.join(made.files)}.")
    session.note(
        "Now: move the root keys offline; hand the head key to CI as PROMO_HEAD_KEY and root.json as PROMO_ROOT;\n"
        f"enrol tills with root.json; then: promo publish --env {env}"
    )


@command(app, "rotate")
def rotate(
    session: Session,
    env: Env,
    *,
    role: Annotated[str, typer.Option("--role", metavar="ROLE", help="Whose keys change: head or root.")] = "head",
    add: Annotated[
        bool | None, typer.Option("--add/--no-add", help="Make a new key.  [default: unless --retire]")
    ] = None,
    retire: Annotated[
        list[str] | None, typer.Option("--retire", metavar="ID", help="Take a key out; the beginning of its id.")
    ] = None,
    threshold: Annotated[
        int | None, typer.Option("--threshold", metavar="N", min=1, help="How many keys of the role have to sign.")
    ] = None,
    new_epoch: Annotated[
        bool, typer.Option("--new-epoch", help="After a theft: numbers start over, what the thief signed is void.")
    ] = False,
    keys: Keys = None,
    root_keys: Annotated[
        list[Path] | None, typer.Option("--root-keys", metavar="DIR", help="A folder with further root keys.")
    ] = None,
    yes: Yes = False,
    json: JsonFlag = False,
) -> None:
    """Change keys: first add one, which signs beside the old; later --retire the old one."""
    from promo_cli.pipeline.operate_keys import rotate_keys
    from promo_cli.protocol.keys import ROLES
    from promo_cli.publishing.rotation import Change

    if role not in ROLES:
        raise typer.BadParameter(f"expected head or root, found {role!r}", param_hint="--role")
    adding = not retire and not new_epoch and threshold is None if add is None else add
    change = Change(role=role, add=adding, retire=retire or (), threshold=threshold, new_epoch=new_epoch)
    done = rotate_keys(
        session.start,
        env,
        change,
        folder=keys,
        more_keys=root_keys or (),
        now=now(),
        confirm=confirmer(session, yes=yes),
    )
    added = None if done.added is None else str(done.added)
    if json:
        session.document(
            {
                "schema": "promo.key-rotate/1",
                "env": env,
                "root_version": done.root.version,
                "epoch": done.root.epoch,
                "rev": done.rev,
                "added": added,
                "keys": {name: sorted(one.keyids) for name, one in done.root.roles.items()},
            }
        )
        return
    session.result(f"Root {done.root.version} of {env} (epoch {done.root.epoch}) is live since revision {done.rev}.")
    if added is not None:
        session.result(f"New {role} key: {added}")
        session.note(
            f"Now: give the new key to whoever signs, beside the old one. When all clients know it:\n"
            f"promo key rotate --env {env} --role {role} --retire OLD-ID   (promo key show --env {env} lists ids)"
        )
    if new_epoch:
        session.note(f"Now: put what git holds over whatever was signed before: promo publish --env {env}")


@command(app, "show")
def show(session: Session, env: Env, *, json: JsonFlag = False) -> None:
    """Show which keys may sign, how many have to, and which are at hand."""
    from promo_cli.pipeline.operate_keys import show_keys

    document = show_keys(session.start, env, now=now())
    if json:
        session.document(document)
        return
    session.result("\n".join(_lines(document)))


def _lines(document: dict[str, Any]) -> list[str]:
    kind = " (development: trusted on first use)" if document["development"] else ""
    lines = [
        f"{document['env']}: root {document['version']}, epoch {document['epoch']}{kind}",
        f"keys: {document['folder']}" + "".join(f", {name}" for name in document["from_environment"]),
        f"enrol tills with: {document['enrolment_root']}",
    ]
    for name, role in document["roles"].items():
        lines.append(f"{name}: {role['threshold']} of {len(role['keys'])}")
        lines += [
            f"  {key['id'][:12]}  {key['public']}" + ("  at hand" if key["at_hand"] else "") for key in role["keys"]
        ]
    return lines
