"""`promo doctor`."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from promo_cli.cli.options import Env, now
from promo_cli.cli.session import JsonFlag, Session, command, group

app = group("Doctor.")

_MARKS = {"ok": "ok     ", "note": "note   ", "problem": "PROBLEM"}


@command(app, "doctor")
def doctor(
    session: Session,
    env: Env,
    *,
    probe: Annotated[
        bool, typer.Option("--probe", help="Also try conditional writes; writes a few bytes under ctl/.")
    ] = False,
    json: JsonFlag = False,
) -> None:
    """Check what a publication needs: settings and where they come from, storage, keys, clock. Exits with 1."""
    from promo_cli.pipeline.operate_doctor import examine

    checks = examine(session.start, env, now=now(), probe=probe)
    problems = [check for check in checks if check.verdict == "problem"]
    if json:
        session.document(
            {"schema": "promo.doctor/1", "env": env, "checks": [asdict(one) for one in checks], "sound": not problems}
        )
    else:
        for one in checks:
            source = f"  [{one.source}]" if one.source else ""
            session.result(f"{_MARKS[one.verdict]} {one.name}: {one.detail}{source}")
            if one.help:
                session.result(f"        {one.help}")
    if problems:
        raise typer.Exit(1)
