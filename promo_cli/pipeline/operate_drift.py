"""Is what is live what its commit says? Rebuilds the commit, compares hashes, reads every object."""

from __future__ import annotations

import datetime as dt
import io
import subprocess
import tarfile
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from promo_cli import __version__
from promo_cli.compiler import compile_fleet
from promo_cli.diagnostics import Diagnostic, Failure
from promo_cli.pipeline import codes
from promo_cli.pipeline.environment import storage_of
from promo_cli.pipeline.operate import trusted_of, writer_for
from promo_cli.protocol.blob import Blob, blob_of
from promo_cli.protocol.release import Release
from promo_cli.publishing.chain import damaged
from promo_cli.publishing.gc import Swept, gc
from promo_cli.publishing.live import Live, nothing_live, read_live, rollout_in
from promo_cli.publishing.waves import sides_of
from promo_cli.storage import Storage
from promo_cli.workspace import load


@dataclass(frozen=True, slots=True)
class Drift:
    """Stores whose bundle is not what the commit gives, and all that was found; `notes` limit the answer."""

    env: str
    where: str
    seq: int
    commit: str | None
    stores: tuple[str, ...]
    findings: tuple[Diagnostic, ...]
    notes: tuple[str, ...]


def drift(start: Path, env: str, *, now: dt.datetime) -> Drift:
    """Compare an environment with the commit its release names, for the release's own day; writes nothing.

    During a rollout each store is held against the commit of its own side.

    Raises Failure: exit 2 before the first publication, or when git does not have the commit.
    """
    workspace = load(start)
    storage = storage_of(workspace, env)
    trusted = trusted_of(workspace, env, now)
    live = None if trusted is None else read_live(storage, trusted)
    if live is None or live.head is None or live.release is None or live.entries is None:
        raise nothing_live(storage)
    release, notes = live.release, []
    findings = damaged(storage, release)
    stores: tuple[str, ...] = ()
    sources = _sources(storage, live)
    if len(sources) > 1:
        before = sources[0][0]
        notes.append(f"a rollout is under way: stores it has not reached are held against release {before.seq}")
    if any(one.source.dirty or one.source.commit is None for one, _ in sources):
        findings.append(codes.NOT_REPRODUCIBLE.at(None, f"release {release.seq} was made from files no commit holds"))
    else:
        others = sorted({one.tool for one, _ in sources} - {f"promo {__version__}"})
        notes += [f"made by {tool}, rebuilt by promo {__version__}, which may compile otherwise" for tool in others]
        expected: dict[str, Blob] = {}
        for one, held in sources:
            rebuilt = _rebuild(workspace.root, one)
            expected |= {store: blob_of(data) for store, data in rebuilt.items() if held(store)}
        now_live = {store: entry.bundle for store, entry in live.entries.items()}
        stores = tuple(sorted(store for store in {*expected, *now_live} if expected.get(store) != now_live.get(store)))
        if stores:
            some = ", ".join(stores[:8]) + (" …" if len(stores) > 8 else "")
            message = f"{len(stores)} stores run something else than their commit gives: {some}"
            findings.append(codes.DRIFT.at(None, message, help=f"promo plan --env {env}", notes=notes))
    return Drift(env, storage.where, release.seq, release.source.commit, stores, tuple(findings), tuple(notes))


def _sources(storage: Storage, live: Live) -> list[tuple[Release, Callable[[str], bool]]]:
    """Return the releases whose commits what is live must come from, and which stores each answers for.

    During a rollout that are two: what it came from, and what it leads to.
    """
    assert live.release is not None
    rollout = rollout_in(storage, live)
    if rollout is None:
        return [(live.release, lambda store: True)]
    sides = sides_of(storage, live, rollout)

    def reached(store: str) -> bool:
        return store in sides.after and rollout.stage_of(sides.after[store]) <= rollout.wave

    return [(sides.origin, lambda store: not reached(store)), (live.release, reached)]


def gc_environment(
    start: Path, env: str, *, keep: int, dry_run: bool, clock: Callable[[], dt.datetime]
) -> tuple[str, Swept]:
    """Clear away what no kept release needs; returns where, and what was or would be done. Raises Failure."""
    workspace = load(start)
    trusted = trusted_of(workspace, env, clock())
    if trusted is None:
        raise nothing_live(storage_of(workspace, env))
    writer = writer_for(workspace, env, clock())
    return writer.storage.where, gc(writer, clock, keep=keep, dry_run=dry_run)


def _rebuild(root: Path, release: Release) -> dict[str, bytes]:
    commit = release.source.commit
    archive = subprocess.run(
        ["git", "-C", str(root), "archive", "--format=tar", str(commit)], capture_output=True, check=False, timeout=120
    )
    if archive.returncode != 0:
        message = f"git does not have commit {commit}: {archive.stderr.decode(errors='replace').strip()}"
        raise Failure([codes.NOT_REPRODUCIBLE.at(None, message, help="fetch it first: git fetch --unshallow")], 2)
    with tempfile.TemporaryDirectory() as scratch:
        with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as files:
            files.extractall(scratch, filter="data")
        return compile_fleet(load(Path(scratch)), release.as_of)
