"""`promo plan`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from promo_cli.cli.changes import change_lines, stores
from promo_cli.cli.options import AsOf, Env, day, now
from promo_cli.cli.paper import heading, paper, words_of
from promo_cli.cli.session import JsonFlag, Session, command, group

if TYPE_CHECKING:
    from promo_cli.pipeline.plan import Plan, Preview

app = group("Plan.")

CHANGES_EXIST = 5
FORMATS = ("text", "markdown", "json")


@command(app, "plan")
def plan(
    session: Session,
    env: Env,
    *,
    as_of: AsOf = None,
    format: Annotated[  # noqa: A002 -- the option's name
        str, typer.Option("--format", metavar="FORMAT", help="text, markdown (for a pull request) or json.")
    ] = "text",
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Also write the plan, for `promo publish FILE`.")
    ] = None,
    from_env: Annotated[
        str | None, typer.Option("--from-env", metavar="NAME", help="Compare with what runs in this environment.")
    ] = None,
    exit_code: Annotated[bool, typer.Option("--exit-code", help="Exit with 5 when something would change.")] = False,
    json: JsonFlag = False,
) -> None:
    """Show what publishing would change: which promotions, for which stores, on which days, with a receipt of each."""
    from promo_cli.cli.plan_markdown import markdown
    from promo_cli.pipeline.plan import plan_environment
    from promo_cli.protocol import canonical

    if format not in FORMATS:
        raise typer.BadParameter(f"expected {', '.join(FORMATS)}, found {format!r}", param_hint="--format")
    if from_env is not None and as_of is not None:
        raise typer.BadParameter("what runs in an environment has its own day", param_hint="--as-of")
    found = plan_environment(session.start, env, as_of=day(as_of), now=now(), origin=from_env)
    if out is not None:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_bytes(canonical.dumps(found.document()) + b"\n")
        again = f" --from-env {from_env}" if from_env else ""
        session.note(f"Wrote {out}. Now: promo publish {out} --env {env}{again}")
    if json or format == "json":
        session.document(found.document())
    elif format == "markdown":
        session.result(markdown(found))
    else:
        session.result("\n".join(_lines(found)))
    if exit_code and not found.difference.empty:
        raise typer.Exit(CHANGES_EXIST)


def _lines(found: Plan) -> Iterator[str]:
    base = f"release {found.held.base_seq}" if found.held.base_seq else "nothing yet"
    if found.difference.empty:
        yield f"Nothing to publish: {base} in {found.where} holds exactly this."
        yield from used_up_lines(found)
        return
    if found.under_way is not None and found.same_inputs:
        rollout = found.under_way
        yield f"Exactly this is reaching the stores in {found.where}: wave {rollout.wave} of {len(rollout.stages)}."
        yield "Stores that have yet to get it:"
    else:
        yield f"Plan for {found.held.env} ({found.where}), over {base}, as of {found.held.as_of}:"
    yield from change_lines(found.difference)
    yield from wave_lines(found)
    yield from used_up_lines(found)
    for one in found.previews:
        yield f"\n{title(one)}"
        yield receipt(one)


def used_up_lines(found: Plan) -> Iterator[str]:
    """Yield the promotions whose limit is reached."""
    if found.used_up:
        yield f"Limit reached, tills skip: {', '.join(found.used_up)}"


def wave_lines(found: Plan) -> Iterator[str]:
    """Yield how the change would reach the stores, where that is not all at once, or why it cannot yet."""
    if found.under_way is not None and not found.same_inputs:
        yield "! another rollout is under way, so this cannot be published yet: promo rollout status"
    for number, wave in enumerate(found.waves, start=1):
        name = "all others" if wave.cohorts is None else ", ".join(wave.cohorts)
        soak = f", then at least {wave.soak_hours} hours" if number < len(found.waves) else ""
        yield f"Wave {number} of {len(found.waves)}, {name}: {stores(wave.stores)}{soak}"


def title(one: Preview) -> str:
    """Return what a preview is of."""
    return f"{one.code} at {one.store_id}" + ("" if one.applies else " (no cart found to which it applies)")


def receipt(one: Preview) -> str:
    """Return a preview's receipt as paper."""
    return "\n".join([*heading(one.priced), *paper(one.priced.receipt, words_of(one.priced))])
