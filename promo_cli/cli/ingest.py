"""`promo ingest`, and its subcommands: what was taken in, what was refused, and reading that again."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from promo_cli.cli.options import Env, now
from promo_cli.cli.session import JsonFlag, Session, command, group, show

if TYPE_CHECKING:
    from promo_cli.warehouse.clocks import WrongClock
    from promo_cli.warehouse.ingest import IngestResult, Progress
    from promo_cli.warehouse.status import Status

_LOAD = "load"

AllowedBad = Annotated[float, typer.Option("--allowed-bad", metavar="SHARE", help="Part of the lines that may be bad.")]


class LoadsByDefault(TyperGroup):
    """A group that loads when no subcommand is named: `promo ingest --env NAME`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put the default in front of options that are not the group's own."""
        asks_help = bool(args) and args[0] in ctx.help_option_names
        if not asks_help and (not args or args[0].startswith("-")):
            args = [_LOAD, *args]
        return super().parse_args(ctx, args)


app = group("Load what tills have uploaded, and look at what came in. Without a subcommand: load.")
app.info.cls = LoadsByDefault


@command(app, _LOAD)
def load(session: Session, env: Env, *, allowed_bad: AllowedBad = 0.001, json: JsonFlag = False) -> None:
    """Load what tills have uploaded, every line exactly once.

    Each line ends as loaded, duplicate or quarantined. Exits with 1 when too many are quarantined.
    """
    from promo_cli.pipeline.ingest import ingest_environment

    run(session, ingest_environment, env, allowed_bad=allowed_bad, json=json, nothing="Nothing new to ingest.")


@command(app, "replay")
def replay(session: Session, env: Env, *, allowed_bad: AllowedBad = 0.001, json: JsonFlag = False) -> None:
    """Read files with lines in quarantine again, as after an update that understands more of them.

    What came from such a file is replaced by what comes from it now. Exits with 1 when too many stay quarantined.
    """
    from promo_cli.pipeline.ingest import replay_environment

    run(session, replay_environment, env, allowed_bad=allowed_bad, json=json, nothing="Nothing is in quarantine.")


@command(app, "status")
def status(session: Session, *, json: JsonFlag = False) -> None:
    """Show what was taken in: files, lines, the last ingest, gaps of tills, quarantine by reason."""
    from promo_cli.pipeline.warehouse import status_of

    found = status_of(session.start)
    if json:
        session.document(_document(found))
        return
    for line in _lines(found):
        session.result(line)
    if found.quarantined:
        session.note("Next: promo ingest quarantine")


@command(app, "quarantine")
def quarantine(
    session: Session,
    *,
    reason: Annotated[
        str | None, typer.Option("--reason", metavar="CODE", help="Only those refused for this, such as ING008.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", metavar="N", min=1, help="At most so many.")] = 20,
    json: JsonFlag = False,
) -> None:
    """Show lines that could not be loaded, the latest files first: where they stand and what is wrong."""
    from promo_cli.cli.grid import grid
    from promo_cli.pipeline.warehouse import quarantine_of

    found = quarantine_of(session.start, reason and reason.upper(), limit)
    if json:
        lines = [
            {
                "key": each.key,
                "line": each.line,
                "byte_offset": each.byte_offset,
                "code": each.code,
                "pointer": each.pointer,
                "message": each.message,
                "raw": each.raw,
            }
            for each in found
        ]
        session.document({"schema": "promo.quarantine/1", "reason": reason, "limit": limit, "lines": lines})
        return
    if not found:
        session.result("Nothing is in quarantine" + (f" for {reason}." if reason else "."))
        return
    rows = [
        (each.code, each.key, "" if each.line is None else str(each.line), each.pointer or "", each.message)
        for each in found
    ]
    session.result(grid(("code", "file", "line", "pointer", "what is wrong"), rows, right=(2,)))
    session.note("`promo explain CODE` says why and how to repair; after an update: promo ingest replay --env NAME")


def run(
    session: Session,
    action: Callable[..., IngestResult],
    env: str,
    *,
    allowed_bad: float,
    json: bool,
    nothing: str,
) -> None:
    """Run an ingest of whichever kind with a progress bar, and say what came of it."""
    from promo_cli.cli.progress import bars
    from promo_cli.pipeline.ingest import too_many_bad_lines

    with bars(session) as show_bar:
        started = time.monotonic()

        def show_progress(progress: Progress) -> None:
            speed = progress.lines / max(time.monotonic() - started, 0.001)
            show_bar("files", progress.files, progress.all_files, f"{speed:,.0f} lines/s")

        result = action(session.start, env, now=now(), progress=show_progress)
    if json:
        session.document(
            {
                "schema": "promo.ingest/1",
                "files": result.files,
                "lines": result.lines,
                "loaded": result.loaded,
                "duplicate": result.duplicate,
                "quarantined": result.quarantined,
                "refused": result.refused,
                "receipts": result.receipts,
                "carried": result.carried,
            }
        )
    elif result.files:
        session.result(
            f"{result.files:,} files, {result.lines:,} lines: {result.loaded:,} loaded, "
            f"{result.duplicate:,} duplicate, {result.quarantined:,} quarantined"
        )
        session.note("Next: promo report overview")
    else:
        session.result(nothing)
    if result.carried and not json:
        session.note(f"Rows of {result.carried:,} files that the bucket no longer has were taken over from before.")
    if result.bad_share > allowed_bad:
        show(replace(session, json=False), [too_many_bad_lines(result, allowed_bad)])
        raise typer.Exit(1)


def _document(found: Status) -> dict[str, Any]:
    return {
        "schema": "promo.ingest-status/1",
        "environment": found.environment,
        "files": found.files,
        "refused": found.refused,
        "lines": found.lines,
        "loaded": found.loaded,
        "duplicate": found.duplicate,
        "quarantined": found.quarantined,
        "receipts_due": found.receipts_due,
        "last_ingest": _moment(found.last_ingest),
        "watermark": _moment(found.watermark),
        "tills": [
            {
                "store_id": store_id,
                "pos_id": pos_id,
                "last_seq": till.last_seq,
                "complete_to": till.complete_to,
                "missing": till.missing,
                "gaps": [list(gap) for gap in till.gaps],
                "latest": _moment(till.latest_utc),
            }
            for (store_id, pos_id), till in found.tills.items()
        ],
        "reasons": dict(found.reasons),
        "clocks": [
            {
                "store_id": each.store_id,
                "pos_id": each.pos_id,
                "wrong": each.wrong,
                "events": each.events,
                "off_by_seconds": int(each.off_by.total_seconds()),
                "newest_day": each.newest_day.isoformat(),
            }
            for each in found.clocks
        ],
        "uploads_begin": found.begins.isoformat() if found.begins else None,
        "erased": found.erased,
    }


def _lines(found: Status) -> Iterator[str]:
    from promo_cli.cli.grid import grid

    yield f"Environment  {found.environment or 'none yet'}"
    yield f"Files        {found.files:,}, of them {found.refused:,} refused as a whole"
    yield (
        f"Lines        {found.lines:,}: {found.loaded:,} loaded, {found.duplicate:,} duplicate, "
        f"{found.quarantined:,} quarantined"
    )
    yield f"Last ingest  {_moment(found.last_ingest) or 'never'}"
    yield f"Data up to   {_moment(found.watermark) or 'none'}, the newest event of the store silent longest"
    incomplete = [(*place, till) for place, till in found.tills.items() if till.gaps]
    wrong = len({(each.store_id, each.pos_id) for each in found.clocks})
    yield f"Tills        {len(found.tills):,}, of them {len(incomplete):,} with gaps, {wrong:,} with a wrong clock"
    if found.begins:
        yield f"Uploads      of before {found.begins} are deleted; the rows of older days are here alone"
    if found.erased:
        yield f"Erased       {found.erased:,} names of members"
    if incomplete:
        yield "\n"
        rows = [
            (store_id, pos_id, f"{till.missing:,}", ", ".join(f"{first}-{last}" for first, last in till.gaps[:5]))
            for store_id, pos_id, till in incomplete
        ]
        yield grid(("store", "till", "missing", "numbers"), rows, right=(2,))
    if found.clocks:
        yield "\n"
        clocks = [
            (each.store_id, each.pos_id or "", f"{each.events:,}", _error(each), each.newest_day.isoformat())
            for each in found.clocks
        ]
        yield grid(("store", "till", "events", "clock", "last on"), clocks, right=(2,))
    if found.reasons:
        yield "\n"
        yield grid(("code", "lines"), [(code, f"{count:,}") for code, count in found.reasons.items()], right=(1,))


def _error(clock: WrongClock) -> str:
    minutes = int(clock.off_by.total_seconds()) // 60
    far = f"{minutes // 1440} days" if minutes >= 2880 else f"{minutes // 60} h {minutes % 60} min"
    return f"{far} ahead" if clock.wrong == "ahead" else f"{far} off its day"


def _moment(at: dt.datetime | None) -> str | None:
    return f"{at.isoformat(timespec='seconds')}Z" if at else None
